using MathNet.Numerics;

namespace Wellbehaved.Statistics;

/// <summary>The probability that the cosine of two independent vectors, one of them spherical, is large.</summary>
/// <remarks>
/// Whatever the other vector is, the square of the cosine with a spherical one in n dimensions has the law Beta(½, (n-1)/2): rotate the other vector to an
/// axis. For n ≥ 3 the probability of <c>|cos| ≥ t</c> is at most <c>(1 - t²)^{(n-1)/2}</c>: the difference is 0 at t = 0 and t = 1, and its derivative,
/// <c>(1 - t²)^{(n-3)/2}(c - (n-1)t)</c>, changes its sign once, from + to -.
/// </remarks>
internal static class CosineTail
{
    /// <summary>The fewest dimensions for which <see cref="LogBound"/> is a theorem.</summary>
    public const long FewestDimensions = 3;

    /// <summary>Logarithm of the bound.</summary>
    /// <param name="cosine">t, of either sign.</param>
    /// <param name="dimensions">n; below 3 the bound is 1.</param>
    public static double LogBound(double cosine, long dimensions) =>
        dimensions < FewestDimensions ? 0 : 0.5 * (dimensions - 1) * Log1P(-Math.Min(1, cosine * cosine));

    /// <summary>The probability of a cosine at least as large in absolute value.</summary>
    /// <param name="cosine">t, of either sign.</param>
    /// <param name="dimensions">n.</param>
    /// <returns>The tail of the Beta law; never above the bound.</returns>
    public static double Probability(double cosine, long dimensions)
    {
        var square = cosine * cosine;
        return dimensions < FewestDimensions || square <= 0 ? 1
            : square >= 1 ? 0
            : Math.Min(Math.Exp(LogBound(cosine, dimensions)), SpecialFunctions.BetaRegularized(0.5 * (dimensions - 1), 0.5, 1 - square));
    }

    /// <summary>The cosine whose bound is a given probability.</summary>
    /// <param name="probability">The probability, in (0, 1].</param>
    /// <param name="dimensions">n.</param>
    /// <returns>t in [0, 1].</returns>
    public static double Critical(double probability, long dimensions) =>
        dimensions < FewestDimensions ? 1 : Math.Sqrt(-ExpM1(2 * Math.Log(probability) / (dimensions - 1)));

    private static double Log1P(double x) => Math.Abs(x) > 1e-4 ? Math.Log(1 + x) : x * (1 - (x * (0.5 - (x * ((1.0 / 3) - (x / 4))))));

    private static double ExpM1(double x) => Math.Abs(x) > 1e-4 ? Math.Exp(x) - 1 : x * (1 + (x * (0.5 + (x * ((1.0 / 6) + (x / 24))))));
}
