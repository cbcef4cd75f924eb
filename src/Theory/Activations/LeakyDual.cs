using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>
/// Leaky ReLUs of slope a below 0, including linear (a = 1) and absolute value (a = -1): <c>V = g(ac + ½(1-a)²k₁(c))</c>, <c>T = a + ½(1-a)²k₀(c)</c>.
/// </summary>
/// <remarks>With the arc-cosine kernels of law S1 no digits cancel near c = -1. The duals are homogeneous, so <c>∂V/∂q₁ = (V - pT)/2q₁</c>.</remarks>
internal sealed class LeakyDual(ActivationCurve curve, double slope) : DualActivation(curve)
{
    private readonly double _bend = 0.5 * (1 - slope) * (1 - slope);

    /// <summary>Slope a below 0.</summary>
    public double Slope => slope;

    internal override bool IsClosedForm => true;

    public override ActivationMoments Moments(double variance)
    {
        RequireVariance(variance, nameof(variance));
        var (deviation, half) = (Math.Sqrt(variance), 0.5 * (1 + (slope * slope)));
        var mean = 0.5 * (1 - slope) * deviation * 2 / Math.Sqrt(2 * Math.PI);

        // A variable of variance 0 is 0, and noise passes it with the slope of the left side.
        return new(
            mean: mean,
            meanSlope: variance == 0 ? slope : 0.5 * (1 + slope),
            square: half * variance,
            squareDerivative: half,
            squareSlope: variance == 0 ? slope * slope : half,
            squareSlopeDerivative: 0,
            slopeAlong: mean
        );
    }

    internal override DualDerivatives Compute(double q1, double q2, double p)
    {
        var scale = Scale(q1, q2);
        if (scale == 0)
        {
            // If a variable is 0, its slope is that of the left side.
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
            -0.5 * bent * c / (sine * q2)
        );
    }

    internal override bool IsVectorised => true;

    internal override void Compute(Vector256<double> q1, Vector256<double> q2, Vector256<double> p, bool derivatives, out VectorDual dual)
    {
        dual = default;
        var (one, zero) = (Vector256<double>.One, Vector256<double>.Zero);
        var scale = VectorDual.Scale(q1, q2);
        var isZero = Vector256.Equals(scale, zero);
        if (_bend == 0)
        {
            (dual.V, dual.T) = (Vector256.ConditionalSelect(isZero, zero, p), one);
            return;
        }

        var c = Vector256.Min(one, Vector256.Max(-one, p / scale));
        var sine = Vector256.Sqrt((one - c) * (one + c));
        var phi = VectorAngle.ToOpposite(c, sine);
        var (bent, a) = (Vector256.Create(_bend / Math.PI), Vector256.Create(slope));
        dual.V = scale * Vector256.FusedMultiplyAdd(a, c, bent * VectorAngle.FirstOrder(c, sine, phi));
        dual.T = Vector256.FusedMultiplyAdd(bent, phi, a);
        if (derivatives)
        {
            var half = Vector256.Create(0.5);
            var (change, across) = (half * bent * scale * sine, -half * bent * c / sine);
            (dual.V1, dual.V2) = (change / q1, change / q2);
            (dual.Tp, dual.T1, dual.T2) = (bent / (scale * sine), across / q1, across / q2);
        }

        if (isZero == zero)
        {
            return;
        }

        // If a variable is 0, its slope is that of the left side.
        var both = Vector256.Equals(q1 + q2, zero);
        dual.V = Vector256.ConditionalSelect(isZero, zero, dual.V);
        dual.T = Vector256.ConditionalSelect(isZero, a * Vector256.ConditionalSelect(both, a, Vector256.Create(0.5 * (1 + slope))), dual.T);
        (dual.V1, dual.V2) = (Vector256.ConditionalSelect(isZero, zero, dual.V1), Vector256.ConditionalSelect(isZero, zero, dual.V2));
        (dual.Tp, dual.T1, dual.T2) = (
            Vector256.ConditionalSelect(isZero, zero, dual.Tp),
            Vector256.ConditionalSelect(isZero, zero, dual.T1),
            Vector256.ConditionalSelect(isZero, zero, dual.T2)
        );
    }
}
