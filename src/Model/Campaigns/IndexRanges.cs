namespace Wellbehaved.Model;

/// <summary>Spells indices for people: <c>0-4, 7</c>.</summary>
internal static class IndexRanges
{
    private const int MostRanges = 8;

    /// <summary>Joins neighbours to ranges; what is beyond the eighth range is counted only.</summary>
    /// <param name="indices">Indices, increasing.</param>
    public static string Of(IReadOnlyList<int> indices)
    {
        var ranges = new List<(int First, int Last)>();
        foreach (var index in indices)
        {
            if (ranges is [.., var last] && last.Last == index - 1)
            {
                ranges[^1] = (last.First, index);
            }
            else
            {
                ranges.Add((index, index));
            }
        }

        var spelled = string.Join(", ", ranges.Take(MostRanges).Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"));
        var unspelled = ranges.Skip(MostRanges).Sum(range => range.Last - range.First + 1);
        return unspelled == 0 ? spelled : $"{spelled} and {unspelled} more";
    }
}
