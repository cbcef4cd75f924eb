using System.Globalization;

namespace Wellbehaved.Evidence;

/// <summary>A set of seeds, as ranges that neither touch nor overlap: <c>0-99,200-299</c>, both ends included.</summary>
internal sealed class SeedRanges
{
    /// <summary>Keys are first seeds, values last seeds.</summary>
    private readonly SortedList<ulong, ulong> _ranges = [];

    /// <summary>Number of seeds.</summary>
    public ulong Count => _ranges.Aggregate(0ul, (sum, range) => sum + (range.Value - range.Key) + 1);

    /// <summary>Reads ranges.</summary>
    /// <exception cref="FormatException">The text is not what <see cref="ToString"/> writes.</exception>
    public static SeedRanges Parse(string text)
    {
        var result = new SeedRanges();
        foreach (var range in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            var (first, last) = (Seed(ends[0]), Seed(ends[^1]));
            if (ends.Length > 2 || last < first || !result.TryAdd(first, last))
            {
                throw new FormatException($"expected ranges of seeds such as 0-99,200-299, got '{text}'");
            }
        }

        return result;

        static ulong Seed(string digits) => ulong.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
    }

    /// <summary>Whether a seed is in the set.</summary>
    public bool Contains(ulong seed)
    {
        var (low, high) = (0, _ranges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _ranges.Keys[middle] <= seed ? (middle + 1, high) : (low, middle);
        }

        return low > 0 && _ranges.Values[low - 1] >= seed;
    }

    /// <summary>Adds the seeds from first to last, both included.</summary>
    /// <returns>False, and nothing changes, if any of them is in the set already.</returns>
    public bool TryAdd(ulong first, ulong last)
    {
        if (_ranges.Any(range => range.Key <= last && first <= range.Value))
        {
            return false;
        }

        if (last < ulong.MaxValue && _ranges.TryGetValue(last + 1, out var end))
        {
            _ranges.Remove(last + 1);
            last = end;
        }

        var before = _ranges.Where(range => range.Value < first && range.Value + 1 == first).Select(range => (ulong?)range.Key).FirstOrDefault();
        first = before ?? first;
        _ranges[first] = last;
        return true;
    }

    /// <summary>Adds another set.</summary>
    /// <returns>Null, or a range that both hold.</returns>
    public string? AddAll(SeedRanges other)
    {
        foreach (var (first, last) in other._ranges)
        {
            if (!TryAdd(first, last))
            {
                return Format(first, last);
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(',', _ranges.Select(range => Format(range.Key, range.Value)));

    private static string Format(ulong first, ulong last) => string.Create(CultureInfo.InvariantCulture, $"{first}-{last}");
}
