namespace Wellbehaved.Experiments;

/// <summary>The places of a neutral file that form one sequence, as indices of columns.</summary>
/// <param name="Depths">Their depths, increasing from at least 1.</param>
/// <param name="Ends">For each depth, the place whose moments are used.</param>
/// <param name="Ranks">For each depth, the place whose effective rank is used; null where some depth has none.</param>
internal sealed record PlaceSequence(IReadOnlyList<int> Depths, IReadOnlyList<int> Ends, IReadOnlyList<int>? Ranks)
{
    /// <summary>Finds the sequence: the one of the network, or else the one that the file states, or else the last place of each depth.</summary>
    /// <param name="depth">Depth of each place; depths do not decrease, and the last one is positive.</param>
    /// <param name="ranks">Effective ranks of the signal (simulations × places); null where none were computed.</param>
    /// <param name="recorded">The places, where the file describes its network.</param>
    /// <param name="endsUnit">Which places end a unit, where the file states it; at least one of them is at a positive depth.</param>
    public static PlaceSequence Find(IReadOnlyList<int> depth, double[][]? ranks, RecordedPlaces? recorded, IReadOnlyList<bool>? endsUnit = null)
    {
        if (recorded is not null)
        {
            return new([.. recorded.Ends.Select(end => depth[end])], recorded.Ends, recorded.Ranks);
        }

        // Among several places at one depth, the last one is used.
        int[] ends =
        [
            .. Enumerable.Range(0, depth.Count).Where(i => depth[i] > 0 && endsUnit?[i] != false).GroupBy(i => depth[i]).Select(places => places.Last()),
        ];
        if (endsUnit is not null && Array.TrueForAll(ends, IsComputed))
        {
            return new([.. ends.Select(end => depth[end])], ends, ends);
        }

        int[] first =
        [
            .. ends.Select(
                (end, i) =>
                    (i == 0 ? -1 : ends[i - 1]) is var before
                        ? Enumerable.Range(before + 1, end - before).FirstOrDefault(place => depth[place] > 0 && IsComputed(place), -1)
                        : -1
            ),
        ];
        return new([.. ends.Select(end => depth[end])], ends, first.Contains(-1) ? null : first);

        bool IsComputed(int place) => ranks?.Any(row => row[place] >= 1) == true;
    }
}
