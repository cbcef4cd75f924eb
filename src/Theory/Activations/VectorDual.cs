using System.Runtime.Intrinsics;

namespace Wellbehaved.Theory;

/// <summary>V, T and the derivatives of four pairs of points, as <see cref="DualDerivatives"/> in vectors.</summary>
internal struct VectorDual
{
    public Vector256<double> V;
    public Vector256<double> T;
    public Vector256<double> V1;
    public Vector256<double> V2;
    public Vector256<double> Tp;
    public Vector256<double> T1;
    public Vector256<double> T2;

    /// <summary>√(q₁q₂); if both are q, exactly q, as <see cref="DualActivation.Scale"/>.</summary>
    public static Vector256<double> Scale(Vector256<double> q1, Vector256<double> q2) =>
        Vector256.ConditionalSelect(Vector256.Equals(q1, q2), q1, Vector256.Sqrt(q1) * Vector256.Sqrt(q2));
}
