using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Layer, RMS, group and instance norm: <c>z = γ (y - mean)/sqrt(var + ε)</c> over blocks of features of one input; RMS norm subtracts no mean.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; statistics are double.</typeparam>
/// <remarks>
/// What is computed from the input itself is differentiated: with û the normalised signal, <c>dz = γ (dy - mean(dy) - û mean(û dy))/sqrt(var + ε)</c>, without mean(dy) for RMS norm.
/// Means run over the features of a block, whose number is the denominator.
/// </remarks>
/// <param name="blocks">Which features are normalised together.</param>
/// <param name="word">The word for the norm, for refusals.</param>
/// <param name="epsilon">ε ≥ 0.</param>
/// <param name="scale">γ.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed unsafe class InputNorm<T>(NormBlocks blocks, string word, double epsilon, double scale, int threads) : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Below this exponent ε alone is left in the denominator, and the output keeps the input's exponent.</summary>
    private const int LeastExponent = -64;

    /// <inheritdoc/>
    /// <exception cref="DegenerateChannelException">The features of a block are constant (RMS norm: zero) and ε = 0.</exception>
    public void Propagate(PropagationState<T> state)
    {
        var values = state.Current;
        var (shape, exponent) = (values.Shape, values.SignalExponent);
        var keepsExponent = epsilon > 0 && exponent < LeastExponent;
        var units = keepsExponent ? (exponent, epsilon) : (0, Math.ScaleB(epsilon, -2 * exponent));
        var chunks = RowChunks.Count(shape.Points / blocks.Points(shape));
        var degenerate = new (int Point, int Channel)?[chunks];
        RowChunks.ForEach(shape.Points / blocks.Points(shape), threads, (chunk, first, count) =>
        {
            for (var point = first * blocks.Points(shape); point < (first + count) * blocks.Points(shape); point += blocks.Points(shape))
            {
                for (var channel = 0; channel < shape.Channels; channel += blocks.Channels(shape))
                {
                    if (!Normalise(values, point, channel, units))
                    {
                        degenerate[chunk] ??= (point, channel);
                    }
                }
            }
        });
        if (Array.Find(degenerate, place => place is not null) is { } first)
        {
            throw new DegenerateChannelException(state.Depth, first.Channel, first.Point, word, blocks.Centres ? "constant" : "zero");
        }

        if (!keepsExponent)
        {
            values.NoiseExponent -= exponent;
            values.SignalExponent = 0;
        }

        Rescaling.Apply(values, threads);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Works in place and owns nothing.
    }

    /// <summary>Normalises a block; false if it cannot.</summary>
    private bool Normalise(SignalAndNoise<T> values, int firstPoint, int firstChannel, (int Own, double Epsilon) units)
    {
        var channels = values.Shape.Channels;
        var (points, width) = (blocks.Points(values.Shape), blocks.Channels(values.Shape));
        var signal = values.Pointer + ((nint)firstPoint * channels) + firstChannel;
        var noise = signal + values.Shape.Elements;
        var count = (double)points * width;
        var (mean, noiseMean) = blocks.Centres ? (Mean(signal, points, width, channels), Mean(noise, points, width, channels)) : (0, 0);
        var (square, product) = (0.0, 0.0);
        for (var point = 0; point < points; point++)
        {
            var row = signal + ((nint)point * channels);
            var noiseRow = noise + ((nint)point * channels);
            for (var i = 0; i < width; i++)
            {
                var deviation = double.CreateTruncating(row[i]) - mean;
                square += deviation * deviation;
                product += deviation * (double.CreateTruncating(noiseRow[i]) - noiseMean);
            }
        }

        // In the units of ε: those of the stored signal, or the true ones where the signal is far smaller than ε.
        var variance = Math.ScaleB(square / count, 2 * units.Own) + units.Epsilon;
        if (variance == 0)
        {
            return false;
        }

        var factor = 1 / Math.Sqrt(variance);
        var slope = Math.ScaleB(factor, units.Own) * Math.ScaleB(factor, units.Own) * product / count;
        factor *= scale;
        for (var point = 0; point < points; point++)
        {
            var row = signal + ((nint)point * channels);
            var noiseRow = noise + ((nint)point * channels);
            for (var i = 0; i < width; i++)
            {
                var deviation = double.CreateTruncating(row[i]) - mean;
                row[i] = T.CreateTruncating(deviation * factor);
                noiseRow[i] = T.CreateTruncating((double.CreateTruncating(noiseRow[i]) - noiseMean - (deviation * slope)) * factor);
            }
        }

        return true;
    }

    /// <summary>The mean, exact where all values are equal.</summary>
    private static double Mean(T* values, int points, int width, int channels)
    {
        var pivot = double.CreateTruncating(values[0]);
        var sum = 0.0;
        for (var point = 0; point < points; point++)
        {
            var row = values + ((nint)point * channels);
            for (var i = 0; i < width; i++)
            {
                sum += double.CreateTruncating(row[i]) - pivot;
            }
        }

        return pivot + (sum / ((double)points * width));
    }
}
