using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Between a residual branch and the layers of its skip: continues with the values that were held, and holds the branch's.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class SkipStart<T> : ILayer<T>, ISparesInput
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state) => state.Exchange();

    /// <inheritdoc/>
    public void Dispose()
    {
        // Owns nothing.
    }
}
