using System.Collections.Immutable;
using System.Globalization;

namespace Wellbehaved.Evidence;

/// <summary>How often each outcome occurred, and the smallest seed that showed it.</summary>
internal sealed record Tally(ImmutableSortedDictionary<string, (long Count, ulong First)> Outcomes) : ISummary<Tally>
{
    /// <summary>Number of all runs.</summary>
    public long Runs => Outcomes.Values.Sum(outcome => outcome.Count);

    /// <inheritdoc/>
    public IEnumerable<string> Cells =>
        Outcomes.Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}={pair.Value.Count}@{pair.Value.First}"));

    /// <summary>The tally of one run.</summary>
    public static Tally Count(string outcome, ulong seed) =>
        new(ImmutableSortedDictionary.Create<string, (long, ulong)>(StringComparer.Ordinal).Add(outcome, (1, seed)));

    /// <inheritdoc/>
    public static Tally Parse(IReadOnlyList<string> cells) =>
        new(cells.ToImmutableSortedDictionary(cell => cell[..cell.IndexOf('=', StringComparison.Ordinal)], Value, StringComparer.Ordinal));

    /// <summary>How often an outcome occurred.</summary>
    public long Count(string outcome) => Outcomes.TryGetValue(outcome, out var value) ? value.Count : 0;

    /// <inheritdoc/>
    public Tally Merge(Tally other)
    {
        var merged = Outcomes.ToBuilder();
        foreach (var (outcome, (count, first)) in other.Outcomes)
        {
            merged[outcome] = merged.TryGetValue(outcome, out var own) ? (own.Count + count, Math.Min(own.First, first)) : (count, first);
        }

        return new Tally(merged.ToImmutable());
    }

    private static (long Count, ulong First) Value(string cell)
    {
        var numbers = cell[(cell.IndexOf('=', StringComparison.Ordinal) + 1)..].Split('@');
        return (long.Parse(numbers[0], CultureInfo.InvariantCulture), ulong.Parse(numbers[1], CultureInfo.InvariantCulture));
    }
}
