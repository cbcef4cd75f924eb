using FluentAssertions;
using Wellbehaved.Figures;
using Wellbehaved.Networks;
using Wellbehaved.Theory;
using Network = Wellbehaved.Networks.Network;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// A few words describe networks of millions of layers: what does not take so many refuses them before it begins, and nothing takes their square.
/// </summary>
public sealed class HostileNetworkTests : IDisposable
{
    private static readonly Activation Relu = new(new(FunctionKind.Relu));

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("verify", "--network")]
    [InlineData("audit", "--command", "no-such-program", "--network")]
    public void A_network_of_a_million_layers_is_not_judged(params string[] command)
    {
        var path = Write("""{"name": "deep", "input": [1, 1, 2], "layers": [{"repeat": {"times": 1048570, "unit": ["relu"]}}]}""");

        var (status, _, error) = CommandHere.Run([.. command, path]);

        (status, error)
            .Should()
            .Be(
                (
                    2,
                    $"wellbehaved: {path}: layers[0].repeat: expected at most 16384 places in a network whose layers are judged, got 2097140\n".ReplaceLineEndings()
                )
            );
    }

    [Fact]
    public void Places_beyond_the_limit_of_a_run_are_counted_without_listing_them()
    {
        Layers layers = [Relu];
        for (var i = 0; i < 20; i++)
        {
            layers = [new Repeat(2, layers)];
        }

        var network = new Network("nested", new(2, 2, 2), layers);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var options = ExperimentOptions.ForNetwork(network, batchSize: 4, numSims: 3);

        FluentActions
            .Invoking(options.Validate)
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*expected at most 16384 places to be recorded, got 2097152; record fewer repetitions of the one repeat, where the network has one");
        (network.Depth, options.Steps).Should().Be((1 << 20, 1 << 20));
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1 << 20);
    }

    [Fact]
    public void A_file_of_these_words_is_refused_by_the_commands_that_run_it()
    {
        var unit = "\"relu\"";
        for (var i = 0; i < 20; i++)
        {
            unit = $$$"""{"repeat": {"times": 2, "unit": [{{{unit}}}]}}""";
        }

        var path = Write($$"""{"name": "nested", "input": [2, 2, 2], "layers": [{{unit}}]}""");
        string[][] commands =
        [
            ["diagnose", path],
            ["predict", "--network", path],
            ["run", "--network", path, "--num-sims", "2", "--out", path + ".npz"],
        ];
        foreach (var command in commands)
        {
            var (status, _, error) = CommandHere.Run([.. command, "--batch-size", "4", "--dataset", "gaussian"]);
            status.Should().Be(2);
            error.Should().Contain("--depths: expected at most 16384 places to be recorded, got 2097152");
        }
    }

    [Fact]
    public void All_places_are_listed_with_the_memory_of_one_list()
    {
        var network = new Network("deep", new(1, 1, 2), [new Repeat(500_000, [Relu])]);
        var before = GC.GetAllocatedBytesForCurrentThread();
        network.Places.Should().HaveCount(1_000_000);

        // A list that grows, and its copy, take several times as much.
        (GC.GetAllocatedBytesForCurrentThread() - before)
            .Should()
            .BeLessThan(130_000_000);
    }

    /// <summary>Options are asked for their places at every column of a result, which has as many columns.</summary>
    [Fact]
    public void The_places_of_options_are_listed_once()
    {
        var network = new Network("deep", new(1, 1, 2), [new Repeat(50, [Relu])]);
        var options = ExperimentOptions.ForNetwork(network, batchSize: 4, numSims: 3);

        options.RecordedPlaces.Should().BeSameAs(options.RecordedPlaces).And.BeSameAs((options with { NumSims = 7 }).RecordedPlaces);
        (options with { Depths = new([5, 50]) }).RecordedPlaces!.Count.Should().Be(4);
        (options with { BatchSize = 1 }).RecordedPlaces!.Varies.Should().BeFalse();
        options.RecordedPlaces!.Count.Should().Be(100);
    }

    [Theory]
    [InlineData(".svg")]
    [InlineData(".png")]
    public void A_drawing_of_ten_thousands_of_boxes_is_refused(string ending)
    {
        var layers = string.Join(", ", Enumerable.Repeat("""{"residual": {"branch": ["relu"]}}""", 50_000));
        var path = Write($$"""{"name": "long", "input": [1, 1, 2], "layers": [{{layers}}]}""");
        var output = Path.Combine(_folder, "layers" + ending);

        var (status, _, error) = CommandHere.Run(["network", path, "--out", output]);

        (status, error)
            .Should()
            .Be(
                (
                    2,
                    "wellbehaved: --out: expected a network of at most 2000 boxes to draw, got 100000 of long; a repeat draws its unit once\n".ReplaceLineEndings()
                )
            );
        File.Exists(output).Should().BeFalse();
    }

    [Fact]
    public void A_network_of_as_many_boxes_as_the_limit_is_drawn()
    {
        var network = new Network("long", new(1, 1, 2), [.. Enumerable.Repeat(Relu, NetworkDrawing.MostBoxes)]);
        var svg = FigureRenderer.Draw(new NetworkDrawing(network), ".svg");
        svg.Length.Should().BeLessThan(10_000_000);
        FluentActions.Invoking(() => new NetworkDrawing(new("longer", network.Input, [.. network.Layers, Relu]))).Should().Throw<ArgumentException>();
    }

    /// <summary>Skip connections within skip connections stand side by side above the others, so that few boxes take much paper.</summary>
    [Fact]
    public void A_picture_of_too_many_pixels_is_refused()
    {
        Layers skip = [Relu];
        for (var i = 0; i < 25; i++)
        {
            skip = [new Residual([Relu]) { Skip = skip }];
        }

        var network = new Network("wide", new(1, 1, 2), [.. skip, .. Enumerable.Repeat(Relu, 1500)]);

        FluentActions
            .Invoking(() => FigureRenderer.Draw(new NetworkDrawing(network), ".png"))
            .Should()
            .Throw<InvalidInputException>()
            .WithMessage("*expected a PNG of at most 134217728 pixels, got * × *; write it as .svg or .pdf");
    }

    [Fact]
    public void A_sample_of_a_million_small_layers_is_known_to_take_long()
    {
        var layers = new Network("deep", new(1, 1, 2), [new Repeat(1_000_000, [Relu])]).Layers;

        // Of ten networks at 0.3 ns: a few seconds.
        (10 * FiniteWidthSample.Cost(layers, new(1, 1, 2), points: 4))
            .Should()
            .BeInRange(1.5e10, 1e11);
    }

    private string Write(string network)
    {
        var path = Path.Combine(_folder, "network.json");
        File.WriteAllText(path, network);
        return path;
    }
}
