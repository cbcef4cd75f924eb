using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>The networks of data/networks, which users start from.</summary>
public class NetworkFileTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "networks");

    public static TheoryData<string> Names =>
        [.. Directory.GetFiles(Folder, "*.json").Select(path => Path.GetFileNameWithoutExtension(path)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_file_obeys_the_schema_has_the_name_of_its_network_and_a_description(string name)
    {
        var text = Read(name);

        NetworkSchemaTests.IsValid(text).Should().BeTrue();
        var template = NetworkTemplate.Parse(text);
        template.Name.Should().Be(name);
        template.Description.Should().EndWith(".").And.NotContain("\n");
        template.LeavesDepthOpen.Should().BeTrue("how behaviour depends on depth is the question");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_example_file_can_be_built_at_several_depths(string name)
    {
        var template = NetworkTemplate.Parse(Read(name));
        foreach (var depth in new[] { 1, 3, 50 })
        {
            var network = template.With(template.Input is null ? new Shape(8, 8, 3) : null, template.LeavesChannelsOpen ? 16 : null, depth);

            network.Depth.Should().BeGreaterThanOrEqualTo(depth);
            network.Places.Should().Contain(place => place.Depth == depth);
            NetworkTemplate.Parse(NetworkText.Write(network)).With().Should().Be(network);
        }
    }

    [Theory]
    [InlineData("vanilla")]
    [InlineData("vanilla_res")]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void The_example_files_of_the_paper_equal_its_fully_connected_recipes(string name) =>
        NetworkTemplate
            .Parse(Read(name))
            .With(new Shape(6, 5, 3), channels: 7, depth: 4)
            .Should()
            .Be(Recipes.Find(name, new RecipeSizes(new Shape(6, 5, 3), Depth: 4, Channels: 7)));

    [Fact]
    public void There_are_at_least_twelve_example_files()
    {
        var names = Directory.GetFiles(Folder, "*.json").Select(Path.GetFileNameWithoutExtension).ToArray();
        names.Length.Should().BeGreaterThanOrEqualTo(12);
        names.Should().Contain(Recipes.Names);
    }

    [Fact]
    public void The_example_tanh_edge_is_at_the_edge_of_chaos()
    {
        // σ_w = 1.3041458401 for σ_b = 0.2: there a perturbation of the layer before neither grows nor shrinks in the fixed point of the scale.
        var dense = (Dense)((Repeat)NetworkTemplate.Parse(Read("tanh_edge")).With(new Shape(1, 1, 1), 1, 1).Layers[^1]).Unit[1];
        var (scale, slope) = FixedPoint(dense.Parameters);

        scale.Should().BeApproximately(0.5120785042, 1e-8);
        slope.Should().BeApproximately(1, 1e-8);
    }

    /// <summary>The mean square that layers of tanh and weights keep, and the growth of a small perturbation there, by the trapezoidal rule.</summary>
    private static (double Scale, double Slope) FixedPoint(Initialisation parameters)
    {
        double Mean(double scale, Func<double, double> function) =>
            Enumerable.Range(-2000, 4001).Select(i => i * 0.005).Sum(z => 0.005 * function(Math.Sqrt(scale) * z) * Math.Exp(-z * z / 2))
            / Math.Sqrt(2 * Math.PI);
        var scale = 1.0;
        for (var i = 0; i < 200; i++)
        {
            scale = (parameters.WeightVariance * Mean(scale, u => Math.Tanh(u) * Math.Tanh(u))) + parameters.BiasVariance;
        }

        return (scale, parameters.WeightVariance * Mean(scale, u => Math.Pow(1 - (Math.Tanh(u) * Math.Tanh(u)), 2)));
    }

    private static string Read(string name) => File.ReadAllText(Path.Combine(Folder, name + ".json"));
}
