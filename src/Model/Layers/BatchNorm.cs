using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Batch normalisation over all points of the batch, without scale and shift: <c>z = (y - mean)/sqrt(var + ε)</c>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// The noise is divided by the signal's <c>sqrt(var + ε)</c> and not centred: batch statistics are held fixed, as theory.md
/// defines the noise of batch-normalised nets. The variance is the mean square (P in the denominator), computed in two passes in double precision.
/// </remarks>
public sealed unsafe class BatchNorm<T> : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _epsilon;
    private readonly int _threads;
    private readonly ChannelSums _sums;
    private readonly AlignedBuffer<double> _means;
    private readonly double[] _variances;
    private readonly T[] _shift;
    private readonly T[] _factor;

    /// <summary>Prepares batch normalisation.</summary>
    /// <param name="shape">Shape of what passes through.</param>
    /// <param name="epsilon">ε ≥ 0, added to the variance.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public BatchNorm(TensorShape shape, double epsilon, int threads)
    {
        _epsilon = epsilon;
        _threads = threads;
        _sums = new ChannelSums(shape.Channels, threads);

        // Statistics read means four channels at a time.
        _means = new AlignedBuffer<double>(shape.Channels + 3);
        _variances = new double[shape.Channels];
        _shift = new T[shape.Channels];
        _factor = new T[shape.Channels];
    }

    /// <inheritdoc/>
    /// <exception cref="DegenerateChannelException">A channel is constant over the batch and ε = 0.</exception>
    public void Propagate(PropagationState<T> state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var values = state.Current;
        var (points, channels) = (values.Shape.Points, values.Shape.Channels);
        var means = _means.Span[..channels];
        _sums.Sum(values.Pointer, points, default(ChannelSums.Value), means);
        for (var channel = 0; channel < channels; channel++)
        {
            means[channel] /= points;
        }

        _sums.Sum(values.Pointer, points, new ChannelSums.CentredSquare(_means.Pointer), _variances);
        var scaledEpsilon = Math.ScaleB(_epsilon, -2 * values.SignalExponent);
        for (var channel = 0; channel < channels; channel++)
        {
            var variance = (_variances[channel] / points) + scaledEpsilon;
            if (variance == 0)
            {
                throw new DegenerateChannelException(state.Depth, channel);
            }

            _shift[channel] = T.CreateTruncating(means[channel]);
            _factor[channel] = T.CreateTruncating(1 / Math.Sqrt(variance));
        }

        RowChunks.ForEach(points, _threads, (_, first, count) => Normalise(values, first, count));
        values.NoiseExponent -= values.SignalExponent;
        values.SignalExponent = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _means.Dispose();

    private void Normalise(SignalAndNoise<T> values, int firstPoint, int points)
    {
        var channels = _factor.Length;
        for (var point = firstPoint; point < firstPoint + points; point++)
        {
            ElementwiseMath.SubtractAndMultiply(values.Signal.Slice(point * channels, channels), _shift, _factor);
            ElementwiseMath.Multiply(values.Noise.Slice(point * channels, channels), _factor);
        }
    }
}
