using MathNet.Numerics.Distributions;

namespace Wellbehaved.Audit;

/// <summary>Two-sided quantiles of Student's t, at rates as small as those of verdicts.</summary>
internal static class StudentQuantile
{
    /// <summary>The t that is exceeded in absolute value with a given probability.</summary>
    /// <param name="falseRate">The probability, both sides together, in (0, 1).</param>
    /// <param name="freedom">Degrees of freedom, at least 1.</param>
    /// <returns>t &gt; 0.</returns>
    /// <remarks>
    /// With one and two degrees of freedom in closed form: the general routine searches up to 800 and fails beyond, where three samples at a rate of
    /// 1e-6 belong.
    /// </remarks>
    public static double TwoSided(double falseRate, int freedom) =>
        freedom switch
        {
            1 => 1 / Math.Tan(Math.PI * falseRate / 2),
            2 => (1 - falseRate) * Math.Sqrt(2 / (falseRate * (2 - falseRate))),
            _ => StudentT.InvCDF(0, 1, freedom, 1 - (falseRate / 2)),
        };
}
