namespace Wellbehaved.Theory;

/// <summary>The limit of a stack of equal layers <c>W s(y) + b</c> at infinite width: fixed points, slopes there, depth scales.</summary>
/// <remarks>
/// <c>q ← σ_w² E s(√q z)² + σ_b²</c>. Source: B. Poole et al. 2016; S. Schoenholz et al. 2017; S. Hayou et al. 2019; docs/theory.md, “Any network of layers”.
/// </remarks>
public sealed class MeanField
{
    /// <summary>A map that changes no variance by more than this share keeps all variances: the edge of homogeneous activations.</summary>
    private const double Still = 1e-13;

    private const double Smallest = 1e-12;
    private const double Largest = 1e12;

    /// <summary>Steps below this size that no longer decrease are due to rounding.</summary>
    private const double NearRoot = 1e-10;

    /// <summary>The greatest relative change, beyond the largest variance of the search, by which an activation counts as saturated.</summary>
    private const double Saturated = 1e-5;

    /// <summary>A slope that is closer to 1 counts as that of the edge; the root of double precision.</summary>
    private const double EdgeWidth = 1e-7;

    /// <summary>Describes the stack.</summary>
    /// <param name="dual">Dual of the activation s.</param>
    /// <param name="weightVariance">σ_w² ≥ 0.</param>
    /// <param name="biasVariance">σ_b² ≥ 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A variance is negative or not finite.</exception>
    public MeanField(DualActivation dual, double weightVariance, double biasVariance = 0)
    {
        ArgumentNullException.ThrowIfNull(dual);
        DualActivation.RequireVariance(weightVariance, nameof(weightVariance));
        DualActivation.RequireVariance(biasVariance, nameof(biasVariance));
        (Dual, WeightVariance, BiasVariance) = (dual, weightVariance, biasVariance);
        Variance = FixedPoint();
        (NoiseGain, RadialGain) = GainsAt(Variance);
        Correlation = FixedCorrelation();
    }

    /// <summary>Dual of the activation.</summary>
    internal DualActivation Dual { get; }

    /// <summary>σ_w².</summary>
    public double WeightVariance { get; }

    /// <summary>σ_b².</summary>
    public double BiasVariance { get; }

    /// <summary>
    /// q*, the limit of the variance from a start at 1: 0 if variances vanish, infinite if they grow without end, 1 if every variance is kept.
    /// </summary>
    public double Variance { get; }

    /// <summary>χ₁ = σ_w² E s'², the factor of the noise in a layer at q*; also the slope of the correlation's map at 1.</summary>
    public double NoiseGain { get; }

    /// <summary>χ_q = σ_w² dE s²/dq, the factor of a deviation from q* in a layer; above 1, q* repels.</summary>
    public double RadialGain { get; }

    /// <summary>c*, the stable correlation of two points: 1 in the ordered phase and on the edge.</summary>
    public double Correlation { get; }

    /// <summary>ξ_c = -1/ln f'(c*): the number of layers over which correlations forget their initial value; infinite on the edge.</summary>
    public double CorrelationDepth => DepthScale(CorrelationSlope(Correlation));

    /// <summary>The phase of the stack.</summary>
    public Phase Phase =>
        !double.IsFinite(Variance) ? Phase.Unbounded
        : Math.Abs(NoiseGain - 1) <= EdgeWidth ? Phase.Edge
        : NoiseGain < 1 ? Phase.Ordered
        : NoiseGain > 1 ? Phase.Chaotic
        : throw new InvalidOperationException($"no slope at the fixed point {Variance} of {Dual.Curve}");

    /// <summary>The variance after a layer.</summary>
    /// <param name="variance">q before the layer.</param>
    /// <returns>σ_w² E s² + σ_b².</returns>
    public double Next(double variance) => (WeightVariance * Dual.Moments(variance).Square) + BiasVariance;

    /// <summary>Both slopes at any variance, not only at the fixed point.</summary>
    /// <param name="variance">q.</param>
    /// <returns>χ₁ and χ_q there; NaN where q is infinite.</returns>
    internal (double Noise, double Radial) GainsAt(double variance)
    {
        if (!double.IsFinite(variance))
        {
            return (double.NaN, double.NaN);
        }

        // The slopes of homogeneous activations are the same at every variance above 0; where variances vanish, these are their limits.
        var moments = Dual.Moments(Dual is LeakyDual ? 1 : variance);
        return (WeightVariance * moments.SquareSlope, WeightVariance * moments.SquareDerivative);
    }

    /// <summary>f(c), the correlation of two points of variance q* after a layer.</summary>
    /// <param name="correlation">c before the layer.</param>
    /// <returns>(σ_w² V(q*, q*, cq*) + σ_b²)/q*.</returns>
    public double NextCorrelation(double correlation) => ((WeightVariance * Dual.Evaluate(Seen, Seen, correlation * Seen).V) + BiasVariance) / Variance;

    /// <summary>f'(c) = σ_w² T(q*, q*, cq*).</summary>
    /// <param name="correlation">c.</param>
    /// <returns>The slope.</returns>
    public double CorrelationSlope(double correlation) =>
        double.IsFinite(Variance) ? WeightVariance * (Variance == 0 ? 1 : Seen / Variance) * Dual.Evaluate(Seen, Seen, correlation * Seen).T : double.NaN;

    /// <summary>F3: the limit of l(1 - c) on a smooth edge, <c>2/f''(1) = 2/(σ_w² q* E s''²)</c>.</summary>
    /// <returns>The limit; 0 for an activation whose slope jumps, whose collapse is faster (see <see cref="HomogeneousCollapse"/>).</returns>
    public double EdgeCollapse() =>
        Dual.Curve.Jumps.Any(jump => jump != 0)
            ? 0
            : 2
                / (
                    WeightVariance
                    * Variance
                    * GaussianNodes.Expectation(0, Math.Sqrt(Variance), Dual.Curve.Kinks, u => Dual.Curve.Curvature(u) * Dual.Curve.Curvature(u))
                );

    /// <summary>F4: the limit of l√(1-c) for a leaky ReLU on its edge, <c>3π/(2√2 w)</c>, <c>w = (1-a)²/(2(1+a²))</c>.</summary>
    /// <param name="slope">a, not 1.</param>
    /// <returns>The limit.</returns>
    public static double HomogeneousCollapse(double slope) => 3 * Math.PI * (1 + (slope * slope)) / (Math.Sqrt(2) * (1 - slope) * (1 - slope));

    /// <summary>
    /// The variance at which duals are evaluated: q*, but at most the largest variance of the search. Only saturated activations have a greater q*, and their
    /// duals no longer change there.
    /// </summary>
    private double Seen => Math.Min(Variance, Largest);

    private static double DepthScale(double slope) =>
        slope switch
        {
            >= 1 - EdgeWidth => double.PositiveInfinity,
            <= 0 => 0,
            _ => -1 / Math.Log(slope),
        };

    /// <summary>The first variance, on the way from 1, at which growth and decay change places.</summary>
    private double FixedPoint()
    {
        double Growth(double variance) => (Next(variance) - variance) / variance;
        var (at, growth) = (1.0, Growth(1));
        if (Math.Abs(growth) <= Still && Math.Abs(Growth(2)) <= Still)
        {
            return 1;
        }

        var step = growth > 0 ? 1.25 : 0.8;
        for (var next = at * step; ; at = next, next *= step)
        {
            if (next > Largest)
            {
                // A saturated activation has the same moments at every large variance.
                var saturated = Next(at);
                return double.IsFinite(saturated) && Math.Abs(Next(4 * at) - saturated) <= Saturated * saturated ? Next(saturated) : double.PositiveInfinity;
            }

            if (next < Smallest)
            {
                return BiasVariance;
            }

            if (Math.Sign(Growth(next)) != Math.Sign(growth))
            {
                return Root.Find(Growth, Math.Min(at, next), Math.Max(at, next));
            }
        }
    }

    /// <summary>Newton's method from the left, where f(c) - c falls and is convex.</summary>
    private double FixedCorrelation()
    {
        if (!double.IsFinite(Variance) || Variance == 0 || NoiseGain <= 1 + EdgeWidth)
        {
            return double.IsFinite(Variance) && Variance > 0 ? 1 : double.NaN;
        }

        var (c, before) = (0.0, 1.0);
        for (var iteration = 0; iteration < 200; iteration++)
        {
            var next = c - ((NextCorrelation(c) - c) / (CorrelationSlope(c) - 1));
            var step = Math.Abs(next - c);
            if (!(step > 1e-15) || (before < NearRoot && step >= before))
            {
                return next;
            }

            (c, before) = (Math.Min(1, next), step);
        }

        return c;
    }
}
