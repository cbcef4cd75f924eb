using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Whatever the seed, the networks on which layers are checked have the cases that tell conventions apart.</summary>
public class SiteNetworkTests
{
    private const int Seeds = 300;

    /// <summary>A mirror that stands on the border's pixel, or a border that is repeated, passed at one or two seeds of 99.</summary>
    [Fact]
    public void Each_kernel_size_meets_each_boundary()
    {
        for (var seed = 0ul; seed < Seeds; seed++)
        {
            var met = SiteNetworks
                .Draw(LayerFamily.Linear, seed)
                .SelectMany(site => LayerFamilies.All(site.Network.Layers).OfType<Convolution>())
                .ToLookup(layer => layer.Kernel, layer => layer.Boundary);

            foreach (var kernel in Enumerable.Range(1, 7))
            {
                // Mirrors are declared for odd kernels only.
                var expected = Enum.GetValues<Boundary>().Where(boundary => kernel % 2 == 1 || boundary != Boundary.Symmetric);
                met[kernel].Should().Contain(expected, "the kernel is {0}, the seed {1}", kernel, seed);
            }
        }
    }

    /// <summary>Branches that always survive passed at two seeds of 99.</summary>
    [Fact]
    public void Of_branches_that_survive_by_chance_one_does_and_one_does_not()
    {
        for (var seed = 0ul; seed < Seeds; seed++)
        {
            var site = SiteNetworks.Draw(LayerFamily.Residual, seed)[0];

            var survivals = ParameterList
                .Enumerate(site.Network)
                .Zip(site.Parameters(seed))
                .Where(pair => pair.First.Kind == ParameterKind.Survival)
                .Select(pair => pair.Second.Single());

            survivals.Distinct().Should().BeEquivalentTo([0.0, 1.0], "the seed is {0}", seed);
        }
    }

    [Fact]
    public void A_shuffle_makes_every_order_equally_often()
    {
        const int Draws = 60_000;
        var draw = new WholeNumbers(7);

        var orders = Enumerable.Range(0, Draws).Select(_ => string.Concat(draw.Shuffle([1, 2, 3]))).CountBy(order => order).ToArray();

        // Six deviations of a count of probability 1/6.
        orders.Should().HaveCount(6).And.OnlyContain(order => Math.Abs(order.Value - (Draws / 6)) < 6 * Math.Sqrt(Draws * 5 / 36.0));
    }
}
