using System.Text.Json.Nodes;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary><c>run --gradients</c> and <c>predict --gradients</c>.</summary>
public sealed class GradientRunTests : IDisposable
{
    private static readonly string[] Vanilla =
    [
        "--architecture",
        "vanilla",
        "--total-depth",
        "4",
        "--kernel-size",
        "1",
        "--num-channels",
        "16",
        "--batch-size",
        "8",
        "--num-sims",
        "3",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_gradients_option_does_not_change_the_moments()
    {
        Run([.. Vanilla, "--out", PathOf("plain.npz")]);
        Run([.. Vanilla, "--gradients", "--out", PathOf("gradients.npz")]);

        var (plain, file) = (ResultFile.Read(PathOf("plain.npz")), ResultFile.Read(PathOf("gradients.npz")));

        foreach (var name in plain.Names)
        {
            file.Find(name).Should().BeEquivalentTo(plain.Find(name), options => options.WithStrictOrdering(), name);
        }

        file.Names.Except(plain.Names)
            .Should()
            .BeEquivalentTo(Enumerable.Range(1, 3).SelectMany(place => new[] { $"gradient_loc{place}", $"log_gradient_loc{place}" }));

        // The output's gradient has a mean square of 1; that of independent numbers is within five deviations, √(2/128) each.
        file.Find("gradient_loc3")!.Select(row => Math.Abs(row[^1] - 1)).Should().OnlyContain(distance => distance < 5 * Math.Sqrt(2.0 / 128));
    }

    /// <summary>The passes of gradients are a part of the work, so that a bar does not stand at its end while most of it is still to do.</summary>
    [Theory]
    [InlineData(false, 3 * 4)]
    [InlineData(true, 3 * 4 * 3)]
    public void Progress_counts_the_passes_of_gradients(bool gradients, int steps)
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 4,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 8,
            BatchSize = 4,
            NumSims = 3,
            Gradients = gradients,
        };
        var reported = 0;

        Experiment.Prepare(options, 1).Run(() => Interlocked.Increment(ref reported));

        reported.Should().Be(steps).And.Be(options.NumSims * options.Steps);
    }

    [Fact]
    public void Shares_of_a_run_are_merged_with_their_gradients()
    {
        string[] call =
        [
            "--network",
            "bn_res",
            "--total-depth",
            "3",
            "--num-channels",
            "8",
            "--batch-size",
            "6",
            "--num-sims",
            "4",
            "--gradients",
            "--noise",
            "full",
        ];
        Run([.. call, "--out", PathOf("whole.npz")]);
        Run([.. call, "--shard", "1/2", "--out", PathOf("first.npz")]);
        Run([.. call, "--shard", "2/2", "--out", PathOf("second.npz"), "--threads", "2"]);

        CommandLine.Run("merge", PathOf("first.npz"), PathOf("second.npz"), "--out", PathOf("merged.npz")).ExitStatus.Should().Be(0);

        File.ReadAllBytes(PathOf("merged.npz")).Should().Equal(File.ReadAllBytes(PathOf("whole.npz")));
        ResultFile.Read(PathOf("whole.npz")).FindLogAtEnds("gradient")!.Should().OnlyContain(row => row.All(double.IsFinite));
    }

    [Fact]
    public void A_journal_keeps_gradients_bit_for_bit()
    {
        var options = new ExperimentOptions
        {
            Architecture = "vanilla",
            TotalDepth = 2,
            KernelSize = 1,
            NumChannels = 4,
            BatchSize = 8,
            NumSims = 1,
            NumComputations = 2,
            Normalize = InputNormalization.Global,
            Gradients = true,
        };
        using var simulation = new Simulation(options, options.OpenImages());
        var moments = simulation.Run(0);
        var (bytes, header) = (new byte[JournalRecord.Length(options)], new byte[16]);

        new JournalRecord(0, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, moments).Encode(bytes, header);

        var read = JournalRecord.Decode(bytes, header, JournalRecord.Extent(options))!.Moments;
        read.IsIdenticalTo(moments).Should().BeTrue();
        read.IsIdenticalTo(moments.WithGradients([.. moments.LogGradients!.Select(place => place.Select(gradient => gradient + 1).ToArray())]))
            .Should()
            .BeFalse();
    }

    [Fact]
    public void A_figure_of_a_network_shows_gradients()
    {
        Run([
            "--network",
            "vanilla",
            "--total-depth",
            "4",
            "--num-channels",
            "8",
            "--batch-size",
            "6",
            "--num-sims",
            "3",
            "--gradients",
            "--out",
            PathOf("deep.npz"),
        ]);

        CommandLine.Run("plot", PathOf("deep.npz"), "--out", PathOf("deep.svg")).ExitStatus.Should().Be(0);

        File.ReadAllText(PathOf("deep.svg")).Should().Contain("Gradient");
    }

    [Theory]
    [InlineData("--architecture", "bn_ff", "--kernel-size", "1")]
    [InlineData("--network", "bn_ff")]
    public void Predicted_gradients_of_bn_ff_grow_towards_the_input(params string[] net)
    {
        var predicted = CommandLine.Run([
            "predict",
            .. net,
            "--total-depth",
            "6",
            "--num-channels",
            "16",
            "--batch-size",
            "8",
            "--finite-width",
            "0",
            "--gradients",
            "--json",
            PathOf("p.json"),
        ]);

        predicted.ExitStatus.Should().Be(0, predicted.Error);
        predicted.Output.Should().Contain("mean square of the gradient");
        var json = JsonNode.Parse(File.ReadAllText(PathOf("p.json")))!;
        var (depth, gradient) = (Numbers(json["depth"]!), Numbers(json["gradient"]!));
        gradient.Should().HaveSameCount(depth);
        gradient[^1].Should().BeApproximately(1, 1e-12, "the output's own gradient is given");
        gradient[0].Should().BeGreaterThan(5);
    }

    private static double[] Numbers(JsonNode array) => [.. array.AsArray().Select(number => (double)number!)];

    private void Run(string[] call)
    {
        var run = CommandLine.Run(["run", .. call]);
        run.ExitStatus.Should().Be(0, run.Error);
    }

    /// <summary>A ReLU halves the mean square of a gradient, and He's weights double it: the law is 1 at every place, at every width.</summary>
    [Fact]
    public void A_figure_of_gradients_has_the_predicted_ones_for_noise_of_the_mapping_alone()
    {
        string[] sizes =
        [
            "--total-depth",
            "6",
            "--num-channels",
            "32",
            "--batch-size",
            "4",
            "--num-sims",
            "4",
            "--input-shape",
            "8x8x3",
            "--dataset",
            "gaussian",
        ];
        Run(["--network", "vanilla", .. sizes, "--gradients", "--out", PathOf("mapping.npz")]);
        Run(["--network", "bn_ff", .. sizes, "--gradients", "--noise", "full", "--out", PathOf("full.npz")]);

        var theory = Panel("mapping.npz").Single(curve => curve.Kind == Figures.CurveKind.Theory);
        theory.X.Should().Equal(1, 2, 3, 4, 5, 6);
        theory.Y.Should().OnlyContain(logarithm => Math.Abs(logarithm) < 1e-12);
        Panel("full.npz").Should().ContainSingle().Which.Kind.Should().Be(Figures.CurveKind.Measured);

        IReadOnlyList<Figures.Curve> Panel(string name)
        {
            var file = ResultFile.Read(PathOf(name));
            var forecast = Wellbehaved.Cli.RecordedForecast.Predict(file, null, default);
            return Figures
                .NetworkFigure.Draw(
                    [(name, file)],
                    forecast.Prediction is { } prediction ? new Dictionary<int, Theory.NetworkPrediction> { [0] = prediction } : null,
                    forecast.Gradient is { } gradient ? new Dictionary<int, Audit.GradientForecast> { [0] = gradient } : null
                )
                .Panels.Single(panel => panel.Title == "Gradient")
                .Curves;
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);
}
