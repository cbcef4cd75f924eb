using System.Collections.Immutable;
using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>The largest ratios of difference to tolerance of a deterministic check, one of each run: enough for a fit above the 99 % quantile.</summary>
/// <param name="Capacity">How many ratios are kept at most: 2 % of the runs that are planned.</param>
/// <param name="Runs">Runs in all.</param>
/// <param name="Measured">Runs in which something was compared.</param>
/// <param name="Zeros">Runs in which all was equal.</param>
/// <param name="Rejected">Runs that rejected the reference.</param>
/// <param name="Inconclusive">Runs that were inconclusive.</param>
/// <param name="LargestSeed">The smallest seed of the largest ratio; 0 if nothing was compared.</param>
/// <param name="Largest">The largest ratios in decreasing order, rounded to single precision.</param>
internal sealed record RatioTail(
    int Capacity,
    long Runs,
    long Measured,
    long Zeros,
    long Rejected,
    long Inconclusive,
    ulong LargestSeed,
    ImmutableArray<float> Largest
) : ISummary<RatioTail>
{
    /// <summary>The largest ratio; NaN if nothing was compared.</summary>
    public double Maximum => Largest.Length == 0 ? double.NaN : Largest[0];

    /// <inheritdoc/>
    public IEnumerable<string> Cells =>
        [
            Text(Capacity),
            Text(Runs),
            Text(Measured),
            Text(Zeros),
            Text(Rejected),
            Text(Inconclusive),
            Text(LargestSeed),
            string.Join(' ', Largest.Select(value => value.ToString("R", CultureInfo.InvariantCulture))),
        ];

    /// <summary>A run in which nothing was there to be compared; it is neither a rejection nor undecided.</summary>
    /// <param name="capacity">How many ratios are kept at most.</param>
    public static RatioTail WithoutSite(int capacity) => new(capacity, 1, 0, 0, 0, 0, 0, []);

    /// <summary>One run of a check.</summary>
    /// <param name="capacity">How many ratios are kept at most.</param>
    /// <param name="outcome">The outcome of the check.</param>
    /// <param name="seed">The seed.</param>
    public static RatioTail Collect(int capacity, CheckOutcome outcome, ulong seed)
    {
        // A ratio of NaN counts as worse than any number.
        var compared = outcome.Measurements.Where(measurement => measurement.IsDeterministic && measurement.Samples > 0);
        double[] ratios = [.. compared.Select(measurement => double.IsNaN(measurement.Deviation) ? double.PositiveInfinity : measurement.Deviation)];
        var (rejected, decided) = (outcome.Verdict == Verdict.Rejected, outcome.Verdict is Verdict.Rejected or Verdict.Holds);
        return ratios.Length == 0
            ? new RatioTail(capacity, 1, 0, 0, rejected ? 1 : 0, decided ? 0 : 1, 0, [])
            : new RatioTail(capacity, 1, 1, ratios.Max() == 0 ? 1 : 0, rejected ? 1 : 0, decided ? 0 : 1, seed, [(float)ratios.Max()]);
    }

    /// <inheritdoc/>
    public static RatioTail Parse(IReadOnlyList<string> cells) =>
        new(
            int.Parse(cells[0], CultureInfo.InvariantCulture),
            Number(cells[1]),
            Number(cells[2]),
            Number(cells[3]),
            Number(cells[4]),
            Number(cells[5]),
            ulong.Parse(cells[6], CultureInfo.InvariantCulture),
            [.. cells[7].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(value => float.Parse(value, CultureInfo.InvariantCulture))]
        );

    /// <inheritdoc/>
    public RatioTail Merge(RatioTail other)
    {
        if (Capacity != other.Capacity)
        {
            throw new FormatException($"expected parts that keep the same number of ratios, got {Capacity} and {other.Capacity}");
        }

        var seed =
            Largest.Length == 0 ? other.LargestSeed
            : other.Largest.Length == 0 || Largest[0] > other.Largest[0] ? LargestSeed
            : other.Largest[0] > Largest[0] ? other.LargestSeed
            : Math.Min(LargestSeed, other.LargestSeed);
        return new RatioTail(
            Capacity,
            Runs + other.Runs,
            Measured + other.Measured,
            Zeros + other.Zeros,
            Rejected + other.Rejected,
            Inconclusive + other.Inconclusive,
            seed,
            LargestOf(other)
        );
    }

    /// <summary>Both are sorted: the largest of both are found in one pass.</summary>
    private ImmutableArray<float> LargestOf(RatioTail other)
    {
        var merged = ImmutableArray.CreateBuilder<float>(Math.Min(Capacity, Largest.Length + other.Largest.Length));
        for (var (i, j) = (0, 0); merged.Count < merged.Capacity; )
        {
            merged.Add(j >= other.Largest.Length || (i < Largest.Length && Largest[i] >= other.Largest[j]) ? Largest[i++] : other.Largest[j++]);
        }

        return merged.MoveToImmutable();
    }

    private static long Number(string cell) => long.Parse(cell, CultureInfo.InvariantCulture);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
