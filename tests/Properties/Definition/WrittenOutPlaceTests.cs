using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

public class WrittenOutPlaceTests
{
    [Law(Arbitrary = [typeof(ComposedCases)], MaxTest = 1000)]
    public void Shapes_and_places_that_the_definition_counts_are_those_of_the_description(ComposedCase composed)
    {
        var propagation = composed.Mapping().Propagate(composed.Features());

        propagation
            .Places.Select(place => (place.Depth, place.Number, place.Kind, place.After?.Word, place.EndsBranch, ShapeOf(place.Features)))
            .Should()
            .Equal(
                composed.Network.Places.Select(place => (place.Depth, place.Number, place.Kind, place.After?.Word, place.EndsBranch, place.Shape)),
                "{0}",
                composed.Network
            );
        ShapeOf(propagation.Output).Should().Be(composed.Network.Output);
    }

    [Fact]
    public void A_branch_that_ends_in_a_repeat_has_a_place_for_its_end()
    {
        Networks.Layers repeated = [new Repeat(3, [new Scaling(2)])];
        foreach (var branch in new Networks.Layers[] { repeated, [new Repeat(1, repeated)], [.. repeated, new Flatten()], [new Scaling(1), .. repeated] })
        {
            var network = new Networks.Network("branch", new(1, 1, 1), [new Residual(branch)]);
            var places = new WrittenOutMapping(network, []).Propagate(new(1, 1, 1, 1, [1], [10])).Places;

            var end = places.Single(place => place.EndsBranch);
            (end.Kind, end.Features.Signal[0], end.Features.Noise[0]).Should().Be((Networks.PlaceKind.BranchEnd, 8.0, 80.0));
            network.Places.Single(place => place.EndsBranch).Kind.Should().Be(Networks.PlaceKind.BranchEnd);
        }
    }

    [Fact]
    public void A_branch_without_effect_has_no_place_for_its_end()
    {
        var network = new Networks.Network("branch", new(1, 1, 1), [new Residual([new Flatten()]), new Residual(Networks.Layers.None)]);

        new WrittenOutMapping(network, []).Propagate(new(1, 1, 1, 1, [1], [10])).Places.Should().NotContain(place => place.EndsBranch);
        network.Places.Should().NotContain(place => place.EndsBranch);
    }

    [Law(MaxTest = 100)]
    public void The_recipes_are_what_the_four_architectures_are(NetworkCase network)
    {
        const double epsilon = 0.01;
        if (network.KernelSize > Math.Min((network.Height + 1) / 2, (network.Width + 1) / 2))
        {
            // The description refuses patches larger than the images.
            return;
        }

        var recipe = Recipes.Find(
            network.Architecture,
            new(
                new(network.Height, network.Width, network.InputChannels),
                network.Depth,
                network.Channels,
                network.KernelSize,
                Enum.Parse<Boundary>(network.Boundary.ToString()),
                epsilon,
                network.ResidualDepth
            )
        )!;

        var (signal, noise, kernels) = (network.RandomInput(1), network.RandomInput(2), network.RandomKernels());
        var shown = new List<(double[] Signal, double[] Noise)>();
        network.WrittenOut(epsilon, kernels).Propagate(network.Batch(signal, noise), (_, _, x, dx) => shown.Add((x, dx)));
        var places = new WrittenOutMapping(recipe, kernels)
            .Propagate(new(network.Images, network.Height, network.Width, network.InputChannels, signal, noise))
            .Places.Where(place => place.Kind != Networks.PlaceKind.BranchEnd)
            .ToList();

        places.Should().HaveCount(shown.Count);
        foreach (var (place, (x, dx)) in places.Zip(shown))
        {
            Propagations.Distance(place.Features.Signal, x).Should().BeLessThan(1e-9);
            Propagations.Distance(place.Features.Noise, dx).Should().BeLessThan(1e-9);
        }
    }

    private static Shape ShapeOf(WrittenOutFeatures features) => new(features.Height, features.Width, features.Channels);
}
