using MathNet.Numerics.Distributions;

namespace Wellbehaved.Statistics;

/// <summary>Student's tail with Cramér's correction for skewed samples. It is asymptotic, for recorded figures on which no theorem says more.</summary>
/// <remarks>
/// A t statistic of skewed samples does not have Student's tail at 1e-6: for skewness γ and n samples the tail at t is off by
/// <c>exp(∓γt³/(3√n))</c>. The bound uses the unfavourable sign, with the sample skewness plus three of its own standard errors.
/// Source: Q.-M. Shao, <i>A Cramér type large deviation result for Student's t-statistic</i>, J. Theor. Probab. 1999.
/// </remarks>
/// <param name="Samples">Number of samples n, at least 2.</param>
/// <param name="Skewness">Their sample skewness.</param>
internal readonly record struct CorrectedTail(long Samples, double Skewness)
{
    private const double SkewnessMargin = 3;
    private const double LargestT = 40;
    private const double Step = 0.05;

    private double Correction => (Math.Abs(Skewness) + (SkewnessMargin * Math.Sqrt(6.0 / Samples))) / (3 * Math.Sqrt(Samples));

    /// <summary>
    /// A bound of the probability that |t| is at least this large: the smallest of the bounds up to t, since a number that exceeds t exceeds all smaller ones.
    /// </summary>
    public double Bound(double t)
    {
        if (double.IsNaN(t))
        {
            return 1;
        }

        var (correction, least) = (Correction, Math.Min(0, Log(Math.Min(t, LargestT), Correction)));
        for (var s = 1.0; s < Math.Min(t, LargestT); s += Step)
        {
            least = Math.Min(least, Log(s, correction));
        }

        return Math.Exp(least);
    }

    /// <summary>The smallest t whose corrected tail is α; infinite if there is none.</summary>
    public double Critical(double falseFail)
    {
        var (correction, target) = (Correction, Math.Log(falseFail));
        for (var t = 1.0; t < LargestT; t += Step)
        {
            if (Log(t, correction) <= target)
            {
                return t;
            }
        }

        return double.PositiveInfinity;
    }

    private double Log(double t, double correction) => Math.Log(2 * StudentT.CDF(0, 1, Samples - 1, -t)) + (correction * t * t * t);
}
