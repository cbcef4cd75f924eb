using System.Runtime.CompilerServices;
using Wellbehaved.Networks;

namespace Wellbehaved.Experiments;

/// <summary>The places of a described network at which an experiment records moments, and those among them that form one sequence of depths.</summary>
/// <remarks>
/// The depth of a place counts units where the network has repetitions, or residual layers outside of branches; otherwise it counts the layers with weights
/// before the place.
/// The sequence consists of the ends of units, or else of the last activation after each layer with weights.
/// </remarks>
internal sealed class RecordedPlaces
{
    /// <summary>The places that were last chosen of a network.</summary>
    private static readonly ConditionalWeakTable<Network, Chosen> Latest = [];

    private RecordedPlaces(Network network, int[] indices, int batchSize)
    {
        var hasUnits = network.Places.Any(place => place.EndsUnit);
        Indices = indices;
        Places = [.. indices.Select(index => network.Places[index])];
        Depths = [.. Places.Select(place => hasUnits ? place.Depth : place.WeightedLayers)];
        HasRanks = [.. Places.Select(place => place.EndsUnit || place.After is Activation)];
        int[] ends = [.. Enumerable.Range(0, Places.Count).Where(i => hasUnits ? Places[i].EndsUnit : Places[i].After is Activation && Depths[i] > 0)];
        if (ends.Length == 0)
        {
            // The network is linear: it has only layers with weights.
            ends = [.. Enumerable.Range(0, Places.Count).Where(i => Depths[i] > 0)];
        }

        // Nothing varies over a single point. If some ends have more points, only these form the sequence.
        int[] varying = [.. ends.Where(i => Places[i].Shape.Positions * batchSize > 1)];
        Varies = varying.Length > 0;
        Ends = [.. (Varies ? varying : ends).GroupBy(i => Depths[i]).Select(group => group.Last())];
        Ranks = [.. Ends.Select(RankOf)];
        Branches = [.. Ends.Where(end => BranchOf(end) >= 0).Select(BranchOf)];
        CountsUnits = hasUnits;
    }

    /// <summary>Indices of the places among those of the network.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>The places.</summary>
    public IReadOnlyList<Networks.Place> Places { get; }

    /// <summary>The depth of each place; depths do not decrease.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>Whether effective ranks are computed at each place: they are after activations and at the ends of units.</summary>
    public IReadOnlyList<bool> HasRanks { get; }

    /// <summary>The places that form a sequence, as indices into <see cref="Places"/>; their depths increase.</summary>
    public IReadOnlyList<int> Ends { get; }

    /// <summary>Whether there is more than one point at the places of the sequence, so that a signal can vary over points.</summary>
    public bool Varies { get; }

    /// <summary>For each depth of the sequence, the place of its effective rank: after the unit's first activation, or at its end if it has none.</summary>
    public IReadOnlyList<int> Ranks { get; }

    /// <summary>For each unit of the sequence with a residual branch, the end of its last branch, before that is scaled and added.</summary>
    public IReadOnlyList<int> Branches { get; }

    /// <summary>Whether depths count units, and not layers with weights.</summary>
    public bool CountsUnits { get; }

    /// <summary>Number of places.</summary>
    public int Count => Places.Count;

    /// <summary>The places of an experiment.</summary>
    /// <param name="network">The network.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="depths">Repetitions of the only repeated unit at which moments are recorded; null for all. Places outside of the repeat are always
    /// recorded.</param>
    public static RecordedPlaces Choose(Network network, int batchSize, IReadOnlyCollection<int>? depths = null)
    {
        var all = Enumerable.Range(0, network.Places.Count);
        if (depths is null || RepetitionsOf(network) is not var (before, times))
        {
            return new(network, [.. all], batchSize);
        }

        var chosen = depths.ToHashSet();
        return new(
            network,
            [
                .. all.Where(i =>
                    network.Places[i].Depth - before is var depth && (depth < 1 || depth > times || chosen.Contains(depth) || !IsInRepetition(network, i))
                ),
            ],
            batchSize
        );
    }

    /// <summary>
    /// The same as <see cref="Choose"/>, which lists the places anew only when it is asked about other depths or another batch: options are asked for their
    /// places at every column of a result.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="batchSize">Images in a batch.</param>
    /// <param name="depths">A list that does not change; null for all repetitions.</param>
    public static RecordedPlaces Recall(Network network, int batchSize, DepthList? depths)
    {
        if (Latest.TryGetValue(network, out var latest) && latest.BatchSize == batchSize && ReferenceEquals(latest.Depths, depths))
        {
            return latest.Places;
        }

        var places = Choose(network, batchSize, depths);
        Latest.AddOrUpdate(network, new(batchSize, depths, places));
        return places;
    }

    /// <summary>The number of places that <see cref="Choose"/> would choose, counted from the description.</summary>
    /// <param name="network">The network.</param>
    /// <param name="depths">Repetitions of the only repeated unit at which moments are recorded; null for all.</param>
    public static long CountOf(Network network, IReadOnlyCollection<int>? depths) =>
        depths is null || RepetitionsOf(network) is not var (_, times)
            ? network.NumberOfPlaces
            : network.NumberOfPlaces
                - (
                    (times - depths.Distinct().LongCount(depth => depth >= 1 && depth <= times))
                    * PlaceCount.InRepetition(network.Layers.OfType<Repeat>().Single())
                );

    /// <summary>The repetitions of a network that has one repeated unit.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The depth before the first repetition, and the number of repetitions; null for a network without a repeat, with several, or with nested
    /// repeats.</returns>
    public static (int Before, int Times)? RepetitionsOf(Network network)
    {
        if (network.Layers.OfType<Repeat>().ToArray() is not [var repeat] || repeat.Unit.Any(layer => layer is Repeat))
        {
            return null;
        }

        Layer[] before = [.. network.Layers.TakeWhile(layer => layer is not Repeat)];
        return (before.Length == 0 ? 0 : new Network(network.Name, network.Input, [.. before]).Depth, repeat.Times);
    }

    /// <summary>
    /// H, the number of layers with weights in the longest branch, for a network whose sequence consists of residual units with identity skips and without
    /// scales; null for all others.
    /// </summary>
    public int? ResidualDepth(Network network)
    {
        var units = Ends.Select(i => Places[i].After as Residual).ToArray();
        return
            units.Length > 0
            && units.All(unit => unit is { Skip.Count: 0, Survival: 1 } && unit.SkipScale == ResidualScale.One && unit.BranchScale == ResidualScale.One)
            && LongestBranch(network) is > 0 and var layers
            ? layers
            : null;
    }

    private static int LongestBranch(Network network)
    {
        var longest = 0;
        for (var i = 1; i < network.Places.Count; i++)
        {
            if (network.Places[i].EndsUnit)
            {
                var start = i;
                while (network.Places[start].Kind != Networks.PlaceKind.Before)
                {
                    start--;
                }

                longest = Math.Max(longest, network.Places[i].WeightedLayers - network.Places[start].WeightedLayers);
            }
        }

        return longest;
    }

    /// <summary>Whether a place is in a repetition. A place after the last repetition has the same depth, but no unit ends after it.</summary>
    private static bool IsInRepetition(Network network, int index)
    {
        var depth = network.Places[index].Depth;
        for (var i = index; i < network.Places.Count && network.Places[i].Depth == depth; i++)
        {
            if (network.Places[i].EndsUnit)
            {
                return true;
            }
        }

        return false;
    }

    private int RankOf(int end)
    {
        var first = UnitOf(end);
        return Enumerable.Range(first, end - first + 1).FirstOrDefault(i => Places[i].After is Activation, end);
    }

    private int BranchOf(int end)
    {
        var first = UnitOf(end);
        return Enumerable.Range(first, end - first + 1).LastOrDefault(i => Places[i].EndsBranch, -1);
    }

    /// <summary>The first place of the unit that ends at a place.</summary>
    private int UnitOf(int end)
    {
        var first = end;
        while (first > 0 && Depths[first - 1] == Depths[end] && !Places[first - 1].EndsUnit && Places[first].Kind != Networks.PlaceKind.Before)
        {
            first--;
        }

        return first;
    }

    private sealed record Chosen(int BatchSize, DepthList? Depths, RecordedPlaces Places);
}
