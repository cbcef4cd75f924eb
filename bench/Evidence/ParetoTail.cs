using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>What many ratios of difference to tolerance say of the probability that one exceeds 1.</summary>
internal abstract record TailFinding
{
    private TailFinding() { }

    /// <summary>All that was compared was always equal: the check is one of equality. No law is fitted to zeros.</summary>
    /// <param name="UpperLimit">The upper 95 % limit of the probability of a difference, from the number of runs alone.</param>
    public sealed record AlwaysEqual(double UpperLimit) : TailFinding;

    /// <summary>A ratio of 1 was reached: the tolerance is too narrow, and no extrapolation is needed to see it.</summary>
    public sealed record Reached : TailFinding;

    /// <summary>Too few ratios above the threshold differ from it.</summary>
    /// <param name="Exceedances">How many.</param>
    public sealed record TooFew(int Exceedances) : TailFinding;

    /// <summary>No generalised Pareto law fits above any of the thresholds: ratios of several kinds are mixed.</summary>
    /// <param name="Threshold">The largest threshold tried.</param>
    /// <param name="Exceedances">Ratios above it.</param>
    public sealed record NoLaw(double Threshold, int Exceedances) : TailFinding;

    /// <summary>A generalised Pareto law was fitted above a threshold.</summary>
    /// <param name="Threshold">
    /// The 99 % quantile, or a larger one where the law does not fit above it; but at least the smallest ratio that was kept.
    /// </param>
    /// <param name="Exceedances">Ratios above it.</param>
    /// <param name="Shape">ξ; negative if the tail ends.</param>
    /// <param name="End">Where it ends; infinity if it does not.</param>
    /// <param name="Probability">P(ratio &gt; 1) by the fit.</param>
    /// <param name="UpperLimit">Its upper 95 % limit; <see cref="ParetoTail.Floor"/> stands for anything below.</param>
    public sealed record Fitted(double Threshold, int Exceedances, double Shape, double End, double Probability, double UpperLimit) : TailFinding;
}

/// <summary>The probability that a ratio exceeds 1, by a generalised Pareto law above the 99 % quantile (Pickands, Ann. Statist. 1975).</summary>
/// <remarks>
/// The law holds for large excesses, and those of the largest hundredth of the runs need not be large enough. Where they do not look like the law, the
/// threshold is raised (Bader, Yan and Zhang, Ann. Appl. Statist. 2018); where none fits, nothing is extrapolated. The limit comes from the ratio of
/// likelihoods. Its signed root is only nearly a standard normal number: some hundred exceedances give shapes that are too small in the mean, and limits
/// that hold in 90 % instead of 95 %. So the root's critical value is simulated, at the likeliest law with the asymptotic limit (a constrained parametric
/// bootstrap; Lee and Young, Biometrika 2005). One error remains: the excesses of a law are only nearly those of a generalised Pareto law; tests measure
/// the coverage on laws of each kind. The share above the threshold is uncertain by 1/√k of itself, about a tenth; this does not matter for a limit of a
/// probability that is known to an order of magnitude.
/// </remarks>
internal static class ParetoTail
{
    /// <summary>Probabilities below this are not distinguished.</summary>
    public const double Floor = 1e-30;

    /// <summary>Fewer exceedances say nearly nothing about a shape: its standard error is (1 + ξ)/√k.</summary>
    public const int FewestExceedances = 50;

    /// <summary>The 95 % quantile of a standard normal number.</summary>
    private const double AsymptoticRoot = 1.6448536;

    /// <summary>
    /// Which part of the runs lies above the threshold: a hundredth, or less where several kinds of ratios are mixed there and the law does not fit.
    /// </summary>
    private static readonly int[] PartsAbove = [100, 133, 200, 400, 800];

    /// <summary>Simulated samples: the critical value's standard error is 0.07.</summary>
    private const int Simulations = 999;

    /// <summary>Judges the largest ratios.</summary>
    /// <param name="tail">The ratios.</param>
    /// <param name="simulations">
    /// For the critical value: one less than a multiple of 20, so that the simulated quantile is one of the numbers and is exceeded in just 5 % of
    /// samples (Barnard's test), however few they are; more of them make the limit narrower.
    /// </param>
    public static TailFinding Fit(RatioTail tail, int simulations = Simulations)
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

        TailFinding? refused = null;
        foreach (var part in PartsAbove)
        {
            // That part of the runs lies above the threshold; the next ratio is the threshold.
            var above = (int)Math.Min(tail.Measured / part, tail.Largest.Length - 1);
            double threshold = tail.Largest[above];
            double[] excesses = [.. tail.Largest.Take(above).Select(value => value - threshold).Where(value => value > 0)];
            if (excesses.Length < FewestExceedances)
            {
                return refused ?? new TailFinding.TooFew(excesses.Length);
            }

            if (ParetoGoodness.Accepts(excesses, simulations))
            {
                return Fit(threshold, excesses, tail.Measured, simulations);
            }

            refused = new TailFinding.NoLaw(threshold, excesses.Length);
        }

        return refused!;
    }

    private static TailFinding.Fitted Fit(double threshold, double[] excesses, long runs, int simulations)
    {
        var likelihood = new ParetoLikelihood(excesses);
        var (shape, scale, _) = likelihood.Maximum();
        var (distance, share) = (1 - threshold, (double)excesses.Length / runs);
        var lowest = Math.Log(Floor / share);
        var plain = LogLimit(likelihood, distance, lowest, AsymptoticRoot);
        var calibrated = LogLimit(likelihood, distance, lowest, RootAt(likelihood.Profile(plain, distance), excesses, plain, distance, simulations));
        return new TailFinding.Fitted(
            threshold,
            excesses.Length,
            shape,
            shape < 0 ? threshold - (scale / shape) : double.PositiveInfinity,
            share * Math.Exp(ParetoLikelihood.LogBeyond(shape, scale, distance)),
            Math.Max(Floor, share * Math.Exp(calibrated))
        );
    }

    /// <summary>The largest ln P(Y &gt; distance) whose signed root is not beyond a critical value.</summary>
    private static double LogLimit(ParetoLikelihood likelihood, double distance, double lowest, double root)
    {
        var maximum = likelihood.Maximum();
        var (low, high) = (Math.Max(lowest, ParetoLikelihood.LogBeyond(maximum.Shape, maximum.Scale, distance)), -1e-9);
        if (Root(likelihood, maximum, low, distance) > root)
        {
            // Even the floor is implausible: the limit lies below it.
            return low;
        }

        // Bisection gives a logarithm between -70 and 0 to 10⁻⁵.
        for (var i = 0; i < 23; i++)
        {
            var middle = (low + high) / 2;
            (low, high) = Root(likelihood, maximum, middle, distance) <= root ? (middle, high) : (low, middle);
        }

        return low;
    }

    /// <summary>The signed root of twice the logarithm of the ratio of likelihoods: positive where the estimate is below the probability.</summary>
    /// <remarks>At the true probability it is nearly a standard normal number.</remarks>
    private static double Root(ParetoLikelihood likelihood, (double Shape, double Scale, double Value) maximum, double logProbability, double distance)
    {
        var root = Math.Sqrt(Math.Max(0, 2 * (maximum.Value - likelihood.Profile(logProbability, distance).Value)));
        return ParetoLikelihood.LogBeyond(maximum.Shape, maximum.Scale, distance) <= logProbability ? root : -root;
    }

    /// <summary>The 95 % quantile of the signed root where the law is the likeliest of those with the asymptotic limit.</summary>
    private static double RootAt((double Shape, double Scale, double Value) law, double[] excesses, double logProbability, double distance, int simulations)
    {
        // Different data use different random numbers, so that the errors of their limits are independent.
        var seed = BitConverter.DoubleToUInt64Bits(excesses.Sum());
        var roots = new double[simulations];
        Parallel.For(
            0,
            simulations,
            i =>
            {
                var random = new Random((int)Mixing.Mix(Mixing.Mix(seed) ^ (ulong)i));
                var likelihood = new ParetoLikelihood([.. excesses.Select(_ => ParetoLikelihood.Excess(law.Shape, law.Scale, random.NextDouble()))]);
                roots[i] = Root(likelihood, likelihood.Maximum(), logProbability, distance);
            }
        );
        Array.Sort(roots);
        return roots[(19 * (simulations + 1) / 20) - 1];
    }
}
