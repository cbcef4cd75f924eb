using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>What each mapping of an experiment answers to each <see cref="Contrast"/>.</summary>
internal sealed class DepthContrasts
{
    /// <summary>r_eff - 1 below this is rounding of single precision, not a direction.</summary>
    private const double LeastExcess = 1e-6;

    private readonly Dictionary<Contrast, double[]> _values = [];
    private readonly Dictionary<Contrast, double[]> _constantWalk = [];
    private readonly double[]? _first;
    private readonly double[]? _second;

    private DepthContrasts(MomentTable table, int quarter, int half)
    {
        var end = table.Depths.Count - 1;
        (Quarter, Half, Depth) = (table.Depths[quarter], table.Depths[half], table.Depths[end]);
        if (table.LogChi is { } logChi)
        {
            _first = [.. logChi.Select(row => row[half] - row[quarter])];
            _second = [.. logChi.Select(row => row[end] - row[half])];
            Walk = FiniteWidthWalk.Of(_first, Half - Quarter, _second, Depth - Half);
            _values[Contrast.Grows] = _second;
            Outruns(Contrast.OutrunsEarlyWalk, _second, _first, Half - Quarter);
            Outruns(Contrast.OutrunsLateWalk, _second, _second, Depth - Half);
            _values[Contrast.ShapeAboveThreeQuarters] = AboveShape(0.75);
            _values[Contrast.ShapeAboveHalf] = AboveShape(0.5);
            _values[Contrast.ShapeAboveMinusHalf] = AboveShape(-0.5);

            // Five per cent while the depth doubles: less where the recorded depths are nearer to each other.
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
            double[] lost = [.. atQuarter.Zip(atEnd, (before, after) => before - after)];
            _values[Contrast.DirectionsHalve] = Less(lost, 0.5 * Math.Log((double)Depth / Quarter));
            _values[Contrast.DirectionsLoseThird] = Less(lost, Math.Log(1.5) / Math.Log(4) * Math.Log((double)Depth / Quarter));
            double[] lostLast = [.. atHalf.Zip(atEnd, (before, after) => before - after)];
            _values[Contrast.DirectionsStillFall] = Less(lostLast, 0.25 * Math.Log((double)Depth / Half));
            _values[Contrast.DirectionsHaveNotSettled] = Less(lostLast, 0.125 * Math.Log((double)Depth / Half));
            _values[Contrast.MoreThanTwoDirections] = atEnd;
            _values[Contrast.MoreThanOneAndHalfDirections] = Less(atEnd, Math.Log(0.5));
            _values[Contrast.MoreThanOneDirection] = Less(atEnd, Math.Log(0.1));
            _values[Contrast.BeganWithMoreDirections] = Less([.. Excess(0).Zip(atEnd, (before, after) => before - after)], Math.Log(2));
            LogExcessLost = Excess(0).Mean() - atEnd.Mean();
            LossPower = lost.Mean() / Math.Log((double)Depth / Quarter);
        }

        if (table.LogShare is { } share)
        {
            double[] At(int index) => [.. share.Select(row => row[index])];
            var (atFirst, atEnd) = (At(0), At(end));
            double[] firstLoss = [.. At(quarter).Zip(At(half), (before, after) => before - after)];
            double[] secondLoss = [.. At(half).Zip(atEnd, (before, after) => before - after)];
            double[] lost = [.. firstLoss.Zip(secondLoss, (first, second) => first + second)];
            double[] lostSinceFirst = [.. atFirst.Zip(atEnd, (before, after) => before - after)];
            var ratio = GainRatio(-0.5, this);
            var walksMoreFirst = firstLoss.Variance() / (Half - Quarter) > secondLoss.Variance() / (Depth - Half);
            _values[Contrast.ShareHalves] = Less(lost, 0.5 * Math.Log((double)Depth / Quarter));
            _values[Contrast.ShareLosesThird] = Less(lost, Math.Log(1.5) / Math.Log(4) * Math.Log((double)Depth / Quarter));
            _values[Contrast.ShareStillFalls] = Less(secondLoss, 0.25 * Math.Log((double)Depth / Half));
            Outruns(Contrast.ShareOutrunsWalk, secondLoss, walksMoreFirst ? firstLoss : secondLoss, walksMoreFirst ? Half - Quarter : Depth - Half);
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

    /// <summary>By how much ln(r_eff - 1) falls from the first depth to the last, in the mean; NaN without effective ranks.</summary>
    public double LogExcessLost { get; } = double.NaN;

    /// <summary>By how much the logarithm of the share that varies falls from the first depth to the last, in the mean; NaN where the share is not recorded.</summary>
    public double LogShareLost { get; } = double.NaN;

    /// <summary>The power of the depth with which the share falls from half of the depth on; NaN where it is not recorded.</summary>
    public double ShareLossPower { get; } = double.NaN;

    /// <summary>The answers by question; those about χ, directions or the share are missing where the table has none.</summary>
    public IReadOnlyDictionary<Contrast, double[]> Values => _values;

    /// <summary>The answers that signs of single mappings are taken of: where a variance is taken off, that of all mappings, as a constant.</summary>
    public IReadOnlyDictionary<Contrast, double[]> Deciding => _values.ToDictionary(pair => pair.Key, pair => _constantWalk.GetValueOrDefault(pair.Key, pair.Value));

    /// <summary>Gain of ln χ from a quarter to half of the depth, by mapping.</summary>
    public IReadOnlyList<double>? FirstGain => _first;

    /// <summary>Gain of ln χ from half of the depth to all of it, by mapping.</summary>
    public IReadOnlyList<double>? SecondGain => _second;

    /// <summary>Answers of a table.</summary>
    /// <param name="table">Moments; every number finite.</param>
    /// <returns>The answers; null where fewer than three depths are recorded, or no mapping.</returns>
    public static DepthContrasts? Of(MomentTable table)
    {
        if (table.Depths.Count < 3 || table.Simulations == 0)
        {
            return null;
        }

        var end = table.Depths.Count - 1;
        var half = Math.Max(1, Nearest(table.Depths, table.Depths[end] / 2.0, end - 1));
        return new DepthContrasts(table, Nearest(table.Depths, table.Depths[end] / 4.0, half - 1), half);
    }

    /// <summary>ln(r_eff - 1), the directions beyond the first.</summary>
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

    /// <summary>G_p: how often the first gain goes into the second where ln χ grows as (l^p - 1)/p.</summary>
    public static double GainRatio(double shape, DepthContrasts depths) => Gain(shape, depths.Half, depths.Depth) / Gain(shape, depths.Quarter, depths.Half);

    /// <summary>Index of the depth that is nearest to a target by ratio, at most a last index.</summary>
    public static int Nearest(IReadOnlyList<int> depths, double target, int last) =>
        Enumerable.Range(0, last + 1).MinBy(index => Math.Abs(Math.Log(depths[index] / target)));

    /// <summary>A gain from half of the depth on, less twice the variance that as many layers of a walk add.</summary>
    /// <remarks>
    /// The variance is that over the mappings, and as uncertain: each mapping is given its own squared deviation, so that the mean over mappings is the gain less twice the variance, and the scatter holds the errors of both.
    /// (With the variance as a constant one table of four at the border was told on which side of it it lay.)
    /// </remarks>
    private void Outruns(Contrast contrast, double[] gain, double[] walk, int layers)
    {
        var (n, mean, unit) = (walk.Length, walk.Mean(), 2.0 * (Depth - Half) / layers);
        _constantWalk[contrast] = Less(gain, n < 2 ? 0 : unit * walk.Variance());
        _values[contrast] = n < 2 ? gain : [.. gain.Zip(walk, (value, step) => value - (unit * (step - mean) * (step - mean) * n / (n - 1)))];
    }

    /// <summary>What (l^p - 1)/p gains between two depths.</summary>
    private static double Gain(double shape, double from, double to) =>
        Math.Abs(shape) < 1e-9 ? Math.Log(to / from) : (Math.Pow(to, shape) - Math.Pow(from, shape)) / shape;

    private static double[] Less(double[] values, double mark) => [.. values.Select(value => value - mark)];
}
