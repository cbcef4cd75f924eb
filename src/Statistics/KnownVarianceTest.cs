namespace Wellbehaved.Statistics;

/// <summary>A test of conditional means whose conditional variances, or bounds on them, are known from theory. Tails may be as heavy as that allows.</summary>
/// <remarks>
/// Catoni's influence function <c>ψ(x) = ±ln(1 + |x| + x²/2)</c> satisfies <c>E exp(ψ(λX)) ≤ 1 + λ²/2</c> for every X of conditional mean 0 and variance at
/// most 1. So the product of <c>exp(ψ(λX_i))/(1 + λ_i²/2)</c> is a nonnegative supermartingale, and so is its mirror image, for any dependence on the past, if
/// each bet λ_i is made before X_i is known. The bets are those that decide fastest at the planned number of samples, and shrink as 1/√i beyond it. A ratio
/// that is off by θ is assumed to scatter by 1 + θ times as much, as everything does that grows with the weights.
/// Sources: O. Catoni, <i>Challenging the empirical mean and empirical variance</i>, Ann. IHP 2012; H. Wang and A. Ramdas, <i>Catoni-style confidence
/// sequences for heavy-tailed mean estimation</i>, Stoch. Process. Appl. 2023.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
/// <param name="discrepancy">δ, relative to the mean for a ratio, otherwise in the units of the scale that is given with each sample.</param>
/// <param name="plannedSamples">Number of samples for which the bets are made; the test is valid at any other number.</param>
/// <param name="kind">The terms in which an effect is expressed.</param>
internal sealed class KnownVarianceTest(ErrorRates rates, double discrepancy, long plannedSamples, EffectKind kind = EffectKind.Ratio)
    : TestOfMean(rates, discrepancy, kind)
{
    private double _sum;

    /// <inheritdoc/>
    public override double StandardErrors => Samples == 0 ? 0 : _sum / Math.Sqrt(Samples);

    /// <summary>Half-width of the interval at the planned number of samples, in standard errors: sqrt(2 ln(2/α)).</summary>
    /// <param name="rates">The rates.</param>
    /// <returns>For example 6.5 at α = 1e-9, where a Gaussian tail at a fixed number of samples would give 6.1.</returns>
    public static double CriticalValue(ErrorRates rates) => Math.Sqrt(2 * rates.Threshold);

    /// <summary>
    /// The number of samples that decide a true claim, except with the rate of inconclusive ones, by a Gaussian approximation. It is used only for planning.
    /// </summary>
    /// <param name="rates">The rates.</param>
    /// <param name="relativeDeviation">Standard deviation of a sample relative to its scale.</param>
    /// <param name="discrepancy">δ.</param>
    /// <returns>The number.</returns>
    public static long SamplesFor(ErrorRates rates, double relativeDeviation, double discrepancy) =>
        (long)Math.Ceiling(Math.Pow((CriticalValue(rates) + rates.PowerMargin) * relativeDeviation / discrepancy, 2));

    /// <summary>Adds a sample whose mean is its scale.</summary>
    /// <param name="observed">The observed value.</param>
    /// <param name="mean">Its expectation, given the past; positive for a ratio.</param>
    /// <param name="variance">Its variance given the past, or an upper bound of it; positive.</param>
    public void Add(Observed observed, Expected mean, double variance) => Add(observed, mean, variance, mean.Value);

    /// <summary>Adds a sample.</summary>
    /// <param name="observed">The observed value.</param>
    /// <param name="mean">Its expectation, given the past.</param>
    /// <param name="variance">Its variance given the past, or an upper bound of it; positive.</param>
    /// <param name="scale">The change of the mean by an effect of 1; known from the past.</param>
    public void Add(Observed observed, Expected mean, double variance, double scale)
    {
        var deviation = Math.Sqrt(variance);
        var x = (observed.Value - mean.Value) / deviation;
        var bet = Math.Sqrt(2 * Rates.Threshold / Math.Max(plannedSamples, Samples + 1));
        if (Count(observed, mean, new Sample(x, scale / deviation, bet), scale))
        {
            _sum += x;
        }
    }

    /// <inheritdoc/>
    protected override double Gain(in Sample sample, double effect, int side)
    {
        var widening = Kind == EffectKind.Ratio ? 1 + Math.Max(effect, 0) : 1;
        var x = sample.Bet * (sample.Residual - (effect * sample.Slope)) / widening;
        var influence = Math.CopySign(Math.Log(1 + Math.Abs(x) + (x * x / 2)), x);
        return (side * influence) - Math.Log(1 + (sample.Bet * sample.Bet / 2));
    }
}
