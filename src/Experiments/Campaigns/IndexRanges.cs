namespace Wellbehaved.Experiments;

/// <summary>Spells indices for people: <c>0-4, 7</c>.</summary>
internal static class IndexRanges
{
    private const int MostRanges = 8;

    /// <summary>Joins consecutive indices to ranges; the indices after the eighth range are only counted.</summary>
    /// <param name="indices">Indices, increasing.</param>
    public static string Spell(IReadOnlyList<int> indices)
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

        return Spell(ranges);
    }

    /// <summary>Spells ranges; the indices after the eighth range are only counted.</summary>
    /// <param name="ranges">First and last index of each, increasing.</param>
    public static string Spell(IReadOnlyList<(int First, int Last)> ranges)
    {
        var spelled = string.Join(", ", ranges.Take(MostRanges).Select(range => range.First == range.Last ? $"{range.First}" : $"{range.First}-{range.Last}"));
        var unspelled = ranges.Skip(MostRanges).Sum(range => (long)range.Last - range.First + 1);
        return unspelled == 0 ? spelled : $"{spelled} and {unspelled} more";
    }

    /// <summary>
    /// The ranges of the missing indices. Their number is about that of the present indices, even where the last possible index is very large.
    /// </summary>
    /// <param name="present">Indices, increasing.</param>
    /// <param name="first">The first possible index.</param>
    /// <param name="last">The last possible index.</param>
    public static IReadOnlyList<(int First, int Last)> Missing(IEnumerable<int> present, int first, int last)
    {
        var ranges = new List<(int First, int Last)>();
        long next = first;
        foreach (var index in present)
        {
            if (index > next)
            {
                ranges.Add(((int)next, index - 1));
            }

            next = index + 1L;
        }

        if (next <= last)
        {
            ranges.Add(((int)next, last));
        }

        return ranges;
    }
}
