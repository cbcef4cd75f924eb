namespace Wellbehaved.Theory;

/// <summary>The dual of an activation at variances q₁, q₂ and covariance p of two Gaussian variables u and v, with the derivatives that noise needs.</summary>
/// <param name="V">E s(u)s(v).</param>
/// <param name="T">E s'(u)s'(v) = ∂V/∂p.</param>
/// <param name="V1">∂V/∂q₁.</param>
/// <param name="V2">∂V/∂q₂.</param>
/// <param name="Tp">∂T/∂p; infinite at correlations ±1 where kinks meet.</param>
/// <param name="T1">∂T/∂q₁.</param>
/// <param name="T2">∂T/∂q₂.</param>
internal readonly record struct DualDerivatives(double V, double T, double V1, double V2, double Tp, double T1, double T2);
