using System.Globalization;
using MathNet.Numerics.RootFinding;

namespace Wellbehaved.Statistics;

/// <summary>A statistical test of a mean that takes its samples one by one, and stops when they decide.</summary>
/// <remarks>
/// An effect θ moves the mean of each sample by θ times the sample's scale; the claim says θ = 0. For each θ the test bets against it, upwards and downwards.
/// If θ is the truth, each bet is a nonnegative supermartingale of mean at most 1, so by Ville's inequality it ever exceeds 2/α with a probability of at most
/// α/2, at whatever time one looks. All θ for which both bets stay below form an interval that covers the truth with probability 1 - α at every time, even at a
/// time that depends on the samples. The claim is rejected when the interval excludes 0, and it holds when the interval lies inside ±δ; until then more samples
/// are needed. Both verdicts follow from the one interval: a claim that is wrong by δ or more passes with a probability of at most α, if the tool's condition
/// holds for the wrong claim too. Sources: J. Ville, <i>Étude critique de la notion de collectif</i>, 1939; A. Ramdas, P. Grünwald, V. Vovk and G. Shafer,
/// <i>Game-theoretic statistics and safe anytime-valid inference</i>, Statist. Sci. 2023.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
/// <param name="discrepancy">δ &gt; 0: the effect that must be excluded for the claim to hold.</param>
/// <param name="kind">The terms in which an effect is expressed.</param>
internal abstract class TestOfMean(ErrorRates rates, double discrepancy, EffectKind kind) : ISequentialTest
{
    private readonly List<Sample> _samples = [];
    private double _sumObserved;
    private double _sumExpected;
    private double _sumScale;
    private double _above;
    private double _below;
    private double _againstUpper;
    private double _againstLower;
    private double _mostAgainstClaim;
    private long _notFinite;

    /// <summary>The permitted error rates of the test.</summary>
    protected ErrorRates Rates { get; } = rates;

    /// <summary>The terms in which an effect is expressed.</summary>
    protected EffectKind Kind { get; } = kind;

    /// <summary>δ.</summary>
    public double Discrepancy { get; } =
        discrepancy > 0 ? discrepancy : throw new ArgumentOutOfRangeException(nameof(discrepancy), discrepancy, "expected a positive discrepancy");

    /// <summary>Number of samples that were counted.</summary>
    public long Samples => _samples.Count;

    /// <summary>Mean of the observed values.</summary>
    public Observed MeanObserved => new(Samples == 0 ? double.NaN : _sumObserved / Samples);

    /// <summary>Mean of the expected values.</summary>
    public Expected MeanExpected => new(Samples == 0 ? double.NaN : _sumExpected / Samples);

    /// <summary>
    /// Sum of observed minus expected values in its standard errors. It is for the reader; the verdict rests on <see cref="FalseAlarmBound"/>.
    /// </summary>
    public abstract double StandardErrors { get; }

    /// <summary>Upper bound on the probability that a true claim ever looks as wrong as this one did at its worst.</summary>
    public double FalseAlarmBound => Math.Min(1, 2 * Math.Exp(-_mostAgainstClaim));

    /// <inheritdoc/>
    public bool IsDecided => _notFinite > 0 || IsRejected || IsInside;

    private bool IsRejected => _mostAgainstClaim >= Rates.Threshold;

    private bool IsInside => _againstUpper >= Rates.Threshold && _againstLower >= Rates.Threshold;

    /// <summary>The estimated effect and the interval that covers the true one with probability 1 - α; null without samples.</summary>
    /// <returns>The effect, in the terms of the test.</returns>
    public Effect? Effect()
    {
        if (Samples == 0)
        {
            return null;
        }

        var estimate = (_sumObserved - _sumExpected) / _sumScale;
        var (lower, upper) = (Lower(estimate), Upper(estimate));
        return Kind switch
        {
            EffectKind.Ratio => new Effect(Kind, 1 + estimate, Math.Max(0, 1 + lower), 1 + upper),
            EffectKind.Difference or EffectKind.Correlation => new Effect(Kind, estimate, lower, upper),
            EffectKind.Share or EffectKind.Distance => throw new InvalidOperationException($"expected a mean's kind of effect, got {Kind}"),
            _ => throw new InvalidOperationException($"expected a kind of effect, got {Kind}"),
        };
    }

    /// <summary>The verdict and the numbers that it rests on.</summary>
    /// <param name="quantity">The quantity, in words or symbols.</param>
    /// <returns>
    /// Rejected if the interval excludes the claim or a sample was not finite; holds if it lies inside ±δ; inconclusive otherwise, with the number of samples
    /// that would decide.
    /// </returns>
    public Measurement Conclude(string quantity)
    {
        var effect = Effect();
        var farthest = effect is null ? double.PositiveInfinity : Math.Max(effect.Upper - effect.Claimed, effect.Claimed - effect.Lower);
        var verdict =
            _notFinite > 0 || IsRejected ? Verdict.Rejected
            : IsInside ? Verdict.Holds
            : Verdict.Inconclusive;
        return new Measurement(quantity, MeanExpected, MeanObserved, verdict)
        {
            Deviation = _notFinite > 0 || Samples == 0 ? double.NaN : StandardErrors,
            Samples = Samples,
            FalseFailRate = Rates.FalseFail,
            FalseAlarmBound = _notFinite > 0 ? 0 : FalseAlarmBound,
            Detectable = farthest,
            Effect = effect,
            Remark =
                _notFinite > 0 ? "a sample is not a finite number"
                : verdict == Verdict.Inconclusive ? WhatItWouldTake(effect)
                : null,
        };
    }

    /// <summary>The gain of a bet by a sample: the logarithm of its factor.</summary>
    /// <param name="sample">The sample.</param>
    /// <param name="effect">The effect θ that the bet is against.</param>
    /// <param name="side">+1 if it bets on a mean above that of θ, -1 if below.</param>
    /// <returns>The gain; it decreases with θ on the upper side and increases with θ on the lower side.</returns>
    protected abstract double Gain(in Sample sample, double effect, int side);

    /// <summary>Counts a sample, unless the test is decided.</summary>
    /// <param name="observed">The observed value.</param>
    /// <param name="expected">The expected value.</param>
    /// <param name="sample">The sample in the form that <see cref="Gain"/> takes.</param>
    /// <param name="scale">The change of the mean by an effect of 1, in the units of the observed value.</param>
    /// <returns>False if it was not counted.</returns>
    protected bool Count(Observed observed, Expected expected, in Sample sample, double scale)
    {
        if (IsDecided)
        {
            return false;
        }

        if (!double.IsFinite(observed.Value) || !double.IsFinite(expected.Value) || !double.IsFinite(sample.Residual) || !double.IsFinite(sample.Slope))
        {
            _notFinite++;
            return false;
        }

        _samples.Add(sample);
        _sumObserved += observed.Value;
        _sumExpected += expected.Value;
        _sumScale += scale;
        _above += Gain(sample, 0, 1);
        _below += Gain(sample, 0, -1);
        _againstUpper += Gain(sample, Discrepancy, -1);
        _againstLower += Gain(sample, -Discrepancy, 1);
        _mostAgainstClaim = Math.Max(_mostAgainstClaim, Math.Max(_above, _below));
        return true;
    }

    private string WhatItWouldTake(Effect? effect)
    {
        if (effect is null)
        {
            return "there are no samples";
        }

        return Needed(effect, Samples, Discrepancy) is { } needed
            ? string.Create(CultureInfo.InvariantCulture, $"about {needed:0} samples would decide")
            : "the interval contains both the claim and its discrepancy; many times as many samples are needed to decide";
    }

    /// <summary>
    /// The number of samples at which an interval would lie within the discrepancy: its width falls as the root of their number, and the end that is farther
    /// away decides last.
    /// </summary>
    /// <param name="effect">The effect and its interval.</param>
    /// <param name="samples">Number of samples so far.</param>
    /// <param name="discrepancy">δ.</param>
    /// <returns>More than there were, if the interval does not lie within δ yet; null where no number of samples is known to do.</returns>
    internal static double? Needed(Effect effect, long samples, double discrepancy)
    {
        var (half, room) = (Math.Max(effect.Upper - effect.Estimate, effect.Estimate - effect.Lower), discrepancy - Math.Abs(effect.Estimate - effect.Claimed));
        return double.IsFinite(half) && room > 0 ? Math.Ceiling(samples * Math.Pow(half / room, 2)) : null;
    }

    private double Lower(double estimate) => End(estimate, -1);

    private double Upper(double estimate) => End(estimate, 1);

    /// <summary>The end of the interval on one side: where the bet against θ reaches its threshold.</summary>
    private double End(double estimate, int direction)
    {
        // The bet against a θ on this side is that the mean lies on the other side of θ.
        double Missing(double effect)
        {
            var sum = -Rates.Threshold;
            foreach (ref readonly var sample in System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_samples))
            {
                sum += Gain(sample, effect, -direction);
            }

            return sum;
        }

        var step = Discrepancy / 2;
        var (inside, outside) = (estimate, estimate + (direction * step));
        if (Missing(inside) >= 0)
        {
            // The mean of a skewed sample may lie outside of its own interval.
            return Root(Missing, estimate, -direction, step);
        }

        while (Missing(outside) < 0)
        {
            step *= 2;
            if (step > MostSteps * Discrepancy)
            {
                return direction * double.PositiveInfinity;
            }

            (inside, outside) = (outside, estimate + (direction * step));
        }

        return Brent.FindRoot(Missing, Math.Min(inside, outside), Math.Max(inside, outside), 1e-5 * Discrepancy, 200);
    }

    private double Root(Func<double, double> missing, double outside, int towards, double step)
    {
        while (missing(outside + (towards * step)) >= 0)
        {
            step *= 2;
            if (step > MostSteps * Discrepancy)
            {
                return outside;
            }
        }

        var inside = outside + (towards * step);
        return Brent.FindRoot(missing, Math.Min(inside, outside), Math.Max(inside, outside), 1e-5 * Discrepancy, 200);
    }

    /// <summary>The most δ to which an interval is followed; a wider one says nothing.</summary>
    private const double MostSteps = 1 << 10;

    /// <summary>A sample in the form that a bet takes.</summary>
    /// <param name="Residual">Observed minus expected, in the tool's unit.</param>
    /// <param name="Slope">The change of the expected value by an effect of 1, in the same unit.</param>
    /// <param name="Bet">λ, chosen before the sample was known.</param>
    protected readonly record struct Sample(double Residual, double Slope, double Bet);
}
