using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// A norm over few channels of a point that an activation may follow: its output lies on a sphere, where its law is known.
/// </summary>
/// <param name="Norm">The norm.</param>
/// <param name="Channels">Number of channels that share their statistics.</param>
/// <param name="SubtractsMean">Whether it subtracts their mean.</param>
/// <param name="Correlations">ρ of the pre-activations (P × P).</param>
/// <param name="Limit">The state after the norm in the limit of many channels.</param>
internal sealed record PendingSphere(Norm Norm, int Channels, bool SubtractsMean, Matrix<double> Correlations, KernelState Limit)
{
    /// <summary>n, dimensions of the sphere.</summary>
    public int Dimension => SubtractsMean ? Channels - 1 : Channels;
}
