using FluentAssertions;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>What the properties over networks rely on: every layer and option occurs, and what fails shrinks to a small network.</summary>
public class GeneratedNetworksTests
{
    private static readonly Network[] Some = [.. GeneratedNetworks.Take(seed: 1, count: 1000)];

    private static Layer[] LayersOfSome { get; } = [.. Some.SelectMany(network => All(network.Layers))];

    [Fact]
    public void Generated_networks_contain_every_layer_and_every_function()
    {
        var kinds = typeof(Layer).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Layer)) && !type.IsAbstract);
        LayersOfSome.Select(layer => layer.GetType()).Distinct().Should().BeEquivalentTo(kinds);
        LayersOfSome.OfType<Activation>().Select(activation => activation.Function.Kind).Distinct().Should().BeEquivalentTo(Enum.GetValues<FunctionKind>());
    }

    [Fact]
    public void Generated_networks_contain_every_option_of_a_convolution()
    {
        var convolutions = LayersOfSome.OfType<Convolution>().ToArray();
        convolutions.Select(convolution => convolution.Boundary).Distinct().Should().HaveCount(3);
        convolutions.Select(convolution => convolution.Parameters.Law).Distinct().Should().HaveCount(4);
        convolutions.Select(convolution => convolution.Kernel).Distinct().Should().Contain([1, 2, 3, 4, 5, 7]);
        convolutions.Should().Contain(convolution => convolution.Stride == 3).And.Contain(convolution => convolution.Dilation == 3);
        convolutions.Should().Contain(convolution => convolution.Groups == Convolution.EachChannel).And.Contain(convolution => convolution.Groups > 1);
        convolutions.Should().Contain(convolution => convolution.Channels == null).And.Contain(convolution => convolution.Parameters.BiasVariance > 0);
    }

    [Fact]
    public void Generated_networks_contain_every_option_of_norms_and_dropout()
    {
        var norms = LayersOfSome.OfType<Norm>().ToArray();
        norms.Should().Contain(norm => norm.Epsilon == 0).And.Contain(norm => norm.Scale == 0).And.Contain(norm => norm.Scale < 0);
        norms.OfType<LayerNorm>().Select(norm => norm.Over).Distinct().Should().HaveCount(2);
        norms.OfType<RmsNorm>().Select(norm => norm.Over).Distinct().Should().HaveCount(2);
        LayersOfSome.OfType<Dropout>().Select(dropout => dropout.Mask).Distinct().Should().HaveCount(2);
        LayersOfSome.OfType<Attention>().Select(attention => attention.Causal).Distinct().Should().HaveCount(2);
        LayersOfSome.OfType<Attention>().Should().Contain(attention => attention.Heads > 1);
    }

    [Fact]
    public void Generated_networks_contain_every_kind_of_residual_and_repeat()
    {
        var residuals = LayersOfSome.OfType<Residual>().ToArray();
        residuals.Select(residual => residual.BranchScale.Rule).Distinct().Should().HaveCount(3);
        residuals.Select(residual => residual.SkipScale.Rule).Distinct().Should().HaveCount(3);
        residuals
            .Should()
            .Contain(residual => residual.Branch.Count == 0)
            .And.Contain(residual => residual.Survival < 1)
            .And.Contain(residual => residual.BranchScale == 0);
        residuals.Should().Contain(residual => residual.Skip.OfType<Convolution>().Any(convolution => convolution.Stride > 1));
        residuals
            .Should()
            .Contain(residual => All(residual.Branch).Any(layer => layer is Residual))
            .And.Contain(residual => All(residual.Branch).Any(layer => layer is Repeat));
        LayersOfSome.OfType<Repeat>().Should().Contain(repeat => All(repeat.Unit).Any(layer => layer is Repeat));
    }

    [Fact]
    public void Generated_networks_contain_lines_points_and_images_that_are_not_square()
    {
        Some.Select(network => network.Input)
            .Should()
            .Contain(shape => shape.Height == 1 && shape.Width > 1)
            .And.Contain(shape => shape.Width == 1 && shape.Height > 1)
            .And.Contain(shape => shape.Positions == 1)
            .And.Contain(shape => shape.Height == 7 && shape.Width != 7)
            .And.Contain(shape => shape.Channels == 1);
        Some.Should().Contain(network => network.Output.Positions > 1);
    }

    [Fact]
    public void A_generated_network_depends_only_on_seed_and_number()
    {
        GeneratedNetworks
            .Number(seed: 5, index: 17)
            .Should()
            .Be(GeneratedNetworks.Take(seed: 5, count: 20).ElementAt(17))
            .And.NotBe(GeneratedNetworks.Number(seed: 6, index: 17));
        Some.Select(network => network.Layers).Distinct().Count().Should().BeGreaterThan(950);
    }

    [Theory]
    [InlineData("conv")]
    [InlineData("batch_norm")]
    [InlineData("attention")]
    [InlineData("gelu")]
    [InlineData("max_pool")]
    public void A_failure_due_to_one_layer_shrinks_to_that_layer(string word)
    {
        foreach (var network in Some.Where(network => Holds(network, word)).Take(20).AtLeastOne())
        {
            var smallest = Smallest(network, candidate => Holds(candidate, word));
            smallest.Layers.Should().ContainSingle().Which.Word.Should().Be(word, network.ToString());
        }
    }

    [Fact]
    public void A_failure_due_to_a_projection_shrinks_to_a_residual_with_a_projection()
    {
        static bool Fails(Network network) => All(network.Layers).Any(layer => layer is Residual { Skip.Count: > 0 });
        foreach (var network in Some.Where(Fails).Take(30).AtLeastOne())
        {
            var smallest = Smallest(network, Fails);
            GeneratedNetworks.LayerCount(smallest.Layers).Should().BeLessThanOrEqualTo(3, smallest.ToString());
            smallest.Input.Features.Should().BeLessThanOrEqualTo(4, smallest.ToString());
        }
    }

    [Fact]
    public void A_failure_of_every_network_shrinks_to_one_layer_of_one_feature()
    {
        foreach (var network in Some.Take(50))
        {
            var smallest = Smallest(network, _ => true);
            smallest.Layers.Should().ContainSingle(network.ToString());
            smallest.Input.Should().Be(new Shape(1, 1, 1), network.ToString());
        }
    }

    [Law]
    public void Smaller_networks_differ_from_the_one_that_they_shrink(Network network) =>
        GeneratedNetworks.Shrink(network).Take(200).Should().NotContain(network);

    /// <summary>As FsCheck does: the first smaller network that fails too, until none does.</summary>
    private static Network Smallest(Network network, Func<Network, bool> fails)
    {
        for (var steps = 0; steps < 2000; steps++)
        {
            if (GeneratedNetworks.Shrink(network).FirstOrDefault(fails) is not { } smaller)
            {
                return network;
            }

            network = smaller;
        }

        throw new InvalidOperationException($"shrinking does not end at {network}");
    }

    private static bool Holds(Network network, string word) => All(network.Layers).Any(layer => layer.Word == word);

    private static IEnumerable<Layer> All(Layers layers) =>
        layers.SelectMany(layer =>
            layer switch
            {
                Residual residual => All(residual.Branch).Concat(All(residual.Skip)).Prepend(layer),
                Repeat repeat => All(repeat.Unit).Prepend(layer),
                _ => [layer],
            }
        );
}
