using System.Numerics;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Batch norm, <c>z = γ (y - mean)/sqrt(var + ε)</c>, and its adjoint.</summary>
/// <remarks>
/// If the statistics are differentiated, the derivative is symmetric, so that the adjoint is the derivative itself: with û = (y - mean)/sqrt(var + ε),
/// <c>dy = γ (g - mean(g) - û·mean(û g))/sqrt(var + ε)</c>. If they are held, or given by the caller, <c>dy = γ g/sqrt(var + ε)</c>.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; sums are double.</typeparam>
internal sealed unsafe class BatchNormAdjoint<T> : AdjointLayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly double _epsilon;
    private readonly NormScale _scale;
    private readonly int _index;
    private readonly bool _differentiates;
    private readonly ChannelStatistics _statistics;
    private readonly T[] _shift;
    private readonly T[] _factor;
    private readonly double[] _means;
    private readonly double[] _inverseVariances;
    private readonly double[] _factors;
    private bool _isHeld;
    private int _exponentChange;

    /// <summary>Prepares batch norm.</summary>
    /// <param name="shape">Shape of input and output.</param>
    /// <param name="norm">Its description.</param>
    /// <param name="index">Its number among the batch norms of the network.</param>
    /// <param name="noise">Whether batch statistics are differentiated.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public BatchNormAdjoint(TensorShape shape, Networks.BatchNorm norm, int index, NoiseKind noise, int threads)
        : base(shape, shape)
    {
        (_epsilon, _scale, _index, _differentiates) = (norm.Epsilon, new NormScale(norm.Scale), index, noise == NoiseKind.Full);
        _statistics = new ChannelStatistics(shape.Channels, threads);
        (_shift, _factor) = (new T[shape.Channels], new T[shape.Channels]);
        (_means, _inverseVariances, _factors) = (new double[shape.Channels], new double[shape.Channels], new double[shape.Channels]);
        Statistics = new BatchStatistics(shape.Channels);
    }

    /// <inheritdoc/>
    public override bool NeedsInput => _differentiates;

    /// <summary>Mean and variance of the last batch.</summary>
    public BatchStatistics Statistics { get; }

    /// <inheritdoc/>
    /// <exception cref="DegenerateChannelException">A channel is constant over the batch and ε = 0.</exception>
    public override void Forward(ScaledTensor<T> source, ScaledTensor<T> target, PassContext<T> context)
    {
        var given = context.Statistics?[_index];
        _isHeld = !_differentiates || given is not null;
        if (given is null)
        {
            _statistics.Compute(source.Pointer, Input.Points, higherPowers: false);
        }

        var exponent = source.Exponent;
        var units = NormUnits.Choose(_epsilon, exponent);
        for (var channel = 0; channel < _factor.Length; channel++)
        {
            var (mean, square) = given is null
                ? (_statistics.Channels[channel].Mean, _statistics.Channels[channel].Variance)
                : (Math.ScaleB(given.Means[channel], -exponent), Math.ScaleB(given.Variances[channel], -2 * exponent));
            if (given is null)
            {
                (Statistics.Means[channel], Statistics.Variances[channel]) = (Math.ScaleB(mean, exponent), Math.ScaleB(square, 2 * exponent));
            }

            var variance = units.Denominator(square);
            if (variance == 0)
            {
                throw new DegenerateChannelException(context.Depth, channel);
            }

            (_shift[channel], _factor[channel]) = (T.CreateTruncating(mean), T.CreateTruncating(_scale.Factor / Math.Sqrt(variance)));
            (_means[channel], _factors[channel]) = (mean, double.CreateTruncating(_factor[channel]));
            _inverseVariances[channel] = Math.ScaleB(1 / variance, 2 * units.Own);
        }

        RowChunks.ForEach(
            Input.Points,
            context.Threads,
            (_, first, count) =>
            {
                for (var point = first; point < first + count; point++)
                {
                    AdjointMath.SubtractAndMultiply<T>(target.Rows(Input.Channels, point, 1), source.Rows(Input.Channels, point, 1), _shift, _factor);
                }
            }
        );
        _exponentChange = _scale.Exponent - units.Exponent;
        target.Exponent = exponent + _exponentChange;
        if (units.Own != 0)
        {
            target.Rescale(Output, context.Threads);
        }
    }

    /// <inheritdoc/>
    public override void Backward(
        (ScaledTensor<T> Input, ScaledTensor<T> Output) signals,
        ScaledTensor<T> gradient,
        ScaledTensor<T>? target,
        PassContext<T> context
    )
    {
        if (target is null)
        {
            return;
        }

        target.Exponent = gradient.Exponent + _exponentChange;
        if (_isHeld)
        {
            RowChunks.ForEach(
                Input.Points,
                context.Threads,
                (_, first, count) =>
                {
                    for (var point = first; point < first + count; point++)
                    {
                        AdjointMath.Multiply(target.Rows(Input.Channels, point, 1), gradient.Rows(Input.Channels, point, 1), _factor);
                    }
                }
            );
        }
        else
        {
            Project(signals.Input, gradient, target, context.Threads);
        }

        target.Rescale(Input, context.Threads);
    }

    private void Project(ScaledTensor<T> signal, ScaledTensor<T> gradient, ScaledTensor<T> target, int threads)
    {
        var channels = Input.Channels;
        var chunks = RowChunks.Count(Input.Points);
        var sums = new double[2 * chunks * channels];
        RowChunks.ForEach(
            Input.Points,
            threads,
            (chunk, first, count) =>
                Sum(signal, gradient, first, count, sums.AsSpan(2 * chunk * channels, channels), sums.AsSpan(((2 * chunk) + 1) * channels, channels))
        );
        var (means, slopes) = (new double[channels], new double[channels]);
        for (var channel = 0; channel < channels; channel++)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                means[channel] += sums[(2 * chunk * channels) + channel];
                slopes[channel] += sums[(((2 * chunk) + 1) * channels) + channel];
            }

            means[channel] /= Input.Points;
            slopes[channel] *= _inverseVariances[channel] / Input.Points;
        }

        RowChunks.ForEach(Input.Points, threads, (_, first, count) => Subtract(signal, gradient, target, first, count, means, slopes));
    }

    /// <summary>Sums of the gradient, and of its products with the deviations.</summary>
    private void Sum(ScaledTensor<T> signal, ScaledTensor<T> gradient, int first, int count, Span<double> sums, Span<double> products)
    {
        var channels = Input.Channels;
        var start = signal.Pointer + ((nint)first * channels);
        var startOfGradient = gradient.Pointer + ((nint)first * channels);
        var channel = 0;
        for (; channel <= channels - 8; channel += 8)
        {
            var mean = Vector512.Create<double>(_means.AsSpan(channel));
            Vector512<double> sum = default,
                product = default;
            for (nint i = channel; i < (nint)count * channels; i += channels)
            {
                var g = VectorMath.LoadEight(startOfGradient + i);
                sum += g;
                product = Vector512.FusedMultiplyAdd(VectorMath.LoadEight(start + i) - mean, g, product);
            }

            sum.CopyTo(sums[channel..]);
            product.CopyTo(products[channel..]);
        }

        for (; channel < channels; channel++)
        {
            var (sum, product) = (0.0, 0.0);
            for (nint i = channel; i < (nint)count * channels; i += channels)
            {
                var g = double.CreateTruncating(startOfGradient[i]);
                sum += g;
                product = Math.FusedMultiplyAdd(double.CreateTruncating(start[i]) - _means[channel], g, product);
            }

            (sums[channel], products[channel]) = (sum, product);
        }
    }

    private void Subtract(ScaledTensor<T> signal, ScaledTensor<T> gradient, ScaledTensor<T> target, int first, int count, double[] means, double[] slopes)
    {
        var channels = Input.Channels;
        for (var point = first; point < first + count; point++)
        {
            var offset = (nint)point * channels;
            var y = signal.Pointer + offset;
            var g = gradient.Pointer + offset;
            var result = target.Pointer + offset;
            var channel = 0;
            for (; channel <= channels - 8; channel += 8)
            {
                var deviation = VectorMath.LoadEight(y + channel) - Vector512.Create<double>(_means.AsSpan(channel));
                var rest =
                    VectorMath.LoadEight(g + channel)
                    - Vector512.Create<double>(means.AsSpan(channel))
                    - (deviation * Vector512.Create<double>(slopes.AsSpan(channel)));
                AdjointMath.StoreEight(rest * Vector512.Create<double>(_factors.AsSpan(channel)), result + channel);
            }

            for (; channel < channels; channel++)
            {
                var deviation = double.CreateTruncating(y[channel]) - _means[channel];
                result[channel] = T.CreateTruncating(
                    (double.CreateTruncating(g[channel]) - means[channel] - (deviation * slopes[channel])) * _factors[channel]
                );
            }
        }
    }
}
