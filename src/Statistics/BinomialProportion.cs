using MathNet.Numerics.Distributions;

namespace Wellbehaved.Statistics;

/// <summary>A share of samples, with the exact confidence interval of Clopper and Pearson.</summary>
public readonly struct BinomialProportion
{
    internal BinomialProportion(int successes, int samples) => (Successes, Samples) = (successes, samples);

    /// <summary>Number of samples that show the property.</summary>
    public int Successes { get; }

    /// <summary>Number of all samples.</summary>
    public int Samples { get; }

    /// <summary>The share of the samples; NaN without samples.</summary>
    public double Share => (double)Successes / Samples;

    /// <summary>The interval that covers the true share with at least the given probability, whatever the share.</summary>
    /// <param name="falseRate">Probability of missing it, split evenly between both sides.</param>
    /// <returns>Lower and upper end; 0 and 1 without samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The counts or the rate are impossible.</exception>
    public (double Lower, double Upper) Interval(double falseRate)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Successes, Samples);
        if (falseRate is not (> 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(falseRate), falseRate, "expected a rate between 0 and 1");
        }

        var lower = Successes == 0 ? 0 : Beta.InvCDF(Successes, Samples - Successes + 1, falseRate / 2);
        var upper = Successes == Samples ? 1 : Beta.InvCDF(Successes + 1, Samples - Successes, 1 - (falseRate / 2));
        return (lower, upper);
    }

    /// <summary>Decides whether most of the population shows the property.</summary>
    /// <param name="falseRate">Probability of a wrong decision.</param>
    /// <returns>Holds if the interval lies above one half, rejected if it lies below, inconclusive otherwise.</returns>
    internal Verdict ShownByMost(double falseRate)
    {
        var (lower, upper) = Interval(falseRate);
        return lower > 0.5 ? Verdict.Holds
            : upper < 0.5 ? Verdict.Rejected
            : Verdict.Inconclusive;
    }

    /// <summary>Explains the claim of a share, and how its deviation is counted.</summary>
    internal const string MoreThanHalf = "the claim is a share of more than one half, and the distance is counted from one half";

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">The property.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <returns>The measurement; its deviation is counted from one half.</returns>
    internal Measurement Conclude(string quantity, ErrorRates rates)
    {
        var (lower, upper) = Interval(rates.FalseFail);
        return new Measurement($"share of mappings: {quantity}", new Expected(0.5), new Observed(Share), ShownByMost(rates.FalseFail))
        {
            Deviation = DeviationOf(Share, Samples),
            Samples = Samples,
            FalseFailRate = rates.FalseFail,

            // The interval lies below one half if so few successes have a probability below α/2 at one half; at a larger share this probability is no larger.
            FalseAlarmBound = Samples == 0 ? 1 : Math.Min(1, 2 * Binomial.CDF(0.5, Samples, Successes)),
            Detectable = 0.5,
            Effect = Samples == 0 ? null : new Effect(EffectKind.Share, Share, lower, upper),
            Remark = MoreThanHalf,
        };
    }

    /// <summary>The distance of a share from one half, in standard errors of a share of one half.</summary>
    internal static double DeviationOf(double share, int samples) => (share - 0.5) * 2 * Math.Sqrt(samples);
}
