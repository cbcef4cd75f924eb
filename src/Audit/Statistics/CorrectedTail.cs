using MathNet.Numerics.Distributions;

namespace Wellbehaved.Audit;

/// <summary>Student's tail with Cramér's correction for skewed samples; see <see cref="StudentTest"/>.</summary>
/// <param name="Samples">Number of samples n, at least 2.</param>
/// <param name="Skewness">Their sample skewness.</param>
internal readonly record struct CorrectedTail(long Samples, double Skewness)
{
    private const double SkewnessMargin = 3;
    private const double LargestT = 40;
    private const double Step = 0.05;

    private double Correction => (Math.Abs(Skewness) + (SkewnessMargin * Math.Sqrt(6.0 / Samples))) / (3 * Math.Sqrt(Samples));

    /// <summary>A bound of the probability that |t| is at least this large: the least of the bounds up to t, since what exceeds t exceeds all below it.</summary>
    public double Of(double t)
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
