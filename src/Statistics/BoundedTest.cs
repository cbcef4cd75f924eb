namespace Wellbehaved.Statistics;

/// <summary>A test of conditional means of bounded quantities. It becomes sharper if their variance turns out to be small.</summary>
/// <remarks>
/// For a residual ξ of conditional mean 0 that is bounded, <c>1 + λξ</c> has the mean 1 and is positive if |λ| is small enough. So the product over samples is
/// a nonnegative martingale if each bet λ_i is made before ξ_i is known, and so is its mirror image. The bets follow the energy Σξ² seen so far, or the planned
/// energy until that is reached. Source: I. Waudby-Smith and A. Ramdas, <i>Estimating means of bounded random variables by betting</i>, JRSS-B 2024.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
/// <param name="discrepancy">δ, relative to the mean.</param>
/// <param name="plannedEnergy">Σξ² for which the bets are made, with ξ relative to the range; the test is valid at any other.</param>
internal sealed class BoundedTest(ErrorRates rates, double discrepancy, double plannedEnergy) : TestOfMean(rates, discrepancy, EffectKind.Ratio)
{
    /// <summary>The largest bet. An effect of at most 1 moves a residual of [-1, 1] into [-2, 2], where 1 + λξ must stay positive.</summary>
    private const double MostBet = 0.45;

    private double _sum;
    private double _energy;

    /// <inheritdoc/>
    public override double StandardErrors => _energy == 0 ? 0 : _sum / Math.Sqrt(_energy);

    /// <summary>Adds a sample.</summary>
    /// <param name="observed">The observed value.</param>
    /// <param name="mean">Its expectation, given the past; positive.</param>
    /// <param name="lower">Lower bound of the value.</param>
    /// <param name="upper">Upper bound of the value.</param>
    public void Add(Observed observed, Expected mean, double lower, double upper)
    {
        // Rounding may move a value slightly beyond its bound; clamping the residual keeps the inequality.
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
        // Bets do not reach effects beyond ±1: the interval ends there.
        var factor = 1 + (side * sample.Bet * (sample.Residual - (Math.Clamp(effect, -1, 1) * sample.Slope)));
        return Math.Log(factor);
    }
}
