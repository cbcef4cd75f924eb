namespace Wellbehaved.Audit;

/// <summary>A test of conditional means of bounded quantities, as sharp as the variance that they turn out to have.</summary>
/// <remarks>
/// For a residual ξ of conditional mean 0 that is bounded, <c>1 + λξ</c> has the mean 1 and is positive for |λ| small enough, so the product over samples is a
/// nonnegative martingale for bets λ_i made before ξ_i came, and so is its mirror image. The bets follow the energy Σξ² seen so far, and the planned one before
/// that is reached. Source: I. Waudby-Smith and A. Ramdas, <i>Estimating means of bounded random variables by betting</i>, JRSS-B 2024.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
/// <param name="discrepancy">δ, relative to the mean.</param>
/// <param name="plannedEnergy">Σξ² for which the bets are made, ξ relative to the range; any other is valid.</param>
internal sealed class BoundedTest(ErrorRates rates, double discrepancy, double plannedEnergy) : TestOfMean(rates, discrepancy, EffectKind.Ratio)
{
    /// <summary>An effect of 1 and less moves a residual of [-1, 1] into [-2, 2], where 1 + λξ must stay positive.</summary>
    private const double MostBet = 0.45;

    private double _sum;
    private double _energy;

    /// <inheritdoc/>
    public override double StandardErrors => _energy == 0 ? 0 : _sum / Math.Sqrt(_energy);

    /// <summary>Takes a sample.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="mean">Its expectation, given the past; positive.</param>
    /// <param name="lower">Bound that it cannot be below.</param>
    /// <param name="upper">Bound that it cannot be above.</param>
    public void Add(Observed observed, Expected mean, double lower, double upper)
    {
        // Rounding may carry a value a little beyond its bound; clamping the residual keeps the inequality.
        var range = Math.Max(mean.Value - lower, upper - mean.Value);
        var residual = Math.Clamp((observed.Value - mean.Value) / range, -1, 1);
        var bet = Math.Min(MostBet, Math.Sqrt(2 * Rates.Threshold / Math.Max(plannedEnergy, _energy)));
        if (Count(observed, mean, new Sample(residual, mean.Value / range, bet), mean.Value))
        {
            _sum += residual;
            _energy += residual * residual;
        }
    }

    /// <inheritdoc/>
    protected override double Gain(in Sample sample, double effect, int side)
    {
        // An effect beyond ±1 is as far as bets reach: there the interval ends.
        var factor = 1 + (side * sample.Bet * (sample.Residual - (Math.Clamp(effect, -1, 1) * sample.Slope)));
        return Math.Log(factor);
    }
}
