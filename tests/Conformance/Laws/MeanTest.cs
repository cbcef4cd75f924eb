using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Student's test of a mean, over independent simulations.</summary>
internal static class MeanTest
{
    /// <summary>False alarms per test. Seeds are fixed, so an alarm is a defect and not bad luck.</summary>
    public const double FalseAlarmRate = 1e-6;

    /// <summary>The largest distance between mean and expectation that chance allows.</summary>
    /// <remarks>
    /// Each sample must itself be a sum over many layers, so that its skewness is small: with skewness γ and n samples the tail at z = 4.9 is off by a factor
    /// of about exp(z³γ/(6√n)), that is 3 % for γ = 0.05·√n/20.
    /// </remarks>
    public static double Allowance(IReadOnlyCollection<double> samples) =>
        StudentT.InvCDF(0, 1, samples.Count - 1, 1 - (FalseAlarmRate / 2)) * samples.StandardDeviation() / Math.Sqrt(samples.Count);
}
