using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>The answer of each mapping of an experiment to each <see cref="Contrast"/>.</summary>
internal sealed class DepthContrasts
{
    /// <summary>A smaller r_eff - 1 is rounding of single precision, not a direction.</summary>
    private const double LeastExcess = 1e-6;

    /// <summary>r_eff - 1 of a signal that has collapsed is below this, by convention (<see cref="Contrast.MoreThanOneDirection"/>).</summary>
    public const double LeftOver = 0.2;

    /// <summary>
    /// The r_eff - 1 at the first recorded depth that is assumed for a mapping of three or more images with a single direction there: it had other directions
    /// before, and has lost them.
    /// </summary>
    private const double CollapsedBefore = 1;

    /// <summary>The least share of a law's gain that a stretch must have.</summary>
    private const double HeldShare = 2.0 / 3;

    /// <summary>
    /// The largest multiple of a power's gain that a stretch may have. No shape between a bound and the root of the depth gives a stretch more than 1.3 times
    /// as much; a rate that ends at four fifths of the depth gives it 1.5 times as much.
    /// </summary>
    private const double ExceededShare = 1.4;

    /// <summary>The contrasts of the stretches, in order, for a constant rate.</summary>
    private static readonly Contrast[] HoldsRate =
    [
        Contrast.FirstStretchHoldsRate,
        Contrast.SecondStretchHoldsRate,
        Contrast.ThirdStretchHoldsRate,
        Contrast.FourthStretchHoldsRate,
    ];

    /// <summary>The contrasts of the stretches, in order, for a constant power.</summary>
    private static readonly Contrast[] HoldsPower =
    [
        Contrast.FirstStretchHoldsPower,
        Contrast.SecondStretchHoldsPower,
        Contrast.ThirdStretchHoldsPower,
        Contrast.FourthStretchHoldsPower,
    ];

    private static readonly Contrast[] ExceedsPower =
    [
        Contrast.FirstStretchExceedsPower,
        Contrast.SecondStretchExceedsPower,
        Contrast.ThirdStretchExceedsPower,
        Contrast.FourthStretchExceedsPower,
    ];

    private readonly Dictionary<Contrast, double[]> _values = [];
    private readonly Dictionary<Contrast, double[]> _constantWalk = [];
    private readonly Lazy<IReadOnlyDictionary<Contrast, double[]>> _deciding;
    private readonly double[]? _first;
    private readonly double[]? _second;

    private DepthContrasts(MomentTable table, int quarter, int half)
    {
        _deciding = new(() => _values.ToDictionary(pair => pair.Key, pair => _constantWalk.GetValueOrDefault(pair.Key, pair.Value)));
        var end = table.Depths.Count - 1;
        (Quarter, Half, Depth) = (table.Depths[quarter], table.Depths[half], table.Depths[end]);
        var (before, after) = WalkKnots(table.Depths, quarter, half);
        if (table.LogChi is { } logChi)
        {
            _first = [.. logChi.Select(row => row[half] - row[quarter])];
            _second = [.. logChi.Select(row => row[end] - row[half])];
            double[] early = FiniteWidthWalk.ByMapping(logChi, table.Depths, before, quarter, half),
                late = FiniteWidthWalk.ByMapping(logChi, table.Depths, after, half, end);
            Walk = new FiniteWidthWalk(Math.Max(early.Mean(), late.Mean()));
            _values[Contrast.Grows] = _second;
            Outruns(Contrast.OutrunsEarlyWalk, _second, early);
            Outruns(Contrast.OutrunsLateWalk, _second, late);
            _values[Contrast.ShapeAboveThreeQuarters] = AboveShape(0.75);
            _values[Contrast.ShapeAboveHalf] = AboveShape(0.5);
            _values[Contrast.ShapeAboveMinusHalf] = AboveShape(-0.5);
            var even = Stretches.Knots(table.Depths, quarter, end, Stretches.OfLaw, depth => depth);
            Compare(HoldsRate, HeldShare, logChi, table.Depths, even, depth => depth);
            StretchRates =
            [
                .. even.Zip(
                    even.Skip(1),
                    (from, to) => (table.Depths[from], table.Depths[to], logChi.Average(row => row[to] - row[from]) / (table.Depths[to] - table.Depths[from]))
                ),
            ];
            var doubling = Stretches.Knots(table.Depths, quarter, end, Stretches.OfLaw, Math.Log);
            Compare(HoldsPower, HeldShare, logChi, table.Depths, doubling, Math.Log);
            Compare(ExceedsPower, ExceededShare, logChi, table.Depths, doubling, Math.Log);
            Halves(logChi, table.Depths, (quarter, half), [(Contrast.EarlyShapeAboveThreeQuarters, 0.75)]);
            Halves(logChi, table.Depths, (half, end), [(Contrast.LateShapeAboveThreeQuarters, 0.75), (Contrast.LateShapeAboveZero, 0)]);

            // Five per cent per doubling of the depth, and less if the two recorded depths are nearer to each other.
            var little = Math.Log(1.05) * Math.Min(1, Math.Log((double)Depth / Half) / Math.Log(2));
            _values[Contrast.GainsFivePercent] = Less(_second, little);
            _values[Contrast.KeepsWithinFivePercent] = Less(_second, -little);
            double[] total = [.. logChi.Select(row => row[end])];
            _values[Contrast.SnrLostSixthPower] = Less(total, 3 * Math.Log(1 + Depth));
            _values[Contrast.SnrLostSquare] = Less(total, Math.Log(1 + Depth));
        }

        if (table.Reff is { } reff)
        {
            double[] Excess(int index) => [.. reff.Select(row => LogExcess(row[index]))];
            var (atQuarter, atHalf, atEnd) = (Excess(quarter), Excess(half), Excess(end));
            double[] lost = [.. atQuarter.Zip(atEnd, (earlier, later) => earlier - later)];
            _values[Contrast.DirectionsHalve] = Less(lost, 0.5 * Math.Log((double)Depth / Quarter));
            _values[Contrast.DirectionsLoseThird] = Less(lost, Math.Log(1.5) / Math.Log(4) * Math.Log((double)Depth / Quarter));
            double[] lostLast = [.. atHalf.Zip(atEnd, (earlier, later) => earlier - later)];
            _values[Contrast.DirectionsStillFall] = Less(lostLast, 0.25 * Math.Log((double)Depth / Half));
            _values[Contrast.DirectionsHaveNotSettled] = Less(lostLast, 0.125 * Math.Log((double)Depth / Half));
            _values[Contrast.MoreThanTwoDirections] = atEnd;
            _values[Contrast.MoreThanOneAndHalfDirections] = Less(atEnd, Math.Log(0.5));
            _values[Contrast.MoreThanOneDirection] = Less(atEnd, Math.Log(LeftOver));
            _values[Contrast.BeganWithMoreDirections] =
            [
                .. Excess(0)
                    .Zip(
                        atEnd,
                        (earlier, later) =>
                            table.Images >= 3 && earlier < Math.Log(LeftOver)
                                ? Math.Max(earlier - later - Math.Log(2), CollapsedBefore)
                                : earlier - later - Math.Log(2)
                    ),
            ];
            LogExcessLost = Excess(0).Mean() - atEnd.Mean();
            LossPower = lost.Mean() / Math.Log((double)Depth / Quarter);
            var late = Math.Max(half, Nearest(table.Depths, Depth / Math.Sqrt(2), end - 1));
            LateLossPower = Excess(late).Zip(atEnd, (earlier, later) => earlier - later).Mean() / Math.Log((double)Depth / table.Depths[late]);
        }

        if (table.ShareByDepth() is { } share)
        {
            LogShare = share;
            double[] At(int index) => [.. share.Select(row => row[index])];
            var (atFirst, atEnd) = (At(0), At(end));
            double[] firstLoss = [.. At(quarter).Zip(At(half), (earlier, later) => earlier - later)];
            double[] secondLoss = [.. At(half).Zip(atEnd, (earlier, later) => earlier - later)];
            double[] lost = [.. firstLoss.Zip(secondLoss, (first, second) => first + second)];
            double[] lostSinceFirst = [.. atFirst.Zip(atEnd, (earlier, later) => earlier - later)];
            var ratio = GainRatio(-0.5, this);
            double[] early = FiniteWidthWalk.ByMapping(share, table.Depths, before, quarter, half),
                late = FiniteWidthWalk.ByMapping(share, table.Depths, after, half, end);
            _values[Contrast.ShareHalves] = Less(lost, 0.5 * Math.Log((double)Depth / Quarter));
            _values[Contrast.ShareLosesThird] = Less(lost, Math.Log(1.5) / Math.Log(4) * Math.Log((double)Depth / Quarter));
            _values[Contrast.ShareStillFalls] = Less(secondLoss, 0.25 * Math.Log((double)Depth / Half));
            Outruns(Contrast.ShareOutrunsWalk, secondLoss, early.Mean() > late.Mean() ? early : late);
            _values[Contrast.ShareFallsSteadily] = [.. secondLoss.Zip(firstLoss, (later, earlier) => later - (ratio * earlier))];
            _values[Contrast.ShareAboveTenth] = Less(atEnd, Math.Log(0.1));
            _values[Contrast.ShareAboveHundredth] = Less(atEnd, Math.Log(0.01));
            _values[Contrast.ShareFellTenfold] = Less(lostSinceFirst, Math.Log(10));
            LogShareLost = lostSinceFirst.Mean();
            ShareLossPower = secondLoss.Mean() / Math.Log((double)Depth / Half);
        }
    }

    /// <summary>The recorded depth nearest to a quarter of the whole.</summary>
    public int Quarter { get; }

    /// <summary>The recorded depth nearest to half of the whole.</summary>
    public int Half { get; }

    /// <summary>The last recorded depth.</summary>
    public int Depth { get; }

    /// <summary>The random walk of ln χ; <see langword="null"/> without χ.</summary>
    public FiniteWidthWalk? Walk { get; }

    /// <summary>The power of the depth with which r_eff - 1 falls from a quarter of the depth on; NaN without effective ranks.</summary>
    public double LossPower { get; } = double.NaN;

    /// <summary>The same power over the later half of the last doubling of depth: directions that settle early in it no longer fall there.</summary>
    public double LateLossPower { get; } = double.NaN;

    /// <summary>The mean fall of ln(r_eff - 1) from the first depth to the last; NaN without effective ranks.</summary>
    public double LogExcessLost { get; } = double.NaN;

    /// <summary>ln(μ₂/ν₂) by mapping and recorded depth; <see langword="null"/> where it is not recorded.</summary>
    public IReadOnlyList<double[]>? LogShare { get; }

    /// <summary>
    /// The mean fall of the logarithm of the share that varies, from the first depth to the last; NaN if the share is not recorded.
    /// </summary>
    public double LogShareLost { get; } = double.NaN;

    /// <summary>The power of the depth with which the share falls from half of the depth on; NaN where it is not recorded.</summary>
    public double ShareLossPower { get; } = double.NaN;

    /// <summary>Mean gain of ln χ per layer, over stretches of nearly equal numbers of layers from a quarter of the depth on; empty without χ.</summary>
    public IReadOnlyList<(int From, int To, double PerLayer)> StretchRates { get; } = [];

    /// <summary>The answers by question; those about χ, directions or the share are missing if the table has none of these.</summary>
    public IReadOnlyDictionary<Contrast, double[]> Values => _values;

    /// <summary>
    /// The answers whose signs are tested mapping by mapping. Where a variance is subtracted, it is the one of all mappings, as a constant: this assumes that
    /// the steps are those of a walk with this variance.
    /// </summary>
    public IReadOnlyDictionary<Contrast, double[]> Deciding => _deciding.Value;

    /// <summary>Gain of ln χ from a quarter to half of the depth, by mapping.</summary>
    public IReadOnlyList<double>? FirstGain => _first;

    /// <summary>Gain of ln χ from half of the depth to all of it, by mapping.</summary>
    public IReadOnlyList<double>? SecondGain => _second;

    /// <summary>Measures the answers from a table.</summary>
    /// <param name="table">Moments; every number is finite.</param>
    /// <returns>The answers; null if fewer than three depths or no mappings are recorded.</returns>
    public static DepthContrasts? Measure(MomentTable table)
    {
        if (table.Depths.Count < 3 || table.Simulations == 0)
        {
            return null;
        }

        var end = table.Depths.Count - 1;
        var half = Math.Max(1, Nearest(table.Depths, table.Depths[end] / 2.0, end - 1));
        return new DepthContrasts(table, Nearest(table.Depths, table.Depths[end] / 4.0, half - 1), half);
    }

    /// <summary>ln(r_eff - 1), the logarithm of the number of directions beyond the first.</summary>
    public static double LogExcess(double reff) => Math.Log(Math.Max(reff - 1, LeastExcess));

    /// <summary>D₂ - G_p D₁ by mapping.</summary>
    /// <param name="shape">p.</param>
    /// <exception cref="InvalidOperationException">The table has no χ.</exception>
    public double[] AboveShape(double shape)
    {
        var (first, second) = (_first ?? throw new InvalidOperationException("expected a table with χ"), _second!);
        var ratio = GainRatio(shape, this);
        return [.. second.Zip(first, (later, earlier) => later - (ratio * earlier))];
    }

    /// <summary>G_p: the second gain divided by the first, where ln χ grows as (l^p - 1)/p.</summary>
    public static double GainRatio(double shape, DepthContrasts depths) => Gain(shape, depths.Half, depths.Depth) / Gain(shape, depths.Quarter, depths.Half);

    /// <summary>Index of the depth whose ratio to a target is nearest to 1, up to a last index.</summary>
    public static int Nearest(IReadOnlyList<int> depths, double target, int last) =>
        Enumerable.Range(0, last + 1).MinBy(index => Math.Abs(Math.Log(depths[index] / target)));

    /// <summary>
    /// The stretches over which the variance of the walk is measured, before half of the depth and after. If one of the two parts has a single stretch, it is
    /// measured over both together.
    /// </summary>
    private static (int[] Before, int[] After) WalkKnots(IReadOnlyList<int> depths, int quarter, int half)
    {
        var end = depths.Count - 1;
        var (before, after) = (
            Stretches.Knots(depths, quarter, half, Stretches.OfLaw, depth => depth),
            Stretches.Knots(depths, half, end, Stretches.OfLaw, depth => depth)
        );
        int[] both = [.. before, .. after[1..]];
        return (before.Length > 2 ? before : both, after.Length > 2 ? after : both);
    }

    /// <summary>A gain from half of the depth on, minus twice the variance that a walk adds over the same number of layers.</summary>
    /// <remarks>
    /// The variance is estimated over the mappings and is as uncertain as the gain. So each mapping's own variance is subtracted: then the mean over mappings
    /// is the gain minus twice the variance, and the scatter contains the errors of both. (With the variance as a constant, one of four tables at the border
    /// was assigned to a side of it.)
    /// </remarks>
    private void Outruns(Contrast contrast, double[] gain, double[] variances)
    {
        var unit = 2.0 * (Depth - Half);
        _constantWalk[contrast] = Less(gain, unit * variances.Mean());
        _values[contrast] = [.. gain.Zip(variances, (value, variance) => value - (unit * variance))];
    }

    /// <summary>Gains of stretches minus a share of what a law gives them, where the law is a constant slope over a measure of depth.</summary>
    private void Compare(
        Contrast[] contrasts,
        double share,
        IReadOnlyList<double[]> logChi,
        IReadOnlyList<int> depths,
        int[] knots,
        Func<double, double> measure
    )
    {
        var (first, last) = (knots[0], knots[^1]);
        var whole = measure(depths[last]) - measure(depths[first]);
        for (var stretch = 0; stretch + 1 < knots.Length; stretch++)
        {
            var (from, to) = (knots[stretch], knots[stretch + 1]);
            var mark = share * (measure(depths[to]) - measure(depths[from])) / whole;
            _values[contrasts[stretch]] = [.. logChi.Select(row => row[to] - row[from] - (mark * (row[last] - row[first])))];
        }
    }

    /// <summary>The shape by the two halves of one doubling alone; nothing if no depth is recorded within it.</summary>
    private void Halves(IReadOnlyList<double[]> logChi, IReadOnlyList<int> depths, (int From, int To) doubling, (Contrast Contrast, double Shape)[] marks)
    {
        if (Stretches.Knots(depths, doubling.From, doubling.To, 2, Math.Log) is not [var from, var middle, var to])
        {
            return;
        }

        foreach (var (contrast, shape) in marks)
        {
            var ratio = Gain(shape, depths[middle], depths[to]) / Gain(shape, depths[from], depths[middle]);
            _values[contrast] = [.. logChi.Select(row => row[to] - row[middle] - (ratio * (row[middle] - row[from])))];
        }
    }

    /// <summary>The gain of (l^p - 1)/p between two depths.</summary>
    private static double Gain(double shape, double from, double to) =>
        Math.Abs(shape) < 1e-9 ? Math.Log(to / from) : (Math.Pow(to, shape) - Math.Pow(from, shape)) / shape;

    private static double[] Less(double[] values, double mark) => [.. values.Select(value => value - mark)];
}
