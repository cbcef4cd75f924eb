namespace Wellbehaved.Audit;

/// <summary>A test of conditional means whose conditional variances are known, or bounded, by theory; tails may be as heavy as that allows.</summary>
/// <remarks>
/// Catoni's influence function <c>ψ(x) = ±ln(1 + |x| + x²/2)</c> satisfies <c>E exp(ψ(λX)) ≤ 1 + λ²/2</c> for every X of conditional mean 0 and
/// variance at most 1, so <c>exp(Σψ(λX_i) - nλ²/2)</c> is a nonnegative supermartingale, and so is its mirror image: Markov's inequality
/// bounds the false alarms for any number of samples and any dependence on the past. λ is fixed by the planned number of samples.
/// Source: O. Catoni, <i>Challenging the empirical mean and empirical variance</i>, Ann. IHP 2012; H. Wang and A. Ramdas, <i>Catoni-style confidence sequences</i>, 2022.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
/// <param name="plannedSamples">Number of samples that will come, for which the test is tuned; any other number is valid but less powerful.</param>
public sealed class KnownVarianceTest(ErrorRates rates, long plannedSamples) : TestOfMean(rates)
{
    private readonly double _bet = Math.Sqrt(2 * rates.Threshold / plannedSamples);
    private double _upward;
    private double _downward;
    private double _sum;
    private double _signalToNoise;

    /// <inheritdoc/>
    public override double StandardErrors => _sum / Math.Sqrt(Samples);

    /// <inheritdoc/>
    public override double FalseAlarmBound => Math.Min(1, 2 * Math.Exp(-Math.Max(_upward, _downward)));

    /// <inheritdoc/>
    public override double Detectable => (CriticalValue(Rates) + Rates.PowerMargin) * Math.Sqrt(Samples) / _signalToNoise;

    /// <summary>Standard errors from which on the test rejects, at the planned number of samples: sqrt(2 ln(2/α)).</summary>
    /// <param name="rates">The rates.</param>
    /// <returns>6.5 at α = 1e-9, where a Gaussian tail would say 6.1.</returns>
    public static double CriticalValue(ErrorRates rates) => Math.Sqrt(2 * rates.Threshold);

    /// <summary>The number of samples that detect a relative discrepancy.</summary>
    /// <param name="rates">The rates.</param>
    /// <param name="relativeDeviation">Standard deviation of a sample relative to its mean.</param>
    /// <param name="discrepancy">δ, relative to the mean.</param>
    /// <returns>The number.</returns>
    public static long SamplesFor(ErrorRates rates, double relativeDeviation, double discrepancy) =>
        (long)Math.Ceiling(Math.Pow((CriticalValue(rates) + rates.PowerMargin) * relativeDeviation / discrepancy, 2));

    /// <summary>Takes a sample.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="mean">Its expectation, given the past.</param>
    /// <param name="variance">Its variance given the past, or an upper bound of it; positive.</param>
    public void Add(Observed observed, Expected mean, double variance)
    {
        if (!Count(observed, mean))
        {
            return;
        }

        var deviation = Math.Sqrt(variance);
        var x = (observed.Value - mean.Value) / deviation;
        _sum += x;
        _signalToNoise += Math.Abs(mean.Value) / deviation;
        var influence = Influence(_bet * x);
        _upward += influence - (_bet * _bet / 2);
        _downward -= influence + (_bet * _bet / 2);
    }

    private static double Influence(double x) => Math.CopySign(Math.Log(1 + Math.Abs(x) + (x * x / 2)), x);
}
