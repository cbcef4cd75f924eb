using Wellbehaved.Networks;

namespace Wellbehaved.Experiments;

/// <summary>
/// The layout of results of a network that is one repeated unit, possibly after a stem: as in the author's files each place of the unit has an array
/// <c>M_locK</c> of each moment <c>M</c>, with a column for each computed depth. The places of the stem are the columns of <c>M_stem</c>, and <c>M_branchK</c>
/// is the end of a residual branch that ends in a repeat, before the sum at place K.
/// </summary>
/// <remarks>It holds the same numbers as the neutral layout, which has one array for all places.</remarks>
internal sealed class RepeatedUnit
{
    private readonly RecordedPlaces _places;
    private readonly string[] _suffixes;

    private RepeatedUnit(RecordedPlaces places, int stem, string[] suffixes)
    {
        (_places, Stem, _suffixes) = (places, stem, suffixes);
        Depths = [.. places.Depths.Skip(stem).Where((_, i) => i % Size == 0)];
    }

    /// <summary>Number of places before the first repetition.</summary>
    public int Stem { get; }

    /// <summary>Number of places in a repetition.</summary>
    public int Size => _suffixes.Length;

    /// <summary>The computed depths, increasing from at least 1.</summary>
    public IReadOnlyList<int> Depths { get; }

    /// <summary>A text for each place of the unit: the end of its arrays' names and what it shows, such as <c>loc2 after conv</c>.</summary>
    public IReadOnlyList<string> Locations => [.. _suffixes.Select((suffix, i) => $"{suffix} {_places.Places[Stem + i].Words}")];

    /// <summary>Finds the unit of a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="places">Its recorded places.</param>
    /// <returns>The unit; null for a network with layers after the repetitions, with units before them, with several repeats or nested ones.</returns>
    public static RepeatedUnit? Find(Network network, RecordedPlaces places)
    {
        if (network.Layers is not [.., Repeat] || RecordedPlaces.RepetitionsOf(network) is not (0, _))
        {
            return null;
        }

        var stem = places.Depths.TakeWhile(depth => depth == 0).Count();
        string[] suffixes = [.. Enumerable.Range(stem, places.Count - stem).TakeWhile(i => places.Depths[i] == places.Depths[stem]).Select(SuffixOf)];
        return
            suffixes.Distinct().Count() == suffixes.Length
            && (places.Count - stem) % suffixes.Length == 0
            && Enumerable.Range(stem, places.Count - stem).All(i => IsAsInTheFirst(i, (i - stem) % suffixes.Length))
            ? new(places, stem, suffixes)
            : null;

        string SuffixOf(int i) =>
            MomentColumns.SuffixOf(
                places.Places[i].Kind == Networks.PlaceKind.BranchEnd ? MomentColumns.OfBranch : MomentColumns.OfPlace,
                places.Places[i].Number
            );

        bool IsAsInTheFirst(int i, int place) => SuffixOf(i) == suffixes[place] && places.Depths[i] == places.Depths[i - place];
    }

    /// <summary>Writes the arrays of the neutral layout as those of this one; arrays that are no moments stay.</summary>
    public List<KeyValuePair<string, NpyArray>> Split(IEnumerable<KeyValuePair<string, NpyArray>> neutral)
    {
        var arrays = new List<KeyValuePair<string, NpyArray>>();
        foreach (var (name, array) in neutral)
        {
            if (name == ResultArrays.Depth)
            {
                arrays.Add(new(name, NpyArray.From([.. Depths.Select(depth => (long)depth)], Depths.Count)));
            }
            else if (name == ResultArrays.Place)
            {
                arrays.Add(new(ResultArrays.Locations, NpyArray.From([.. Locations])));
                if (Stem > 0)
                {
                    arrays.Add(new(ResultArrays.StemLocations, NpyArray.From([.. _places.Places.Take(Stem).Select(place => $"{place}")])));
                }
            }
            else if (MomentColumns.IsOfAllPlaces(name))
            {
                arrays.AddRange(SplitMoment(name, array));
            }
            else
            {
                arrays.Add(new(name, array));
            }
        }

        return arrays;
    }

    /// <summary>The arrays of a file in this layout as those of the neutral one. They are read when they are asked for.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <exception cref="InvalidInputException">The file has other depths or places than its network, or lacks a moment at some places only.</exception>
    public IArrayCollection Join(string path, IArrayCollection archive) => new JoinedArrays(path, archive, this, _places);

    /// <summary>The arrays that hold a moment at the places of the network, in the order of the neutral columns.</summary>
    public IReadOnlyList<MomentPart> PartsOf(string moment) =>
        [
            .. Stem > 0 ? [new MomentPart($"{moment}_{MomentColumns.OfStem}", First: 0, Step: 1, Stem)] : Array.Empty<MomentPart>(),
            .. _suffixes.Select((suffix, i) => new MomentPart($"{moment}_{suffix}", Stem + i, Size, Depths.Count)),
        ];

    private IEnumerable<KeyValuePair<string, NpyArray>> SplitMoment(string name, NpyArray array)
    {
        var (values, rows) = (array.ToDoubles(), array.Shape[0]);
        foreach (var part in PartsOf(name))
        {
            var own = new double[rows * part.Columns];
            for (var i = 0; i < own.Length; i++)
            {
                own[i] = values[(i / part.Columns * _places.Count) + part.NeutralColumn(i % part.Columns)];
            }

            yield return new(part.Name, NpyArray.From(own, rows, part.Columns));
        }
    }
}
