using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>
/// GELU, uΦ(u): with <c>h = √((1+q₁)(1+q₂))</c>, <c>Δ = h² - p²</c>, <c>a = 1/(1+q₁) + 1/(1+q₂)</c>, <c>F = 1/(2π√Δ)</c> and <c>L = ¼ + asin(p/h)/2π</c>,
/// <c>V = pL + F(q₁q₂ - p² + ap²)</c> and <c>T = L + Fp(a + 1/Δ)</c>.
/// </summary>
internal sealed class GeluDual(ActivationCurve curve) : DualActivation(curve), IComplexDual
{
    internal override bool IsClosedForm => true;

    public bool GrowsExponentially => false;

    public Complex Mean(Complex q) => q / (Math.Sqrt(2 * Math.PI) * Complex.Sqrt(1 + q));

    public Complex V(Complex q1, Complex q2, Complex p)
    {
        var parts = ComplexParts(q1, q2, p);
        return (p * parts.L) + (parts.F * ((q1 * q2) - (p * p) + (parts.A * p * p)));
    }

    public Complex T(Complex q1, Complex q2, Complex p)
    {
        var parts = ComplexParts(q1, q2, p);
        return parts.L + (parts.F * p * (parts.A + (1 / parts.Delta)));
    }

    internal override DualDerivatives Compute(double q1, double q2, double p)
    {
        var (a1, a2, g) = (1 + q1, 1 + q2, Scale(q1, q2));

        // q₁q₂ - p² and Δ, without subtracting large numbers from each other, which would give 0 from q = 2⁵³ on.
        var free = (g - p) * (g + p);
        var delta = 1 + q1 + q2 + free;
        var root = Math.Sqrt(delta);
        var (f, a) = (1 / (2 * Math.PI * root), (1 / a1) + (1 / a2));
        var both = 0.25 + (Math.Atan2(p, root) / (2 * Math.PI));
        var along = a + (1 / delta);
        var rest = free + (a * p * p);
        return new(
            (p * both) + (f * rest),
            both + (f * p * along),
            f * (q2 - (p * p * ((0.5 / a1) + (1 / (a1 * a1)))) - (0.5 * a2 * rest / delta)),
            f * (q1 - (p * p * ((0.5 / a2) + (1 / (a2 * a2)))) - (0.5 * a1 * rest / delta)),
            f * (1 + ((1 + (p * p / delta)) * along) + (2 * p * p / (delta * delta))),
            -f * p * ((0.5 / a1) + (0.5 * a2 * along / delta) + (1 / (a1 * a1)) + (a2 / (delta * delta))),
            -f * p * ((0.5 / a2) + (0.5 * a1 * along / delta) + (1 / (a2 * a2)) + (a1 / (delta * delta)))
        );
    }

    internal override bool IsVectorised => true;

    internal override void Compute(Vector256<double> q1, Vector256<double> q2, Vector256<double> p, bool derivatives, out VectorDual dual)
    {
        dual = default;
        var (one, half) = (Vector256<double>.One, Vector256.Create(0.5));
        var (a1, a2, g) = (one + q1, one + q2, VectorDual.Scale(q1, q2));
        var free = (g - p) * (g + p);
        var delta = one + q1 + q2 + free;
        var root = Vector256.Sqrt(delta);
        var h = Vector256.Sqrt(a1) * Vector256.Sqrt(a2);
        var c = Vector256.Min(one, Vector256.Max(-one, p / h));
        var (f, r1, r2, square) = (Vector256.Create(0.5 / Math.PI) / root, one / a1, one / a2, p * p);
        var both = Vector256.Create(0.5 / Math.PI) * VectorAngle.ToOpposite(c, root / h);
        var (a, over) = (r1 + r2, one / delta);
        var (along, rest) = (a + over, free + (a * square));
        dual.V = (p * both) + (f * rest);
        dual.T = both + (f * p * along);
        if (derivatives)
        {
            dual.V1 = f * (q2 - (square * ((half * r1) + (r1 * r1))) - (half * a2 * rest * over));
            dual.V2 = f * (q1 - (square * ((half * r2) + (r2 * r2))) - (half * a1 * rest * over));
            dual.Tp = f * (one + ((one + (square * over)) * along) + ((square + square) * over * over));
            dual.T1 = -f * p * ((half * r1) + (half * a2 * along * over) + (r1 * r1) + (a2 * over * over));
            dual.T2 = -f * p * ((half * r2) + (half * a1 * along * over) + (r2 * r2) + (a1 * over * over));
        }
    }

    private static (Complex L, Complex F, Complex A, Complex Delta) ComplexParts(Complex q1, Complex q2, Complex p)
    {
        // The roots of factors that stay away from the negative axis are multiplied; the root of their product would cross it.
        var (a1, a2) = (1 + q1, 1 + q2);
        var h = Complex.Sqrt(a1) * Complex.Sqrt(a2);
        var delta = (a1 * a2) - (p * p);
        var root = Complex.Sqrt(h - p) * Complex.Sqrt(h + p);
        return (0.25 + (Complex.Asin(p / h) / (2 * Math.PI)), 1 / (2 * Math.PI * root), (1 / a1) + (1 / a2), delta);
    }
}
