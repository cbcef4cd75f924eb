namespace Wellbehaved.Audit;

/// <summary>A test of residuals that are symmetric about zero given the past and their own magnitudes: nothing else is known of them, nor needed.</summary>
/// <remarks>
/// For d symmetric about 0 <c>1 + tanh(λd)</c> has the mean 1 exactly, whatever the law of its magnitude; so the product over samples is a nonnegative
/// martingale for bets λ_i made before d_i came, and so is its mirror image. A single sample gains ln 2 at most: no tail can do harm. The bets follow the
/// energy Σd² seen so far, and the planned one before that is reached. Where pre-activations are Gaussian, flipping the sign of a neuron's weights makes such
/// residuals of S4, S6 and S8; where a subject and an exact sampler have the same law, exchanging them makes any function of the one less the same function of
/// the other symmetric (R1, R2, A1, A2, W4, P5). Sources: S. Howard, A. Ramdas, J. McAuliffe and J. Sekhon, <i>Time-uniform Chernoff bounds via nonnegative
/// supermartingales</i>, Probab. Surv. 2020, on symmetric increments; I. Waudby-Smith and A. Ramdas, <i>Estimating means of bounded random variables by
/// betting</i>, JRSS-B 2024, on bets of this form.
/// </remarks>
/// <param name="rates">How often the test may be wrong.</param>
/// <param name="discrepancy">δ, in the units of the scale that each sample names.</param>
/// <param name="plannedEnergy">Σd² for which the bets are made; any other is valid.</param>
/// <param name="kind">In which terms an effect is told.</param>
internal sealed class SymmetryTest(ErrorRates rates, double discrepancy, double plannedEnergy, EffectKind kind = EffectKind.Ratio)
    : TestOfMean(rates, discrepancy, kind)
{
    private double _sum;
    private double _energy;

    /// <inheritdoc/>
    public override double StandardErrors => _energy == 0 ? 0 : _sum / Math.Sqrt(_energy);

    /// <summary>
    /// The number of samples that decide a true claim but for the rate of undecided ones, by a Gaussian approximation; it plans and says nothing.
    /// </summary>
    /// <param name="rates">The rates.</param>
    /// <param name="deviation">Root mean square of a residual, in the units of δ.</param>
    /// <param name="discrepancy">δ.</param>
    /// <returns>The number.</returns>
    public static long SamplesFor(ErrorRates rates, double deviation, double discrepancy) => KnownVarianceTest.SamplesFor(rates, deviation, discrepancy);

    /// <summary>Takes a sample, whose residual <c>observed - centre</c> is symmetric about zero.</summary>
    /// <param name="observed">What came.</param>
    /// <param name="centre">The centre of symmetry.</param>
    /// <param name="scale">What a discrepancy is relative to; known from the past and from what a change of sign leaves as it is. Positive.</param>
    /// <param name="weight">How much the sample counts, known likewise: more where a residual scatters less.</param>
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
