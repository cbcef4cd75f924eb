namespace Wellbehaved.Statistics;

/// <summary>A test of residuals that are symmetric about zero given the past and their own magnitudes. It assumes nothing else about them.</summary>
/// <remarks>
/// If d is symmetric about 0, <c>1 + tanh(λd)</c> has exactly the mean 1, whatever the law of its magnitude. So the product over samples is a nonnegative
/// martingale if each bet λ_i is made before d_i is known, and so is its mirror image. A single sample gains at most ln 2, so heavy tails do no harm. The bets
/// follow the energy Σd² seen so far, or the planned energy until that is reached. Where pre-activations are Gaussian, changing the sign of a neuron's weights
/// gives such residuals for S4, S6 and S8. If a subject and an exact sampler have the same law, exchanging them makes any function of one minus the same
/// function of the other symmetric (R1, R2, A1, A2, W4, P5). Sources: S. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, <i>Time-uniform Chernoff bounds via
/// nonnegative supermartingales</i>, Probab. Surv. 2020, on symmetric increments; I. Waudby-Smith and A. Ramdas, <i>Estimating means of bounded random
/// variables by betting</i>, JRSS-B 2024, on bets of this form.
/// </remarks>
/// <param name="rates">The permitted error rates of the test.</param>
/// <param name="discrepancy">δ, in the units of the scale that is given with each sample.</param>
/// <param name="plannedEnergy">Σd² for which the bets are made; the test is valid at any other.</param>
/// <param name="kind">The terms in which an effect is expressed.</param>
internal sealed class SymmetryTest(ErrorRates rates, double discrepancy, double plannedEnergy, EffectKind kind = EffectKind.Ratio)
    : TestOfMean(rates, discrepancy, kind)
{
    private double _sum;
    private double _energy;

    /// <inheritdoc/>
    public override double StandardErrors => _energy == 0 ? 0 : _sum / Math.Sqrt(_energy);

    /// <summary>
    /// The number of samples that decide a true claim, except with the rate of inconclusive ones, by a Gaussian approximation. It is used only for planning.
    /// </summary>
    /// <param name="rates">The rates.</param>
    /// <param name="deviation">Root mean square of a residual, in the units of δ.</param>
    /// <param name="discrepancy">δ.</param>
    /// <returns>The number.</returns>
    public static long SamplesFor(ErrorRates rates, double deviation, double discrepancy) => KnownVarianceTest.SamplesFor(rates, deviation, discrepancy);

    /// <summary>Adds a sample, whose residual <c>observed - centre</c> is symmetric about zero.</summary>
    /// <param name="observed">The observed value.</param>
    /// <param name="centre">The centre of symmetry.</param>
    /// <param name="scale">The unit of a discrepancy. It must be positive, and known from the past and from what a change of sign does not change.</param>
    /// <param name="weight">The weight of the sample, known in the same way: larger if a residual scatters less.</param>
    public void Add(Observed observed, Expected centre, double scale, double weight = 1)
    {
        var residual = weight * (observed.Value - centre.Value) / scale;
        var bet = Math.Sqrt(2 * Rates.Threshold / Math.Max(plannedEnergy, _energy));
        if (Count(observed, centre, new Sample(residual, weight, bet), scale))
        {
            _sum += residual;
            _energy += residual * residual;
        }
    }

    /// <inheritdoc/>
    protected override double Gain(in Sample sample, double effect, int side)
    {
        // ln(1 + tanh u) = ln 2 - ln(1 + e^{-2u}), which neither overflows nor cancels.
        var twice = 2 * side * sample.Bet * (sample.Residual - (effect * sample.Slope));
        return Math.Log(2) - (twice > 0 ? Math.Log(1 + Math.Exp(-twice)) : Math.Log(1 + Math.Exp(twice)) - twice);
    }
}
