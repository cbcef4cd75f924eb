using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Tests.Properties;

/// <summary>How far a sample mean may lie from its expectation.</summary>
internal static class Sampling
{
    /// <summary>False alarms per comparison; seeds are fixed.</summary>
    public const double FalseAlarmRate = 1e-6;

    /// <summary>The central limit's allowance, for large samples of statistics with moderate tails.</summary>
    public static double Allowance(IReadOnlyCollection<double> samples) =>
        Normal.InvCDF(0, 1, 1 - (FalseAlarmRate / 2)) * samples.StandardDeviation() / Math.Sqrt(samples.Count);
}
