using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Moves all positions of an input into one. Points are ordered by image, row and column with channels innermost, so no number is moved.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class FlattenLayer<T> : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state) => state.Reshape(state.Current.Shape.Flattened());

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }
}
