using MathNet.Numerics.Distributions;

namespace Wellbehaved.Audit;

/// <summary>The sign of the median of each contrast by the exact sign test, which assumes nothing about the scatter of mappings.</summary>
/// <remarks>
/// Of n mappings k lie above zero. If the median were at or below zero, k would be at most binomial with ½. The error rate is divided evenly among the signs
/// that conclusions rest on (<see cref="ContrastSides"/>). Where a contrast subtracts the variance of a walk (<see cref="Contrast.OutrunsEarlyWalk"/>,
/// <see cref="Contrast.OutrunsLateWalk"/>, <see cref="Contrast.ShareOutrunsWalk"/>), the test is exact given that variance, which is measured over the same
/// mappings: there the rate rests on the assumption of a walk and on the estimate of its variance. NaN lies neither above nor below zero: it is a mapping that
/// ended, and counts against every sign. The rate speaks about the sampling of mappings at the depths that were simulated, not about greater depths.
/// </remarks>
internal static class SignTests
{
    /// <summary>Tests all contrasts.</summary>
    /// <param name="contrasts">Their numbers, by mapping.</param>
    /// <param name="falseRate">Probability that any sign is named wrongly.</param>
    /// <returns>The signs that are known at that rate.</returns>
    public static Signs Judge(IReadOnlyDictionary<Contrast, double[]> contrasts, double falseRate) =>
        new(
            contrasts.ToDictionary(pair => pair.Key, pair => SignOf(pair.Value, ContrastSides.SidesOf(pair.Key), ShareOf(falseRate, contrasts.Keys))),
            falseRate
        );

    /// <summary>The number of mappings that would determine the signs, if they behaved like these.</summary>
    /// <param name="contrasts">Their numbers, by mapping.</param>
    /// <param name="needed">The signs that a condition needs.</param>
    /// <param name="falseRate">Probability that any sign is named wrongly.</param>
    /// <returns>The total number of mappings; null if no number would suffice, since at most half of the mappings have a needed sign.</returns>
    public static int? MappingsFor(IReadOnlyDictionary<Contrast, double[]> contrasts, IReadOnlyDictionary<Contrast, int> needed, double falseRate)
    {
        var most = 0;
        foreach (var (contrast, sign) in needed)
        {
            var values = contrasts[contrast];
            if (
                MappingsFor((double)values.Count(value => sign > 0 ? value > 0 : value < 0) / values.Length, ShareOf(falseRate, contrasts.Keys))
                is not { } mappings
            )
            {
                return null;
            }

            most = Math.Max(most, mappings);
        }

        return most;
    }

    /// <summary>The error rate of one sign of one contrast.</summary>
    private static double ShareOf(double falseRate, IEnumerable<Contrast> contrasts) =>
        falseRate / contrasts.Sum(contrast => ContrastSides.SidesOf(contrast).Count);

    private static int SignOf(double[] values, IReadOnlyList<int> sides, double rate)
    {
        var (above, below) = (values.Count(value => value > 0), values.Count(value => value < 0));
        return sides.Contains(1) && Tail(values.Length, above) <= rate ? 1
            : sides.Contains(-1) && Tail(values.Length, below) <= rate ? -1
            : 0;
    }

    /// <summary>Probability of at least the given number of n, at one half.</summary>
    private static double Tail(int n, int atLeast) => atLeast <= 0 ? 1 : Binomial.CDF(0.5, n, n - atLeast);

    private static int? MappingsFor(double share, double rate)
    {
        const int Most = 1_000_000;
        if (share <= 0.5)
        {
            return null;
        }

        var (low, high) = (1, 1);
        while (!Settles(high))
        {
            if (high > Most)
            {
                return null;
            }

            (low, high) = (high, 2 * high);
        }

        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Settles(middle) ? (low, middle) : (middle + 1, high);
        }

        return high;

        bool Settles(int n) => Tail(n, (int)Math.Floor((share * n) + 1e-9)) <= rate;
    }
}
