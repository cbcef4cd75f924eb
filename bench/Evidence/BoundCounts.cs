using System.Collections.Immutable;
using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>How often the bounds of false alarms of one quantity were small on a correct subject.</summary>
/// <param name="Label">The quantity; of several wordings the first in ordinal order.</param>
/// <param name="Asymptotic">Whether the bound is asymptotic.</param>
/// <param name="Runs">Runs that measured it.</param>
/// <param name="Missing">Runs in which the measurement gave no bound.</param>
/// <param name="AtMost">Runs whose bound was at most each of <see cref="BoundCounts.Levels"/>.</param>
/// <param name="Smallest">The smallest bound; 1 if there was none.</param>
/// <param name="SmallestSeed">The smallest seed that showed it.</param>
internal sealed record BoundsOfQuantity(
    string Label,
    bool Asymptotic,
    long Runs,
    long Missing,
    ImmutableArray<long> AtMost,
    double Smallest,
    ulong SmallestSeed
)
{
    /// <summary>The counts of both sets of runs.</summary>
    public BoundsOfQuantity Merge(BoundsOfQuantity other) =>
        new(
            string.CompareOrdinal(Label, other.Label) <= 0 ? Label : other.Label,
            Asymptotic || other.Asymptotic,
            Runs + other.Runs,
            Missing + other.Missing,
            [.. AtMost.Zip(other.AtMost, (one, two) => one + two)],
            Math.Min(Smallest, other.Smallest),
            Smallest < other.Smallest ? SmallestSeed
                : other.Smallest < Smallest ? other.SmallestSeed
                : Math.Min(SmallestSeed, other.SmallestSeed)
        );
}

/// <summary>The bounds of false alarms of one check over many runs on a correct subject, separately for each quantity that the check concludes on.</summary>
/// <param name="Runs">Runs in all.</param>
/// <param name="Failed">Runs that ended in a failure.</param>
/// <param name="Rejected">Runs that rejected the reference.</param>
/// <param name="AnyAtMost">
/// Runs in which the smallest bound of all quantities was at most each of <see cref="Levels"/> divided by the number of quantities. A check that divides its
/// level among its quantities decides in this way.
/// </param>
/// <param name="Quantities">Its quantities.</param>
internal sealed record BoundCounts(long Runs, long Failed, long Rejected, ImmutableArray<long> AnyAtMost, ImmutableArray<BoundsOfQuantity> Quantities)
    : ISummary<BoundCounts>
{
    private const char Separator = '|';

    /// <summary>The levels that bounds are compared with.</summary>
    public static ImmutableArray<double> Levels { get; } = [1e-1, 1e-2, 1e-3, 1e-4];

    /// <inheritdoc/>
    public IEnumerable<string> Cells =>
        Quantities.Select(Text).Prepend(string.Join(Separator, Joined([Runs]), Joined([Failed]), Joined([Rejected]), Joined(AnyAtMost)));

    /// <summary>One run of a check.</summary>
    public static BoundCounts Count(CheckOutcome outcome, ulong seed)
    {
        Measurement[] statistical = [.. outcome.Measurements.Where(measurement => !measurement.IsDeterministic)];
        var smallest = statistical.Select(measurement => measurement.FalseAlarmBound).Where(bound => !double.IsNaN(bound)).DefaultIfEmpty(1).Min();
        return new BoundCounts(
            1,
            outcome.Failure is null ? 0 : 1,
            outcome.Verdict == Verdict.Rejected ? 1 : 0,
            Reached(smallest * Math.Max(1, statistical.Length)),
            [.. statistical.Select(measurement => OfQuantity(measurement, seed))]
        );
    }

    /// <inheritdoc/>
    public static BoundCounts Parse(IReadOnlyList<string> cells)
    {
        var numbers = cells[0].Split(Separator);
        return new BoundCounts(Number(numbers[0]), Number(numbers[1]), Number(numbers[2]), Numbers(numbers[3]), [.. cells.Skip(1).Select(ParseQuantity)]);
    }

    /// <inheritdoc/>
    public BoundCounts Merge(BoundCounts other)
    {
        var quantities = Enumerable
            .Range(0, Math.Max(Quantities.Length, other.Quantities.Length))
            .Select(i =>
                i >= Quantities.Length ? other.Quantities[i]
                : i >= other.Quantities.Length ? Quantities[i]
                : Quantities[i].Merge(other.Quantities[i])
            );
        ImmutableArray<long> any = [.. AnyAtMost.Zip(other.AnyAtMost, (one, two) => one + two)];
        return new BoundCounts(Runs + other.Runs, Failed + other.Failed, Rejected + other.Rejected, any, [.. quantities]);
    }

    private static BoundsOfQuantity OfQuantity(Measurement measurement, ulong seed)
    {
        var label = measurement.Quantity.Replace(Separator, '¦').Replace('\t', ' ').Replace('\n', ' ');
        return double.IsNaN(measurement.FalseAlarmBound)
            ? new BoundsOfQuantity(label, measurement.IsAsymptotic, 1, 1, Reached(1), 1, seed)
            : new BoundsOfQuantity(label, measurement.IsAsymptotic, 1, 0, Reached(measurement.FalseAlarmBound), measurement.FalseAlarmBound, seed);
    }

    private static ImmutableArray<long> Reached(double bound) => [.. Levels.Select(level => bound <= level ? 1L : 0)];

    private static string Text(BoundsOfQuantity quantity) =>
        string.Join(
            Separator,
            quantity.Label,
            quantity.Asymptotic,
            quantity.Runs.ToString(CultureInfo.InvariantCulture),
            quantity.Missing.ToString(CultureInfo.InvariantCulture),
            Joined(quantity.AtMost),
            quantity.Smallest.ToString("R", CultureInfo.InvariantCulture),
            quantity.SmallestSeed.ToString(CultureInfo.InvariantCulture)
        );

    private static BoundsOfQuantity ParseQuantity(string cell)
    {
        var parts = cell.Split(Separator);
        var (smallest, seed) = (double.Parse(parts[5], CultureInfo.InvariantCulture), ulong.Parse(parts[6], CultureInfo.InvariantCulture));
        return new BoundsOfQuantity(parts[0], bool.Parse(parts[1]), Number(parts[2]), Number(parts[3]), Numbers(parts[4]), smallest, seed);
    }

    private static string Joined(ImmutableArray<long> counts) => string.Join(' ', counts.Select(count => count.ToString(CultureInfo.InvariantCulture)));

    private static ImmutableArray<long> Numbers(string text) => [.. text.Split(' ').Select(Number)];

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
