using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>The activation <c>max(·, 0)</c>; the noise passes where the signal is positive.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class Relu<T>(int threads) : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var values = state.Current;
        var channels = values.Shape.Channels;
        RowChunks.ForEach(
            values.Shape.Points,
            threads,
            (_, first, count) =>
                ElementwiseMath.RectifyAndMask(values.Signal.Slice(first * channels, count * channels), values.Noise.Slice(first * channels, count * channels))
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer works in place and owns no memory.
    }
}
