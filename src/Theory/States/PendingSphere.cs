using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// A norm over few channels of a point that the next layer may follow as an activation: what it passes on is on a sphere, and its law there is known.
/// </summary>
/// <param name="Norm">The norm.</param>
/// <param name="Channels">Channels that share their statistics.</param>
/// <param name="SubtractsMean">Whether it centres them.</param>
/// <param name="Correlations">ρ of the pre-activations (P × P).</param>
/// <param name="Limit">The state after the norm in the limit of many channels.</param>
internal sealed record PendingSphere(Norm Norm, int Channels, bool SubtractsMean, Matrix<double> Correlations, KernelState Limit)
{
    /// <summary>n, dimensions of the sphere.</summary>
    public int Dimension => SubtractsMean ? Channels - 1 : Channels;
}
