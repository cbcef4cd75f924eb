namespace Wellbehaved.Tests.Conformance;

/// <summary>Kolmogorov and Smirnov's distance of two samples of equal size, with a bound that holds for every size used here and every law.</summary>
internal static class TwoSampleDistance
{
    /// <summary>From this size on Massart's constant 2 holds for two samples of equal size.</summary>
    public const int SmallestSize = 458;

    /// <summary>The largest difference of two empirical distribution functions; equal values are passed together, NaN counts as the largest value.</summary>
    /// <param name="first">One sample.</param>
    /// <param name="second">The other.</param>
    /// <returns>A number in [0, 1].</returns>
    public static double Measure(double[] first, double[] second)
    {
        var (x, y) = (Ordered(first), Ordered(second));
        var (i, j, largest) = (0, 0, 0.0);
        while (i < x.Length && j < y.Length)
        {
            var value = Math.Min(x[i], y[j]);
            while (i < x.Length && x[i] <= value)
            {
                i++;
            }

            while (j < y.Length && y[j] <= value)
            {
                j++;
            }

            largest = Math.Max(largest, Math.Abs(((double)i / x.Length) - ((double)j / y.Length)));
        }

        return largest;
    }

    /// <summary>The distance that two samples of one law exceed with no more than the given probability.</summary>
    /// <remarks>
    /// P(√(n/2) D &gt; t) ≤ 2 exp(-2t²) for n = m ≥ 458: F. Wei and R. Dudley, <i>Two-sample Dvoretzky-Kiefer-Wolfowitz inequalities</i>, Statistics and
    /// Probability Letters 82 (2012), theorem 1. Laws with atoms make the distance smaller.
    /// </remarks>
    /// <param name="size">n, the size of each sample.</param>
    /// <param name="falseAlarmRate">The probability.</param>
    /// <returns>√(ln(2/α)/n).</returns>
    public static double Bound(int size, double falseAlarmRate)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, SmallestSize);
        return Math.Sqrt(Math.Log(2 / falseAlarmRate) / size);
    }

    private static double[] Ordered(double[] sample) => [.. sample.Select(value => double.IsNaN(value) ? double.PositiveInfinity : value).Order()];
}
