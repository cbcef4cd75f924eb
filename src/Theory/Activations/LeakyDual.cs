namespace Wellbehaved.Theory;

/// <summary>Leaky ReLUs of slope a below 0, linear (a = 1) and absolute value (a = -1) among them: <c>V = g(ac + ½(1-a)²k₁(c))</c>, <c>T = a + ½(1-a)²k₀(c)</c>.</summary>
/// <remarks>With the arc-cosine kernels of law S1 nothing cancels near c = -1. They are homogeneous, so <c>∂V/∂q₁ = (V - pT)/2q₁</c>.</remarks>
internal sealed class LeakyDual(ActivationCurve curve, double slope) : DualActivation(curve)
{
    private readonly double _bend = 0.5 * (1 - slope) * (1 - slope);

    /// <summary>Slope a below 0.</summary>
    public double Slope => slope;

    public override bool IsClosedForm => true;

    public override ActivationMoments Moments(double variance)
    {
        RequireVariance(variance, nameof(variance));
        var (deviation, half) = (Math.Sqrt(variance), 0.5 * (1 + (slope * slope)));
        var mean = 0.5 * (1 - slope) * deviation * 2 / Math.Sqrt(2 * Math.PI);
        return new(Mean: mean, MeanSlope: 0.5 * (1 + slope), Square: half * variance, SquareDerivative: half, SquareSlope: half, SquareSlopeDerivative: 0, SlopeAlong: mean);
    }

    internal override DualDerivatives Compute(double q1, double q2, double p)
    {
        var scale = Scale(q1, q2);
        if (scale == 0)
        {
            // One variable is 0, where the slope is that of the left side.
            var other = q1 == 0 && q2 == 0 ? slope : 0.5 * (1 + slope);
            return new(0, slope == 1 ? 1 : slope * other, 0, 0, 0, 0, 0);
        }

        if (_bend == 0)
        {
            return new(p, 1, 0, 0, 0, 0, 0);
        }

        var c = Math.Clamp(p / scale, -1, 1);
        var sine = Math.Sqrt((1 - c) * (1 + c));
        var bent = _bend / Math.PI;
        var change = bent * scale * sine;
        return new(
            scale * ((slope * c) + (_bend * ArcCosineKernel.Order1(c))),
            slope + (_bend * ArcCosineKernel.Order0(c)),
            0.5 * change / q1,
            0.5 * change / q2,
            bent / (scale * sine),
            -0.5 * bent * c / (sine * q1),
            -0.5 * bent * c / (sine * q2));
    }
}
