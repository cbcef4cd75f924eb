using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Stands between a residual branch and the layers of its skip: continues with the held values, and holds those of the branch.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class SkipStart<T> : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state) => state.Exchange();

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer owns no memory.
    }
}
