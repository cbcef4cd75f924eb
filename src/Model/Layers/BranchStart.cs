using System.Numerics;
using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>The beginning of a residual unit: holds the values for the skip connection, and draws whether the branch survives.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="survival">The survival that is drawn; null where the branch always survives.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class BranchStart<T>(ParameterTensor? survival, int threads) : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        var survives = T.One;
        if (survival is { } drawn)
        {
            state.Fill(drawn, new Span<T>(ref survives));
        }

        state.Hold(double.CreateTruncating(survives), threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }
}
