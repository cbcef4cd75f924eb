using System.Numerics;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Inverted dropout: signal and noise are multiplied by a mask of zeros and 1/p, with one row for all points or one for each.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class DropoutLayer<T> : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ParameterTensor _tensor;
    private readonly AlignedBuffer<T> _mask;
    private readonly int _threads;

    /// <summary>Allocates the mask.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="mask">The mask.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public DropoutLayer(TensorShape shape, ParameterTensor mask, int threads)
    {
        (_tensor, _threads) = (mask, threads);
        _mask = new AlignedBuffer<T>(mask.FanIn == 1 ? shape.Channels : shape.Elements);
    }

    /// <inheritdoc/>
    public void Propagate(PropagationState<T> state)
    {
        var values = state.Current;
        var channels = values.Shape.Channels;
        state.Fill(_tensor, _mask.Span);
        var shared = _mask.Length == channels;
        RowChunks.ForEach(
            values.Shape.Points,
            _threads,
            (_, first, count) =>
            {
                for (var point = first; point < first + count; point++)
                {
                    var mask = _mask.Span.Slice(shared ? 0 : point * channels, channels);
                    ElementwiseMath.Multiply(values.Signal.Slice(point * channels, channels), mask);
                    ElementwiseMath.Multiply(values.Noise.Slice(point * channels, channels), mask);
                }
            }
        );
        Rescaling.Apply(values, _threads);
    }

    /// <inheritdoc/>
    public void Dispose() => _mask.Dispose();
}
