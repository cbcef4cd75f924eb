using MathNet.Numerics.Distributions;

namespace Wellbehaved.Evidence;

/// <summary>Compares how often an event occurred with its permitted rate; exact for any number of runs (Clopper and Pearson, Biometrika 1934).</summary>
internal static class ExactBinomial
{
    /// <summary>The upper 95 % limit of a rate.</summary>
    /// <param name="count">How often it came.</param>
    /// <param name="runs">Number of runs; the limit of 0 runs is 1.</param>
    public static double UpperLimit(long count, long runs) => count == runs ? 1 : Beta.InvCDF(count + 1, runs - count, 0.95);

    /// <summary>The probability of at least that many events, if the rate is at most the nominal one.</summary>
    /// <param name="count">How often it came.</param>
    /// <param name="runs">Number of runs.</param>
    /// <param name="nominal">The rate that is promised.</param>
    public static double ExcessProbability(long count, long runs, double nominal) => count == 0 ? 1 : Beta.CDF(count, runs - count + 1, nominal);
}
