using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

public sealed class LayerVectorTests : IDisposable
{
    private static readonly string Kept = Path.Combine(AppContext.BaseDirectory, "vectors", "layers");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public static TheoryData<string> Names => [.. LayerVectorNetworks.All.Select(network => network.Name)];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Regeneration_of_layer_vectors_gives_the_same_numbers()
    {
        var names = LayerVectorFile.WriteAll(_folder.FullName);

        Directory.GetFiles(Kept).Select(Path.GetFileName).Should().BeEquivalentTo(names);
        foreach (var name in names)
        {
            using var made = NpzArchive.Open(Path.Combine(_folder.FullName, name));
            using var kept = NpzArchive.Open(Path.Combine(Kept, name));
            made.Names.Should().Equal(kept.Names);
            foreach (var array in made.Names)
            {
                Compare(made.Read(array), kept.Read(array), $"{array} of {name}");
            }
        }
    }

    [Fact]
    public void Every_layer_and_function_of_the_description_has_a_vector()
    {
        var seen = LayerVectorNetworks.All.SelectMany(network => Flat(network.Layers)).ToList();

        seen.Select(layer => layer.GetType())
            .Should()
            .Contain(typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract));
        seen.OfType<Activation>().Select(activation => activation.Function.Kind).Should().Contain(Enum.GetValues<FunctionKind>());
        seen.OfType<Networks.Convolution>().Select(convolution => convolution.Boundary).Should().Contain(Enum.GetValues<Boundary>());
    }

    [Fact]
    public void The_networks_of_the_files_are_read_as_those_that_were_written()
    {
        foreach (var network in LayerVectorNetworks.All)
        {
            using var kept = NpzArchive.Open(Path.Combine(Kept, network.Name + ".npz"));
            NetworkTemplate.Parse(kept.Read("network").ToText()).With().Should().Be(network);
        }
    }

    [PyTorchFact]
    public void Independent_PyTorch_code_reproduces_the_layer_vectors()
    {
        var outcome = CommandLine.Run(NumPy.PythonWithTorch, [Path.Combine(AppContext.BaseDirectory, "examples", "check_layer_vectors.py"), Kept]);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Output.Trim().Split('\n').Should().HaveCount(LayerVectorNetworks.All.Count()).And.OnlyContain(line => line.StartsWith("agrees "));
    }

    /// <summary>The C library's exp and sin may differ in their last digit from one platform to another, and nothing else.</summary>
    private static void Compare(NpyArray made, NpyArray kept, string what)
    {
        made.Shape.Should().Equal(kept.Shape, what);
        if (!what.StartsWith("signal_", StringComparison.Ordinal) && !what.StartsWith("noise_", StringComparison.Ordinal))
        {
            made.Bytes.ToArray().Should().Equal(kept.Bytes.ToArray(), what);
            return;
        }

        var (ours, theirs) = (made.ToDoubles(), kept.ToDoubles());
        var tolerance = 1e-13 * Math.Sqrt(theirs.Average(value => value * value));
        ours.Zip(theirs, (x, y) => Math.Abs(x - y)).Max().Should().BeLessThanOrEqualTo(tolerance, what);
    }

    private static IEnumerable<Layer> Flat(Networks.Layers layers) =>
        layers.SelectMany(layer =>
            layer switch
            {
                Repeat repeat => [layer, .. Flat(repeat.Unit)],
                Residual residual => [layer, .. Flat(residual.Branch), .. Flat(residual.Skip)],
                _ => (IEnumerable<Layer>)[layer],
            }
        );
}
