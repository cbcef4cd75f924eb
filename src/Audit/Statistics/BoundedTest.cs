namespace Wellbehaved.Audit;

/// <summary>A test of conditional means of bounded quantities: an empirical Bernstein bound, as sharp as the variance that they turn out to have.</summary>
/// <remarks>
/// For <c>ξ ≥ -1</c> and <c>0 ≤ λ &lt; 1</c>, <c>exp(λξ + ξ²(ln(1 - λ) + λ)) ≤ 1 + λξ</c>; so with residuals ξ scaled into [-1, 1] the process
/// <c>exp(λΣξ_i - (-ln(1 - λ) - λ)Σξ_i²)</c> is a nonnegative supermartingale, upwards and downwards.
/// Source: X. Fan, I. Grama and Q. Liu, <i>Exponential inequalities for martingales with applications</i>, EJP 2015; S. Howard et al., Ann. Stat. 2021.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
/// <param name="plannedEnergy">Σξ² that is about to come, for which the test is tuned; any other is valid but less powerful.</param>
public sealed class BoundedTest(ErrorRates rates, double plannedEnergy) : TestOfMean(rates)
{
    private readonly double _bet = Math.Min(0.5, Math.Sqrt(2 * rates.Threshold / plannedEnergy));
    private double _sum;
    private double _energy;
    private double _relativeMeans;

    /// <inheritdoc/>
    public override double StandardErrors => _energy == 0 ? 0 : _sum / Math.Sqrt(_energy);

    /// <inheritdoc/>
    public override double FalseAlarmBound => Math.Min(1, 2 * Math.Exp((Price * _energy) - (_bet * Math.Abs(_sum))));

    /// <inheritdoc/>
    public override double Detectable => (((Rates.Threshold + (Price * _energy)) / _bet) + (Rates.PowerMargin * Math.Sqrt(_energy))) / _relativeMeans;

    private double Price => -Math.Log(1 - _bet) - _bet;

    /// <summary>Takes a sample.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="mean">Its expectation, given the past.</param>
    /// <param name="lower">Bound that it cannot be below.</param>
    /// <param name="upper">Bound that it cannot be above.</param>
    public void Add(Observed observed, Expected mean, double lower, double upper)
    {
        if (!Count(observed, mean))
        {
            return;
        }

        // Rounding may carry a value a little beyond its bound; clamping the residual keeps the inequality.
        var range = Math.Max(mean.Value - lower, upper - mean.Value);
        var residual = Math.Clamp((observed.Value - mean.Value) / range, -1, 1);
        _sum += residual;
        _energy += residual * residual;
        _relativeMeans += Math.Abs(mean.Value) / range;
    }
}
