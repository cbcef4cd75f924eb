namespace Wellbehaved.Audit;

/// <summary>
/// The confidence interval of the shape p of <c>ln χ(l) = a + b(l^p - 1)/p</c>: the values for which the mean of D₂ - G_p D₁ is not significantly different
/// from 0 (the argument of Fieller).
/// </summary>
internal sealed class ShapeInterval
{
    /// <summary>The largest shape that is searched, in magnitude: beyond it, one gain is negligible compared with the other.</summary>
    public const double Farthest = 8;

    private const int Bisections = 50;

    private readonly DepthContrasts _contrasts;
    private readonly double _quantile;

    /// <summary>Finds the interval.</summary>
    /// <param name="contrasts">Gains by mapping.</param>
    /// <param name="quantile">Half-width in standard errors.</param>
    public ShapeInterval(DepthContrasts contrasts, double quantile)
    {
        (_contrasts, _quantile) = (contrasts, quantile);

        // If χ grew in the first stretch, the sign falls with p from 1 over 0 to -1; otherwise nothing is said about the shape.
        (Lower, Upper) =
            SignAt(-Farthest) >= SignAt(Farthest) ? (Border(sign => sign > 0), Border(sign => sign >= 0)) : (double.NegativeInfinity, double.PositiveInfinity);
    }

    /// <summary>Lower end; negative infinity if there is none.</summary>
    public double Lower { get; }

    /// <summary>Upper end; infinity if there is none.</summary>
    public double Upper { get; }

    /// <summary>The shape at which two gains have their ratio.</summary>
    /// <param name="first">Gain from a quarter to half of the depth.</param>
    /// <param name="second">Gain from half to all of it.</param>
    /// <returns>p, within ±8.</returns>
    public double At(double first, double second) => Bisect(shape => DepthContrasts.GainRatio(shape, _contrasts) * Math.Abs(first) < Math.Abs(second));

    /// <summary>The largest p at which the sign satisfies a condition.</summary>
    private double Border(Func<int, bool> asked)
    {
        var border = Bisect(shape => asked(SignAt(shape)));
        return border <= -Farthest ? double.NegativeInfinity
            : border >= Farthest ? double.PositiveInfinity
            : border;
    }

    private int SignAt(double shape)
    {
        var values = _contrasts.AboveShape(shape);
        var (mean, half) = (
            MathNet.Numerics.Statistics.Statistics.Mean(values),
            _quantile * MathNet.Numerics.Statistics.Statistics.StandardDeviation(values) / Math.Sqrt(values.Length)
        );
        return mean > half ? 1
            : mean < -half ? -1
            : 0;
    }

    private static double Bisect(Func<double, bool> isBelow)
    {
        var (low, high) = (-Farthest, Farthest);
        if (!isBelow(low))
        {
            return low;
        }

        if (isBelow(high))
        {
            return high;
        }

        for (var i = 0; i < Bisections; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = isBelow(middle) ? (middle, high) : (low, middle);
        }

        return (low + high) / 2;
    }
}
