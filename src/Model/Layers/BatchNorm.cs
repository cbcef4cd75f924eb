using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Batch normalisation over all points of the batch, without shift: <c>z = γ (y - mean)/sqrt(var + ε)</c>.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <remarks>
/// The noise is divided by the signal's <c>sqrt(var + ε)</c> and not centred: batch statistics are held, as theory.md defines the noise of
/// batch-normalised networks. With <see cref="NoiseKind.Full"/> they are differentiated: see <see cref="BatchNormDerivative"/>. The variance is the mean square
/// (with P as denominator), computed in double precision.
/// </remarks>
internal sealed unsafe class BatchNorm<T> : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _epsilon;
    private readonly NormScale _scale;
    private readonly BatchNormDerivative? _derivative;
    private readonly int _threads;
    private readonly ChannelStatistics _statistics;
    private readonly T[] _shift;
    private readonly T[] _factor;

    /// <summary>Prepares batch normalisation.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="epsilon">ε ≥ 0, added to the variance.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public BatchNorm(TensorShape shape, double epsilon, int threads)
        : this(shape, epsilon, 1, NoiseKind.Mapping, threads) { }

    /// <summary>Prepares batch normalisation.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="epsilon">ε ≥ 0, added to the variance.</param>
    /// <param name="scale">γ, the factor of the normalised features.</param>
    /// <param name="noise">Whether batch statistics are differentiated.</param>
    /// <param name="threads">Greatest number of threads.</param>
    internal BatchNorm(TensorShape shape, double epsilon, double scale, NoiseKind noise, int threads)
    {
        _epsilon = epsilon;
        _scale = new NormScale(scale);
        _derivative = noise == NoiseKind.Full ? new BatchNormDerivative(shape.Channels) : null;
        _threads = threads;
        _statistics = new ChannelStatistics(shape.Channels, threads);
        _shift = new T[shape.Channels];
        _factor = new T[shape.Channels];
    }

    /// <inheritdoc/>
    /// <exception cref="DegenerateChannelException">A channel is constant over the batch and ε = 0.</exception>
    public void Propagate(PropagationState<T> state) => Propagate(state, rectify: false);

    /// <summary>Propagates through batch norm and the ReLU after it in one pass over memory, with the same bits as in two passes.</summary>
    /// <param name="state">Holds the current signal and noise, and receives the next.</param>
    /// <exception cref="DegenerateChannelException">A channel is constant over the batch and ε = 0.</exception>
    internal void PropagateThroughRelu(PropagationState<T> state) => Propagate(state, rectify: true);

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer works in place and owns no memory.
    }

    private void Propagate(PropagationState<T> state, bool rectify)
    {
        ArgumentNullException.ThrowIfNull(state);
        var values = state.Current;
        _statistics.Compute(values.Pointer, values.Shape.Points, higherPowers: false);
        var units = NormUnits.Choose(_epsilon, values.SignalExponent);
        for (var channel = 0; channel < _factor.Length; channel++)
        {
            var moments = _statistics.Channels[channel];
            var variance = units.Denominator(moments.Variance);
            if (variance == 0)
            {
                throw new DegenerateChannelException(state.Depth, channel);
            }

            _shift[channel] = T.CreateTruncating(moments.Mean);
            _factor[channel] = T.CreateTruncating(_scale.Factor / Math.Sqrt(variance));
            _derivative?.Take(channel, moments.Mean, variance, units.Own);
        }

        _derivative?.Apply(values, _threads);
        RowChunks.ForEach(values.Shape.Points, _threads, (_, first, count) => Normalise(values, first, count, rectify));
        values.NoiseExponent += _scale.Exponent - units.Exponent;
        values.SignalExponent = _scale.Exponent + units.Own;
        if (units.Own != 0)
        {
            Rescaling.Apply(values, _threads);
        }
    }

    private void Normalise(SignalAndNoise<T> values, int firstPoint, int points, bool rectify)
    {
        var channels = _factor.Length;
        for (var point = firstPoint; point < firstPoint + points; point++)
        {
            var signal = values.Signal.Slice(point * channels, channels);
            var noise = values.Noise.Slice(point * channels, channels);
            ElementwiseMath.SubtractAndMultiply(signal, _shift, _factor);
            ElementwiseMath.Multiply(noise, _factor);
            if (rectify)
            {
                ElementwiseMath.RectifyAndMask(signal, noise);
            }
        }
    }
}
