namespace Wellbehaved.Evidence;

/// <summary>What many ratios of difference to tolerance say of the probability that one exceeds 1.</summary>
internal abstract record TailFinding
{
    private TailFinding()
    {
    }

    /// <summary>All that was compared was equal, always: a check of equality. No law is fitted to zeros.</summary>
    /// <param name="UpperLimit">The upper 95 % limit of the probability of a difference, from the number of runs alone.</param>
    public sealed record AlwaysEqual(double UpperLimit) : TailFinding;

    /// <summary>A ratio of 1 was reached: the tolerance is too narrow, and no extrapolation is needed to see it.</summary>
    public sealed record Reached : TailFinding;

    /// <summary>Too few ratios above the threshold differ from it.</summary>
    /// <param name="Exceedances">How many.</param>
    public sealed record TooFew(int Exceedances) : TailFinding;

    /// <summary>A generalised Pareto law was fitted above a threshold.</summary>
    /// <param name="Threshold">The 99 % quantile, or the least of the ratios that were kept if that is larger.</param>
    /// <param name="Exceedances">Ratios above it.</param>
    /// <param name="Shape">ξ; negative if the tail ends.</param>
    /// <param name="End">Where it ends; infinity if it does not.</param>
    /// <param name="Probability">P(ratio &gt; 1) by the fit.</param>
    /// <param name="UpperLimit">Its upper 95 % limit; <see cref="ParetoTail.Floor"/> stands for anything below.</param>
    public sealed record Fitted(double Threshold, int Exceedances, double Shape, double End, double Probability, double UpperLimit) : TailFinding;
}

/// <summary>The probability that a ratio exceeds 1, by a generalised Pareto law above the 99 % quantile (Pickands, Ann. Statist. 1975).</summary>
/// <remarks>
/// The limit is asymptotic twice: the excesses of any law of the usual kinds tend to a generalised Pareto law as the threshold rises, and twice the
/// logarithm of the ratio of likelihoods tends to a χ² law of one degree. Tests measure its coverage. Beside the fit the share above the threshold
/// is uncertain by 1/√k of itself, below a tenth, which the limit of a probability known to an order of magnitude does not feel.
/// </remarks>
internal static class ParetoTail
{
    /// <summary>Probabilities below are not told apart.</summary>
    public const double Floor = 1e-30;

    /// <summary>Fewer exceedances say next to nothing of a shape: its standard error is (1 + ξ)/√k.</summary>
    public const int FewestExceedances = 50;

    /// <summary>Half of the 90 % quantile of χ² with one degree of freedom: one-sided 95 %.</summary>
    private const double Drop = 2.705543454 / 2;

    /// <summary>Judges the largest ratios.</summary>
    public static TailFinding Of(RatioTail tail)
    {
        if (tail.Largest.Length == 0)
        {
            return new TailFinding.TooFew(0);
        }

        if (tail.Zeros == tail.Measured)
        {
            return new TailFinding.AlwaysEqual(ExactBinomial.UpperLimit(0, tail.Measured));
        }

        if (!(tail.Maximum < 1))
        {
            return new TailFinding.Reached();
        }

        // One hundredth of the runs lies above; the next one is the threshold.
        var above = (int)Math.Min(tail.Measured / 100, tail.Largest.Length - 1);
        double threshold = tail.Largest[above];
        double[] excesses = [.. tail.Largest.Take(above).Select(value => value - threshold).Where(value => value > 0)];
        return excesses.Length < FewestExceedances ? new TailFinding.TooFew(excesses.Length) : Fit(threshold, excesses, tail.Measured);
    }

    private static TailFinding.Fitted Fit(double threshold, double[] excesses, long runs)
    {
        var likelihood = new ParetoLikelihood(excesses);
        var (shape, scale, best) = likelihood.Maximum();
        var (distance, share) = (1 - threshold, (double)excesses.Length / runs);
        var argument = 1 + (shape * distance / scale);
        var logBeyond = Math.Abs(shape) < 1e-9 ? -distance / scale : argument > 0 ? -Math.Log(argument) / shape : double.NegativeInfinity;
        var lowest = Math.Log(Floor / share);
        var (low, high) = (Math.Max(lowest, logBeyond), -1e-9);

        // Beyond the estimate the likelihood falls; where even the floor is implausible the limit lies below it.
        if (likelihood.Profile(low, distance) >= best - Drop)
        {
            // Of a logarithm between -70 and 0: to 10⁻⁵.
            for (var i = 0; i < 23; i++)
            {
                var middle = (low + high) / 2;
                (low, high) = likelihood.Profile(middle, distance) >= best - Drop ? (middle, high) : (low, middle);
            }
        }

        return new TailFinding.Fitted(threshold, excesses.Length, shape, shape < 0 ? threshold - (scale / shape) : double.PositiveInfinity, share * Math.Exp(logBeyond), Math.Max(Floor, share * Math.Exp(low)));
    }
}
