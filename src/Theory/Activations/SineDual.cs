using System.Numerics;

namespace Wellbehaved.Theory;

/// <summary>The sine: <c>V = e^{-(q₁+q₂)/2} sinh p</c>, <c>T = e^{-(q₁+q₂)/2} cosh p</c>.</summary>
internal sealed class SineDual(ActivationCurve curve) : DualActivation(curve), IComplexDual
{
    internal override bool IsClosedForm => true;

    public override ActivationMoments Moments(double variance)
    {
        // A closed form is used, because a quadrature would have to resolve the oscillations.
        _ = Evaluate(variance, variance, variance);
        var (fast, slow) = (Math.Exp(-2 * variance), Math.Exp(-0.5 * variance));
        return new(0, slow, -0.5 * SmallNumbers.ExpMinusOne(-2 * variance), fast, 0.5 * (1 + fast), -fast, 0);
    }

    public bool GrowsExponentially => true;

    public Complex Mean(Complex q) => Complex.Zero;

    public Complex V(Complex q1, Complex q2, Complex p)
    {
        var middle = -0.5 * (q1 + q2);
        return 0.5 * (Complex.Exp(middle + p) - Complex.Exp(middle - p));
    }

    public Complex T(Complex q1, Complex q2, Complex p)
    {
        var middle = -0.5 * (q1 + q2);
        return 0.5 * (Complex.Exp(middle + p) + Complex.Exp(middle - p));
    }

    internal override DualDerivatives Compute(double q1, double q2, double p)
    {
        var middle = 0.5 * (q1 + q2);
        var (near, far) = (Math.Exp(Math.Abs(p) - middle), Math.Exp(-Math.Abs(p) - middle));
        var v = Math.Abs(p) < 0.5 ? Math.Exp(-middle) * Math.Sinh(p) : Math.Sign(p) * 0.5 * (near - far);
        var t = 0.5 * (near + far);
        return new(v, t, -0.5 * v, -0.5 * v, v, -0.5 * t, -0.5 * t);
    }
}
