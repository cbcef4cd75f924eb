namespace Wellbehaved.Audit;

/// <summary>A test of residuals that are symmetric about zero given the past and their own magnitudes: nothing else is known of them, nor needed.</summary>
/// <remarks>
/// For a fair sign s, <c>E exp(λsa - λ²a²/2) ≤ 1</c> whatever a; mixing λ over a Gaussian of variance 1/ρ² gives the nonnegative supermartingale
/// <c>ρ(V + ρ²)^{-½} exp(S²/(2(V + ρ²)))</c>, <c>S = Σd_i</c>, <c>V = Σd_i²</c>, which Markov's inequality turns into a bound valid for any tails.
/// Where pre-activations are Gaussian, flipping the sign of a neuron's weights makes such residuals of S4, S6 and S8.
/// Source: V. de la Peña, T. L. Lai and Q.-M. Shao, <i>Self-Normalized Processes</i>, 2009, chapter 11.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
/// <param name="plannedEnergy">V that is about to come, for which the test is tuned; any other is valid but less powerful.</param>
public sealed class SymmetryTest(ErrorRates rates, double plannedEnergy) : TestOfMean(rates)
{
    private readonly double _prior = plannedEnergy / (2 * rates.Threshold);
    private double _sum;
    private double _energy;
    private double _scale;

    /// <inheritdoc/>
    public override double StandardErrors => _energy == 0 ? 0 : _sum / Math.Sqrt(_energy);

    /// <inheritdoc/>
    public override double FalseAlarmBound =>
        Math.Min(1, Math.Exp((0.5 * Math.Log((_energy + _prior) / _prior)) - (_sum * _sum / (2 * (_energy + _prior)))));

    /// <inheritdoc/>
    public override double Detectable => _scale == 0 ? double.PositiveInfinity : (CriticalSum + (Rates.PowerMargin * Math.Sqrt(_energy))) / _scale;

    private double CriticalSum => Math.Sqrt(2 * (_energy + _prior) * (Math.Log(1 / Rates.FalseFail) + (0.5 * Math.Log((_energy + _prior) / _prior))));

    /// <summary>Takes a sample, whose residual <c>observed - centre</c> is symmetric about zero.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="centre">The centre of symmetry.</param>
    /// <param name="scale">What a discrepancy is relative to; known from the past and from what a change of sign leaves as it is. Positive.</param>
    public void Add(Observed observed, Expected centre, double scale)
    {
        if (!Count(observed, centre))
        {
            return;
        }

        var residual = (observed.Value - centre.Value) / scale;
        _sum += residual;
        _energy += residual * residual;
        _scale += 1;
    }
}
