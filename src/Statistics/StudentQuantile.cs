using MathNet.Numerics.Distributions;

namespace Wellbehaved.Statistics;

/// <summary>Two-sided quantiles of Student's t, at rates as small as those of verdicts.</summary>
internal static class StudentQuantile
{
    /// <summary>The t whose absolute value is exceeded with a given probability.</summary>
    /// <param name="falseRate">The probability, both sides together, in (0, 1).</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    /// <returns>t &gt; 0.</returns>
    /// <remarks>
    /// One and two degrees of freedom have a closed form. The general routine searches only up to 800 and fails for larger t, for example for three samples at
    /// a rate of 1e-6.
    /// </remarks>
    public static double TwoSided(double falseRate, int freedom) =>
        freedom switch
        {
            1 => 1 / Math.Tan(Math.PI * falseRate / 2),
            2 => (1 - falseRate) * Math.Sqrt(2 / (falseRate * (2 - falseRate))),
            _ => StudentT.InvCDF(0, 1, freedom, 1 - (falseRate / 2)),
        };
}
