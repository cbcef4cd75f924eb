using System.Numerics;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// The additional noise where the statistics of a batch norm are differentiated: <c>dy ← dy - mean(dy) - û·mean(û dy)</c>, with û the normalised signal. The
/// norm's factor is applied afterwards.
/// </summary>
/// <remarks>Means run over the points, in double precision, in chunks that do not depend on the number of threads.</remarks>
internal sealed class BatchNormDerivative(int channels)
{
    private readonly double[] _means = new double[channels];
    private readonly double[] _factors = new double[channels];
    private readonly double[] _noiseMeans = new double[channels];
    private readonly double[] _products = new double[channels];
    private double[] _sums = [];

    /// <summary>Sets a channel's statistics.</summary>
    /// <param name="channel">The channel.</param>
    /// <param name="mean">Mean of the stored signal.</param>
    /// <param name="variance">Its variance plus ε, in the units of the output.</param>
    /// <param name="exponent">Power of two that scales the stored signal to these units.</param>
    public void Take(int channel, double mean, double variance, int exponent) =>
        (_means[channel], _factors[channel]) = (mean, Math.ScaleB(1 / Math.Sqrt(variance), exponent));

    /// <summary>Changes the noise; call it before the signal is normalised.</summary>
    public void Apply<T>(SignalAndNoise<T> values, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var points = values.Shape.Points;
        var chunks = RowChunks.Count(points);
        if (_sums.Length < 2 * chunks * channels)
        {
            _sums = new double[2 * chunks * channels];
        }

        RowChunks.ForEach(points, threads, (chunk, first, count) => Sum(values, first, count, _sums.AsSpan(2 * chunk * channels, 2 * channels)));
        for (var channel = 0; channel < channels; channel++)
        {
            var (noise, product) = (0.0, 0.0);
            for (var chunk = 0; chunk < chunks; chunk++)
            {
                noise += _sums[(2 * chunk * channels) + channel];
                product += _sums[(((2 * chunk) + 1) * channels) + channel];
            }

            (_noiseMeans[channel], _products[channel]) = (noise / points, _factors[channel] * _factors[channel] * product / points);
        }

        RowChunks.ForEach(points, threads, (_, first, count) => Subtract(values, first, count));
    }

    private void Sum<T>(SignalAndNoise<T> values, int first, int count, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        sums.Clear();
        for (var point = first; point < first + count; point++)
        {
            var signal = values.Signal.Slice(point * channels, channels);
            var noise = values.Noise.Slice(point * channels, channels);
            var channel = SumWide(signal, noise, sums);
            for (; channel < channels; channel++)
            {
                var dy = double.CreateTruncating(noise[channel]);
                sums[channel] += dy;
                sums[channels + channel] += (double.CreateTruncating(signal[channel]) - _means[channel]) * dy;
            }
        }
    }

    private void Subtract<T>(SignalAndNoise<T> values, int first, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var point = first; point < first + count; point++)
        {
            var signal = values.Signal.Slice(point * channels, channels);
            var noise = values.Noise.Slice(point * channels, channels);
            var channel = SubtractWide(signal, noise);
            for (; channel < channels; channel++)
            {
                var deviation = double.CreateTruncating(signal[channel]) - _means[channel];
                noise[channel] = T.CreateTruncating(double.CreateTruncating(noise[channel]) - _noiseMeans[channel] - (deviation * _products[channel]));
            }
        }
    }

    /// <summary>Sums eight channels at a time, with the same bits as one channel at a time.</summary>
    /// <returns>The first channel that remains.</returns>
    private unsafe int SumWide<T>(ReadOnlySpan<T> signal, ReadOnlySpan<T> noise, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var channel = 0;
        fixed (
            T* values = signal,
                changes = noise
        )
        fixed (
            double* totals = sums,
                means = _means
        )
        {
            for (; channel <= channels - Vector512<double>.Count; channel += Vector512<double>.Count)
            {
                var dy = VectorMath.LoadEight(changes + channel);
                var products = totals + channels + channel;
                (Vector512.Load(totals + channel) + dy).Store(totals + channel);
                (Vector512.Load(products) + ((VectorMath.LoadEight(values + channel) - Vector512.Load(means + channel)) * dy)).Store(products);
            }
        }

        return channel;
    }

    /// <summary>Changes eight channels at a time, with the same bits as one channel at a time.</summary>
    /// <returns>The first channel that remains.</returns>
    private unsafe int SubtractWide<T>(ReadOnlySpan<T> signal, Span<T> noise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var channel = 0;
        fixed (
            T* values = signal,
                changes = noise
        )
        fixed (
            double* means = _means,
                noiseMeans = _noiseMeans,
                products = _products
        )
        {
            for (; channel <= channels - Vector512<double>.Count; channel += Vector512<double>.Count)
            {
                var deviation = VectorMath.LoadEight(values + channel) - Vector512.Load(means + channel);
                VectorMath.StoreEight(
                    VectorMath.LoadEight(changes + channel) - Vector512.Load(noiseMeans + channel) - (deviation * Vector512.Load(products + channel)),
                    changes + channel
                );
            }
        }

        return channel;
    }
}
