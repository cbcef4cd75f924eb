using MathNet.Numerics;

namespace Wellbehaved.Statistics;

/// <summary>
/// A test that compares a share of independent mappings with one half while they come. It is valid at every number of mappings, whatever rule decides when to
/// stop.
/// </summary>
/// <remarks>
/// For a share p, the likelihood ratio of a Beta(½, ½) mixture, <c>M_n(p) = B(s + ½, n - s + ½)/(π p^s (1 - p)^(n - s))</c>, is a nonnegative martingale of
/// mean 1, so by Ville's inequality the probability that it ever reaches 1/α is at most α. Hence the shares p for which it has not reached 1/α form an interval
/// that covers the truth at all times, with probability 1 - α (H. Robbins, Ann. Math. Stat. 1970; S. Howard et al., Ann. Stat. 2021). Jeffreys' mixture puts
/// weight on shares near 0 and 1, where most laws of deep nets lie. If the true share is above one half, the event "M_n(½) reaches 1/α with less than half of
/// the mappings" is rarer still: the event needs few successes at each n, and more successes never help it. So a true claim of the form "most mappings do" is
/// rejected with probability α at most.
/// </remarks>
/// <param name="rates">The permitted error rates: the rates of false alarms and of false passes both stay below α.</param>
internal sealed class AnytimeShare(ErrorRates rates)
{
    private double _lower;
    private double _upper = 1;
    private double _alarm = 1;

    /// <summary>Number of mappings that show the property.</summary>
    public int Successes { get; private set; }

    /// <summary>Number of all mappings.</summary>
    public int Samples { get; private set; }

    /// <summary>
    /// Holds as soon as the interval lies above one half, rejected as soon as it lies below; inconclusive until then. After that it never changes.
    /// </summary>
    public Verdict Verdict { get; private set; } = Verdict.Inconclusive;

    /// <summary>An upper bound of the probability that a true claim ever looks as wrong as this one did.</summary>
    public double FalseAlarmBound => _alarm;

    /// <summary>The interval of the share that covers the truth at all times together: the intersection of all intervals so far.</summary>
    public (double Lower, double Upper) Interval => (_lower, _upper);

    /// <summary>Adds mappings, and updates interval and verdict.</summary>
    /// <param name="successes">The number of those that show the property.</param>
    /// <param name="samples">The number of all of them, including those with impossible numbers.</param>
    public void Add(int successes, int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, samples);
        (Successes, Samples) = (Successes + successes, Samples + samples);
        if (Samples == 0)
        {
            return;
        }

        var evidence = LogMartingale(0.5);
        if (2 * Successes < Samples)
        {
            _alarm = Math.Min(_alarm, Math.Exp(-evidence));
        }

        var share = (double)Successes / Samples;
        var threshold = Math.Log(1 / rates.FalseFail);
        (_lower, _upper) = (Math.Max(_lower, End(share, 0)), Math.Min(_upper, End(share, 1)));
        if (Verdict == Verdict.Inconclusive && evidence >= threshold)
        {
            Verdict = share > 0.5 ? Verdict.Holds : Verdict.Rejected;
        }

        // The martingale falls as p comes nearer to the share of the sample; the interval ends where it crosses 1/α.
        double End(double inside, double outside)
        {
            if (LogMartingale(outside) < threshold)
            {
                return outside;
            }

            for (var i = 0; i < 60; i++)
            {
                var middle = 0.5 * (inside + outside);
                (inside, outside) = LogMartingale(middle) < threshold ? (middle, outside) : (inside, middle);
            }

            // The end is rounded outwards.
            return outside;
        }
    }

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">The property.</param>
    /// <returns>The measurement; its deviation is the distance from one half, in standard errors of a share of one half.</returns>
    public Measurement Conclude(string quantity)
    {
        var share = Samples == 0 ? double.NaN : (double)Successes / Samples;
        return new Measurement($"share of mappings: {quantity}", new Expected(0.5), new Observed(share), Verdict)
        {
            Deviation = Samples == 0 ? double.NaN : BinomialProportion.DeviationOf(share, Samples),
            Samples = Samples,
            FalseFailRate = rates.FalseFail,
            FalseAlarmBound = FalseAlarmBound,
            Detectable = 0.5,
            Effect = Samples == 0 ? null : new Effect(EffectKind.Share, share, _lower, _upper),
            Remark =
                Verdict == Verdict.Inconclusive && Samples > 0
                    ? $"{BinomialProportion.MoreThanHalf}; {WhatItWouldTake(share)}"
                    : BinomialProportion.MoreThanHalf,
        };
    }

    /// <summary>
    /// The number of mappings that would decide. ln M_n(½) is about n times the relative entropy of the share and one half, minus ½ ln n and ½ ln(π/2) for the
    /// mixture.
    /// </summary>
    private string WhatItWouldTake(double share)
    {
        var entropy = Math.Log(2) + Entropic(share) + Entropic(1 - share);
        var (threshold, needed) = (Math.Log(1 / rates.FalseFail), (double)Samples);
        for (var i = 0; i < 20 && entropy > 0; i++)
        {
            needed = (threshold + (0.5 * Math.Log(Math.Max(1, needed) * Math.PI / 2))) / entropy;
        }

        return entropy > 0 && needed < int.MaxValue
            ? string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"inconclusive after {Samples} mappings, at this share some {Math.Max(Samples + 1, Math.Ceiling(needed)):F0} would decide"
            )
            : $"inconclusive after {Samples} mappings, at this share no number would decide";

        static double Entropic(double value) => value == 0 ? 0 : value * Math.Log(value);
    }

    /// <summary>ln M_n(p).</summary>
    private double LogMartingale(double share)
    {
        var mixture =
            SpecialFunctions.GammaLn(Successes + 0.5)
            + SpecialFunctions.GammaLn(Samples - Successes + 0.5)
            - SpecialFunctions.GammaLn(Samples + 1.0)
            - Math.Log(Math.PI);
        return mixture - Times(Successes, Math.Log(share)) - Times(Samples - Successes, Math.Log(1 - share));

        // 0·ln 0 is 0: having no success is not evidence against a share of 0.
        static double Times(int count, double logarithm) => count == 0 ? 0 : count * logarithm;
    }
}
