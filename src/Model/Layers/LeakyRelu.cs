using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A leaky ReLU: slope 1 above zero and a elsewhere; the absolute value for a = -1. It is homogeneous, so exponents do not change.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="slope">The slope a below zero, and at zero.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed class LeakyRelu<T>(double slope, int threads) : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly T _slope = T.CreateTruncating(slope);

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        var values = state.Current;
        var channels = values.Shape.Channels;
        var maxima = new (T Signal, T Noise)[RowChunks.Count(values.Shape.Points, channels)];
        RowChunks.ForEach(
            values.Shape.Points,
            channels,
            threads,
            (chunk, first, count) =>
                maxima[chunk] = ElementwiseMath.MultiplyWhereNotPositive(
                    values.Signal.Slice(first * channels, count * channels),
                    values.Noise.Slice(first * channels, count * channels),
                    _slope
                )
        );
        if (T.Abs(_slope) != T.One)
        {
            Rescaling.Apply<T>(values, maxima);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer works in place and owns no memory.
    }
}
