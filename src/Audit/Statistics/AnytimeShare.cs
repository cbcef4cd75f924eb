using MathNet.Numerics;

namespace Wellbehaved.Audit;

/// <summary>A share of independent mappings that is held against one half as they come, for as long as it takes: valid at every number of mappings,
/// whoever decides when to stop.</summary>
/// <remarks>
/// For a share p the likelihood ratio of a Beta(½, ½) mixture, <c>M_n(p) = B(s + ½, n - s + ½)/(π p^s (1 - p)^(n - s))</c>, is a nonnegative martingale of mean
/// 1, so by Ville's inequality it ever reaches 1/α with probability at most α. Hence the shares p at which it has not form an interval that covers the truth at
/// all times, with probability 1 - α (H. Robbins, Ann. Math. Stat. 1970; S. Howard et al., Ann. Stat. 2021). Jeffreys' mixture puts weight on shares near 0 and
/// 1, where most laws of deep nets lie. A share above one half that is true makes the event "M_n(½) reaches 1/α with less than half of the mappings" rarer
/// still: the event needs few successes at each n, and more successes never help it. So a claim "most mappings do" that is true is rejected with probability α
/// at most.
/// </remarks>
/// <param name="rates">How often the verdict may be wrong, either way: false alarms and false passes both stay below α.</param>
internal sealed class AnytimeShare(ErrorRates rates)
{
    private double _lower;
    private double _upper = 1;
    private double _alarm = 1;

    /// <summary>Mappings that show the property.</summary>
    public int Successes { get; private set; }

    /// <summary>Mappings in all.</summary>
    public int Samples { get; private set; }

    /// <summary>Holds once the interval lies above one half, rejected once it lies below; inconclusive until then. It never changes after that.</summary>
    public Verdict Verdict { get; private set; } = Verdict.Inconclusive;

    /// <summary>A bound of the probability that a true claim ever looks as wrong as this one did.</summary>
    public double FalseAlarmBound => _alarm;

    /// <summary>The interval of the share that covers the truth at all times together: what all intervals so far have in common.</summary>
    public (double Lower, double Upper) Interval => (_lower, _upper);

    /// <summary>Takes some mappings, and looks.</summary>
    /// <param name="successes">Those that show the property.</param>
    /// <param name="samples">All of them, those that cannot be seen included.</param>
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

        // The martingale falls as p comes nearer to the share of the sample; the end is where it crosses 1/α.
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

            // Rounded outwards.
            return outside;
        }
    }

    /// <summary>The verdict and what it rests on.</summary>
    /// <param name="quantity">The property.</param>
    /// <returns>The measurement, its deviation counted from one half in the standard errors that a share of one half has.</returns>
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

    /// <summary>ln M_n(½) is about n times the relative entropy of the share and one half, less ½ ln n and ½ ln(π/2) for the mixture.</summary>
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
                $"undecided after {Samples} mappings, at this share some {Math.Max(Samples + 1, Math.Ceiling(needed)):F0} would decide"
            )
            : $"undecided after {Samples} mappings, at this share no number would decide";

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

        // 0·ln 0 is 0: no success speaks against a share of 0.
        static double Times(int count, double logarithm) => count == 0 ? 0 : count * logarithm;
    }
}
