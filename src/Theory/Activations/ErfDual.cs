using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>The error function: <c>V = (2/π) asin(2p/√m)</c>, <c>T = (4/π)/√(m - 4p²)</c>, m = (1 + 2q₁)(1 + 2q₂).</summary>
internal sealed class ErfDual(ActivationCurve curve) : DualActivation(curve), IComplexDual
{
    internal override bool IsClosedForm => true;

    public bool GrowsExponentially => false;

    public Complex Mean(Complex q) => Complex.Zero;

    public Complex V(Complex q1, Complex q2, Complex p) => 2 / Math.PI * Complex.Asin(2 * p / (Complex.Sqrt(1 + (2 * q1)) * Complex.Sqrt(1 + (2 * q2))));

    public Complex T(Complex q1, Complex q2, Complex p)
    {
        var (a, b) = (Complex.Sqrt(1 + (2 * q1)), Complex.Sqrt(1 + (2 * q2)));
        return 4 / Math.PI / (Complex.Sqrt((a * b) - (2 * p)) * Complex.Sqrt((a * b) + (2 * p)));
    }

    internal override DualDerivatives Compute(double q1, double q2, double p)
    {
        var (a, b, g) = (1 + (2 * q1), 1 + (2 * q2), Scale(q1, q2));

        // m - 4p², without subtracting large numbers from each other.
        var rest = 1 + (2 * (q1 + q2)) + (4 * (g - p) * (g + p));
        var root = Math.Sqrt(rest);
        var cube = 4 / Math.PI / (rest * root);
        return new(
            2 / Math.PI * Math.Atan2(2 * p, root),
            4 / Math.PI / root,
            -4 / Math.PI * p / (a * root),
            -4 / Math.PI * p / (b * root),
            4 * p * cube,
            -b * cube,
            -a * cube
        );
    }

    internal override bool IsVectorised => true;

    internal override void Compute(Vector256<double> q1, Vector256<double> q2, Vector256<double> p, bool derivatives, out VectorDual dual)
    {
        dual = default;
        var (one, two) = (Vector256<double>.One, Vector256.Create(2.0));
        var (a, b, g) = (one + (two * q1), one + (two * q2), VectorDual.Scale(q1, q2));
        var rest = one + (two * (q1 + q2)) + (Vector256.Create(4.0) * (g - p) * (g + p));
        var root = Vector256.Sqrt(rest);
        var h = Vector256.Sqrt(a) * Vector256.Sqrt(b);
        var c = Vector256.Min(one, Vector256.Max(-one, two * p / h));
        var factor = Vector256.Create(4 / Math.PI);
        dual.V = Vector256.Create(2 / Math.PI) * VectorAngle.Asin(c, root / h);
        dual.T = factor / root;
        if (derivatives)
        {
            var cube = factor / (rest * root);
            (dual.V1, dual.V2) = (-factor * p / (a * root), -factor * p / (b * root));
            (dual.Tp, dual.T1, dual.T2) = (Vector256.Create(4.0) * p * cube, -b * cube, -a * cube);
        }
    }
}
