using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>How a quantity grows with depth.</summary>
public enum Growth
{
    /// <summary>The data do not tell.</summary>
    Undecided,

    /// <summary>It tends to a constant.</summary>
    Bounded,

    /// <summary>As a power of the depth.</summary>
    Power,

    /// <summary>Exponentially in the depth.</summary>
    Exponential,
}

/// <summary>Which law of growth χ follows, told apart by doubling the depth, and its parameter.</summary>
/// <remarks>
/// All three are one family, <c>ln χ(l) = a + b(l^p - 1)/p</c>: p = 1 is exponential, p = 0 a power law, p &lt; 0 bounded. From a quarter to half of the depth, and from half
/// to all of it, ln χ gains in the ratio 1 : 2^p whatever a and b. So the models are compared by the sign of <c>gain₂ - 2^p gain₁</c> at p = ±½, halfway
/// between them, with Student's interval over the mappings (the argument of Fieller): no fit, no residual, no assumption on how mappings scatter along the depth.
/// </remarks>
/// <param name="Law">The law.</param>
/// <param name="Shape">p: 1 exponential, 0 power, negative bounded.</param>
/// <param name="Parameter">Rate of ln χ per layer if exponential, exponent τ of χ ~ l^τ if a power; NaN otherwise.</param>
/// <param name="Lower">Lower end of its 95 % interval.</param>
/// <param name="Upper">Upper end.</param>
public sealed record GrowthLaw(Growth Law, double Shape, double Parameter, double Lower, double Upper)
{
    private static readonly double Halfway = Math.Sqrt(2);

    /// <summary>A gain from half of the depth to all of it that is below this is none: 5 % of χ. Chosen: below what anybody would call growth, not
    /// derived from a law.</summary>
    public const double NoGain = 0.05;

    /// <summary>Compares the laws.</summary>
    /// <param name="first">Gain of ln χ from a quarter to half of the depth, by mapping.</param>
    /// <param name="second">Gain from half of the depth to all of it.</param>
    /// <param name="depth">The depth.</param>
    /// <param name="falseRate">Probability of naming a wrong law.</param>
    /// <returns>The law.</returns>
    public static GrowthLaw Of(IReadOnlyList<double> first, IReadOnlyList<double> second, int depth, double falseRate)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Count < 2)
        {
            return new GrowthLaw(Growth.Undecided, double.NaN, double.NaN, double.NaN, double.NaN);
        }

        var aboveHalfExponential = SignOf(Difference(Halfway));
        var aboveHalfBounded = SignOf(Difference(1 / Halfway));
        var (lowest, highest) = Interval(second, falseRate);
        var law = highest < NoGain && lowest > -NoGain ? Growth.Bounded
            : aboveHalfExponential > 0 && lowest > 0 ? Growth.Exponential
            : aboveHalfExponential < 0 && aboveHalfBounded > 0 ? Growth.Power
            : aboveHalfBounded < 0 ? Growth.Bounded
            : Growth.Undecided;
        var shape = Math.Log2(second.Mean() / first.Mean());
        var unit = law switch { Growth.Exponential => depth / 2.0, Growth.Power => Math.Log(2), _ => double.NaN };
        var (lower, upper) = Interval(second, 0.05);
        return new GrowthLaw(law, shape, second.Mean() / unit, lower / unit, upper / unit);

        double[] Difference(double ratio) => [.. second.Zip(first, (later, earlier) => later - (ratio * earlier))];

        int SignOf(double[] values)
        {
            var (low, high) = Interval(values, falseRate);
            return low > 0 ? 1 : high < 0 ? -1 : 0;
        }
    }

    /// <summary>Student's interval of a mean.</summary>
    internal static (double Lower, double Upper) Interval(IReadOnlyList<double> values, double falseRate)
    {
        var half = StudentQuantile.TwoSided(falseRate, values.Count - 1) * values.StandardDeviation() / Math.Sqrt(values.Count);
        return (values.Mean() - half, values.Mean() + half);
    }
}
