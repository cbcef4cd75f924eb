using FluentAssertions;
using Wellbehaved.Networks;
using Named = Wellbehaved.Model.Architecture;

namespace Wellbehaved.Tests.Properties;

/// <summary>Where signal and noise are looked at, and by which numbers.</summary>
public class PlaceTests
{
    [Law(MaxTest = 500)]
    public void Depths_never_fall_and_numbers_are_unique_in_a_depth(Network network)
    {
        network
            .Places.Zip(network.Places.Skip(1))
            .Should()
            .NotContain(pair => pair.Second.Depth < pair.First.Depth || pair.Second.Depth > pair.First.Depth + 1);
        network
            .Places.GroupBy(place => (place.Depth, place.Number))
            .Should()
            .NotContain(places => places.Count(place => place.Kind != PlaceKind.BranchEnd) > 1);
        foreach (var places in network.Places.Where(place => place.Kind != PlaceKind.BranchEnd).GroupBy(place => place.Depth))
        {
            places.Select(place => place.Number).Should().Equal(Enumerable.Range(places.Key == 0 ? 0 : 1, places.Count()));
        }

        network.Depth.Should().Be(network.Places.Select(place => place.Depth).DefaultIfEmpty(0).Max());
        network.NumberOfPlaces.Should().Be(network.Places.Count);
    }

    [Law(MaxTest = 300)]
    public void Recorded_places_are_as_many_as_the_description_counts(Network network, byte repetitions)
    {
        RecordedPlaces.CountOf(network, null).Should().Be(RecordedPlaces.Choose(network, 2).Count);
        if (RecordedPlaces.RepetitionsOf(network) is var (_, times))
        {
            int[] depths = [.. Enumerable.Range(1, times).Where(depth => (repetitions >> (depth % 8) & 1) == 1)];
            RecordedPlaces.CountOf(network, depths).Should().Be(RecordedPlaces.Choose(network, 2, depths).Count);
        }
    }

    [Fact]
    public void Units_are_counted_as_they_are_listed_where_the_first_weights_begin_none()
    {
        Network[] networks =
        [
            Stacked(new Repeat(3, [new Dense { Channels = 4 }, new Repeat(2, [new Dense()]), new Dense()])),
            Stacked(new Repeat(3, [new Repeat(2, [new Activation(new(FunctionKind.Tanh))]), new Dense { Channels = 4 }])),
            Stacked(new Residual([new Repeat(2, [new Dense()])]), new Dense { Channels = 4 }, new Repeat(2, [new Repeat(3, [new Repeat(2, [new Flatten()])])])),
            Stacked(new Flatten()),
        ];
        networks.Should().AllSatisfy(network => network.Depth.Should().Be(network.Places.Select(place => place.Depth).DefaultIfEmpty(0).Max()));
        networks.Select(network => network.Depth).Should().Equal(11, 8, 14, 0);
        networks.Should().AllSatisfy(network => network.NumberOfPlaces.Should().Be(network.Places.Count));

        static Network Stacked(params Layers layers) => new("stacked", new(1, 1, 4), layers);
    }

    [Law(MaxTest = 500)]
    public void The_end_of_a_branch_has_the_number_of_the_sum_that_follows(Network network)
    {
        var ends = network.Places.Where(place => place.Kind == PlaceKind.BranchEnd);
        ends.Should()
            .NotContain(end =>
                !end.EndsBranch || !network.Places.Any(place => place.Depth == end.Depth && place.Number == end.Number && place.Kind == PlaceKind.After)
            );
        network.Places.Where(place => place.Kind == PlaceKind.Before).Should().NotContain(place => place.After != null);
        network
            .Places.Where(place => place.Kind != PlaceKind.Before)
            .Should()
            .NotContain(place => place.After == null)
            .And.NotContain(place => place.After is Repeat)
            .And.NotContain(place => place.After is Flatten);
    }

    [Law(MaxTest = 500)]
    public void Every_residual_with_a_branch_that_changes_something_has_a_place_at_its_end(Network network)
    {
        var residuals = network
            .Places.Where(place => place.After is Residual && place.Kind == PlaceKind.After)
            .Select(place => (Residual)place.After!)
            .ToArray();
        network.Places.Count(place => place.EndsBranch).Should().Be(residuals.Count(residual => Moves(residual.Branch)));
    }

    [Law(MaxTest = 500)]
    public void The_last_place_shows_the_output(Network network)
    {
        if (Moves(network.Layers))
        {
            network.Places[^1].Shape.Features.Should().Be(network.Output.Features);
        }
    }

    [Law(MaxTest = 500)]
    public void Every_layer_of_a_stack_has_a_place_in_each_repetition(Network network)
    {
        network
            .Places.Count(place => place.After is Activation && place.Kind == PlaceKind.After)
            .Should()
            .Be(Shown(network.Layers, isInBranch: false, layer => layer is Activation));
        network
            .Places.Count(place => place.After is Convolution && place.Kind == PlaceKind.After)
            .Should()
            .Be(Shown(network.Layers, isInBranch: false, layer => layer is Convolution));
        network
            .Places.Count(place => place.After is Residual && place.Kind == PlaceKind.After)
            .Should()
            .Be(Shown(network.Layers, isInBranch: false, layer => layer is Residual));
    }

    [Theory]
    [InlineData("vanilla", 1, 1)]
    [InlineData("vanilla", 3, 2)]
    [InlineData("vanilla_res", 1, 1)]
    [InlineData("vanilla_res", 3, 3)]
    [InlineData("bn_ff", 3, 2)]
    [InlineData("bn_res", 1, 2)]
    [InlineData("bn_res", 3, 1)]
    public void Recipes_have_the_same_places_as_result_files_of_architectures(string name, int kernelSize, int residualDepth)
    {
        var network = Recipes.Find(name, new RecipeSizes(new Shape(8, 8, 3), Depth: 4, Channels: 6, kernelSize, ResidualDepth: residualDepth))!;
        var expected = Named.Named(name, residualDepth).Places;

        network.Depth.Should().Be(4);
        for (var depth = 1; depth <= 4; depth++)
        {
            var places = network.Places.Where(place => place.Depth == depth && place.Kind != PlaceKind.BranchEnd).ToArray();
            places.Select(place => (place.Number, Kind: KindOf(place))).Should().Equal(expected.Select(place => (place.Number, place.Kind)));
        }

        network.Places.Where(place => place.Depth == 0).Should().ContainSingle().Which.After.Should().Match(layer => layer is Convolution || layer is Dense);
        network.Places.Count(place => place.EndsBranch).Should().Be(name.EndsWith("_res", StringComparison.Ordinal) ? 4 : 0);
    }

    /// <summary>Kinds of networks, written out.</summary>
    [Theory]
    [InlineData("\"relu\"", "0.0 after relu")]
    [InlineData("\"dense\", \"relu\", \"dense\", \"relu\"", "0.0 after dense; 0.1 after relu; 1.1 after dense; 1.2 after relu")]
    [InlineData(
        "{\"repeat\": {\"times\": 2, \"unit\": [\"dense\", \"relu\"]}}",
        "1.1 before the unit; 1.2 after dense; 1.3 after relu; 2.1 before the unit; 2.2 after dense; 2.3 after relu"
    )]
    [InlineData(
        "{\"repeat\": {\"times\": 2, \"unit\": [\"tanh\", {\"repeat\": {\"times\": 2, \"unit\": [\"relu\"]}}]}}",
        "0.0 after tanh; 1.1 before the unit; 1.2 after relu; 2.1 before the unit; 2.2 after relu; 2.3 after tanh; 3.1 before the unit; 3.2 after "
            + "relu; 4.1 before the unit; 4.2 after relu"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [\"dense\"], \"skip\": [\"relu\"]}}",
        "1.1 before the unit; 1.2 after dense (ends a branch); 1.3 after relu; 1.4 after residual"
    )]
    [InlineData("{\"residual\": {\"branch\": []}}", "1.1 before the unit; 1.2 after residual")]
    [InlineData(
        "{\"residual\": {\"branch\": [\"dense\", \"flatten\"], \"skip\": [\"flatten\"]}}",
        "1.1 before the unit; 1.2 after dense (ends a branch); 1.3 after residual"
    )]
    [InlineData("{\"residual\": {\"branch\": [\"flatten\"], \"skip\": [\"flatten\"]}}", "1.1 before the unit; 1.2 after residual")]
    [InlineData(
        "{\"residual\": {\"branch\": [{\"repeat\": {\"times\": 3, \"unit\": [\"relu\", \"dense\"]}}]}}",
        "1.1 before the unit; 1.2 after relu; 1.3 after dense; 1.4 end of the branch (ends a branch); 1.4 after residual"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [{\"repeat\": {\"times\": 3, \"unit\": [\"relu\", \"dense\"]}}, \"flatten\"], \"skip\": [\"flatten\"]}}",
        "1.1 before the unit; 1.2 after relu; 1.3 after dense; 1.4 end of the branch (ends a branch); 1.4 after residual"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [{\"repeat\": {\"times\": 1, \"unit\": [{\"repeat\": {\"times\": 3, \"unit\": [\"relu\"]}}]}}]}}",
        "1.1 before the unit; 1.2 after relu; 1.3 end of the branch (ends a branch); 1.3 after residual"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [{\"repeat\": {\"times\": 1, \"unit\": [\"relu\"]}}]}}",
        "1.1 before the unit; 1.2 after relu (ends a branch); 1.3 after residual"
    )]
    [InlineData(
        "{\"residual\": {\"branch\": [{\"residual\": {\"branch\": [\"relu\"]}}]}}",
        "1.1 before the unit; 1.2 after relu (ends a branch); 1.3 after residual (ends a branch); 1.4 after residual"
    )]
    public void Places_are_numbered_by_units(string layers, string places) =>
        string.Join(
                "; ",
                NetworkTemplate
                    .Parse($"{{\"name\": \"n\", \"input\": [4, 4, 2], \"layers\": [{layers}]}}")
                    .With()
                    .Places.Select(place => $"{place}{(place.EndsBranch ? " (ends a branch)" : string.Empty)}")
            )
            .Should()
            .Be(places);

    /// <summary>A stack's repetitions and the residuals outside of stacks are what a sequence of depths is made of.</summary>
    [Theory]
    [InlineData("\"dense\", \"relu\"", "")]
    [InlineData("{\"repeat\": {\"times\": 2, \"unit\": [\"dense\", \"relu\"]}}, \"layer_norm\", \"dense\"", "1.3 after relu; 2.3 after relu")]
    [InlineData("\"dense\", {\"residual\": {\"branch\": [\"dense\"]}}, \"relu\"", "1.3 after residual")]
    [InlineData(
        "{\"repeat\": {\"times\": 2, \"unit\": [\"tanh\", {\"repeat\": {\"times\": 2, \"unit\": [\"relu\"]}}]}}",
        "1.2 after relu; 2.2 after relu; 3.2 after relu; 4.2 after relu"
    )]
    public void Units_end_after_repetitions_and_residuals(string layers, string ends) =>
        string.Join("; ", Places(layers).Where(place => place.EndsUnit)).Should().Be(ends);

    [Theory]
    [InlineData("\"relu\", \"dense\", \"relu\", \"dense\"", 0, 1, 1, 2)]
    [InlineData("{\"residual\": {\"branch\": [\"dense\", \"dense\"], \"skip\": [\"dense\"]}}, \"dense\"", 0, 1, 2, 1, 2, 3)]
    [InlineData("{\"residual\": {\"branch\": [{\"repeat\": {\"times\": 3, \"unit\": [\"dense\"]}}]}}", 0, 1, 3, 3)]
    public void The_count_of_weighted_layers_at_a_place_follows_the_longest_path(string layers, params int[] counts) =>
        Places(layers).Select(place => place.WeightedLayers).Should().Equal(counts);

    [Law(MaxTest = 500)]
    public void All_weighted_layers_of_a_network_without_residuals_are_counted(Network network)
    {
        if (!network.Places.Any(place => place.After is Residual) && network.Places.Count > 0)
        {
            var drawn = ParameterList
                .Enumerate(network)
                .Where(tensor => tensor.Kind == ParameterKind.Weights)
                .Sum(tensor => tensor.Layer is Attention ? 0.25 : 1);
            network.Places[^1].WeightedLayers.Should().Be((int)drawn);
        }
    }

    private static IReadOnlyList<Place> Places(string layers) =>
        NetworkTemplate.Parse($"{{\"name\": \"n\", \"input\": [4, 4, 2], \"layers\": [{layers}]}}").With().Places;

    private static Model.UnitPlaceKind KindOf(Place place) =>
        place.After switch
        {
            null => Model.UnitPlaceKind.Before,
            Convolution or Dense => Model.UnitPlaceKind.Convolution,
            BatchNorm => Model.UnitPlaceKind.BatchNorm,
            Activation => Model.UnitPlaceKind.Relu,
            Residual => Model.UnitPlaceKind.Addition,
            _ => throw new InvalidOperationException($"no place of the post after {place.After.Word}"),
        };

    private static bool Moves(Layers layers) => layers.Any(layer => layer is Repeat repeat ? Moves(repeat.Unit) : layer is not Flatten);

    private static int Shown(Layers layers, bool isInBranch, Func<Layer, bool> which) =>
        layers.Sum(layer =>
            layer switch
            {
                Repeat repeat => (isInBranch ? 1 : repeat.Times) * Shown(repeat.Unit, isInBranch, which),
                Residual residual => Shown(residual.Branch, true, which) + Shown(residual.Skip, true, which) + (which(layer) ? 1 : 0),
                _ => which(layer) ? 1 : 0,
            }
        );
}
