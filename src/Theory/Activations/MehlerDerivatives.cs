namespace Wellbehaved.Theory;

/// <summary>Tables whose sums are the derivatives of a dual.</summary>
/// <param name="Values">a_n.</param>
/// <param name="Slopes">b_n.</param>
/// <param name="ValueByVariance">√((n+1)(n+2)) a_{n+2}/2q; its sum with the other point's a_n is ∂V/∂q.</param>
/// <param name="SlopeByVariance">The same for T.</param>
/// <param name="Curvature">√((n+1)/q) b_{n+1}; its sum with the same table of the other point is ∂T/∂p.</param>
internal sealed record MehlerDerivatives(double[][] Values, double[][] Slopes, double[][] ValueByVariance, double[][] SlopeByVariance, double[][] Curvature);
