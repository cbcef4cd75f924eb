using MathNet.Numerics.Distributions;

namespace Wellbehaved.Audit;

/// <summary>Student's tail with Cramér's correction for skewed samples; see <see cref="StudentTest"/>.</summary>
/// <param name="Samples">Number of samples n, at least 2.</param>
/// <param name="Skewness">Their sample skewness.</param>
internal readonly record struct CorrectedTail(long Samples, double Skewness)
{
    private const double SkewnessMargin = 3;

    private double Correction => (Math.Abs(Skewness) + (SkewnessMargin * Math.Sqrt(6.0 / Samples))) / (3 * Math.Sqrt(Samples));

    /// <summary>A bound of the probability that |t| is at least this large.</summary>
    public double Of(double t) => double.IsNaN(t) ? 1 : Math.Min(1, Log(t, Correction) is var log && log < 0 ? Math.Exp(log) : 1);

    /// <summary>The smallest t whose corrected tail is α; infinite if there is none.</summary>
    public double Critical(double falseFail)
    {
        var (correction, target) = (Correction, Math.Log(falseFail));
        for (var t = 1.0; t < 40; t += 0.05)
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
