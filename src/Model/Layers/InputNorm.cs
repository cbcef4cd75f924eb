using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Layer, RMS, group and instance norm (<c>layer_norm</c>, <c>rms_norm</c>, <c>group_norm</c>, <c>instance_norm</c>):
/// <c>z = γ (y - mean)/sqrt(var + ε)</c> over blocks of features of one input; RMS norm subtracts no mean.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>; statistics are double.</typeparam>
/// <remarks>
/// Statistics of the input are differentiated: with û the normalised signal, <c>dz = γ (dy - mean(dy) - û mean(û dy))/sqrt(var + ε)</c>, without mean(dy) for
/// RMS norm.
/// Means are over the features of a block, with their number as denominator.
/// </remarks>
/// <param name="blocks">The features that are normalised together.</param>
/// <param name="word">The word for the norm, for messages.</param>
/// <param name="epsilon">ε ≥ 0.</param>
/// <param name="scale">γ.</param>
/// <param name="threads">Greatest number of threads.</param>
internal sealed unsafe class InputNorm<T>(NormBlocks blocks, string word, double epsilon, double scale, int threads) : ILayer<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly NormScale _scale = new(scale);

    /// <inheritdoc/>
    /// <exception cref="DegenerateChannelException">The features of a block are constant (RMS norm: zero) and ε = 0.</exception>
    public void Propagate(PropagationState<T> state)
    {
        var values = state.Current;
        var shape = values.Shape;
        var units = NormUnits.Choose(epsilon, values.SignalExponent);
        var (blockPoints, images) = (blocks.Points(shape), shape.Points / blocks.Points(shape));
        var chunks = RowChunks.Count(images, blockPoints * shape.Channels);
        var degenerate = new (int Point, int Channel)?[chunks];
        var maxima = new (T Signal, T Noise)[chunks];
        RowChunks.ForEach(
            images,
            blockPoints * shape.Channels,
            threads,
            (chunk, first, count) =>
            {
                var largest = (Signal: Vector512<long>.Zero, Noise: Vector512<long>.Zero);
                for (var point = first * blockPoints; point < (first + count) * blockPoints; point += blockPoints)
                {
                    degenerate[chunk] ??= Normalise(values, point, units, ref largest);
                }

                maxima[chunk] = (
                    T.CreateTruncating(ElementwiseMath.Largest(largest.Signal.AsDouble())),
                    T.CreateTruncating(ElementwiseMath.Largest(largest.Noise.AsDouble()))
                );
            }
        );
        if (Array.Find(degenerate, place => place is not null) is { } first)
        {
            throw new DegenerateChannelException(state.Depth, first.Channel, first.Point, word, blocks.Centres ? "constant" : "zero");
        }

        values.NoiseExponent += _scale.Exponent - units.Exponent;
        values.SignalExponent = _scale.Exponent + units.Own;
        Rescaling.Apply<T>(values, maxima);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // This layer works in place and owns no memory.
    }

    /// <summary>Normalises the blocks that begin at a point; returns the first block that cannot be normalised, or null.</summary>
    private (int Point, int Channel)? Normalise(
        SignalAndNoise<T> values,
        int point,
        NormUnits units,
        ref (Vector512<long> Signal, Vector512<long> Noise) largest
    )
    {
        var (channels, width) = (values.Shape.Channels, blocks.Channels(values.Shape));
        var channel = 0;
        for (; width == 1 && channel <= channels - Vector512<double>.Count; channel += Vector512<double>.Count)
        {
            if (NormaliseEight(values, point, channel, units, ref largest) is { } lane)
            {
                return (point, channel + lane);
            }
        }

        for (; channel < channels; channel += width)
        {
            if (!Normalise(values, point, channel, units, ref largest))
            {
                return (point, channel);
            }
        }

        return null;
    }

    /// <summary>Normalises a block; returns false if that is impossible.</summary>
    private bool Normalise(
        SignalAndNoise<T> values,
        int firstPoint,
        int firstChannel,
        NormUnits units,
        ref (Vector512<long> Signal, Vector512<long> Noise) largest
    )
    {
        var channels = values.Shape.Channels;
        var (points, width) = (blocks.Points(values.Shape), blocks.Channels(values.Shape));
        var signal = values.Pointer + ((nint)firstPoint * channels) + firstChannel;
        var noise = signal + values.Shape.Elements;
        var count = (double)points * width;
        var (mean, noiseMean) = blocks.Centres ? (NormSums.Mean(signal, points, width, channels), NormSums.Mean(noise, points, width, channels)) : (0, 0);

        // Variance and ε are in the same units: those of the stored signal, or true units if the signal is far smaller than ε.
        var variance = units.Denominator(NormSums.Squares(signal, points, width, channels, mean) / count);
        if (variance == 0)
        {
            return false;
        }

        var factor = 1 / Math.Sqrt(variance);
        var slope =
            Math.ScaleB(factor, units.Own)
            * Math.ScaleB(factor, units.Own)
            * NormSums.Products(signal, noise, points, width, channels, (mean, noiseMean))
            / count;
        factor *= _scale.Factor;
        var most = largest;
        for (var point = 0; point < points; point++)
        {
            var row = signal + ((nint)point * channels);
            var noiseRow = noise + ((nint)point * channels);
            var i = 0;
            for (; i <= width - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                most = Map(row + i, noiseRow + i, Vector512.Create(mean), Vector512.Create(noiseMean), Vector512.Create(slope), Vector512.Create(factor), most);
            }

            for (; i < width; i++)
            {
                var deviation = double.CreateTruncating(row[i]) - mean;
                var (value, change) = (deviation * factor, (double.CreateTruncating(noiseRow[i]) - noiseMean - (deviation * slope)) * factor);
                row[i] = T.CreateTruncating(value);
                noiseRow[i] = T.CreateTruncating(change);
                most = (
                    ElementwiseMath.LargerMagnitudes(most.Signal, Vector512.Create(value)),
                    ElementwiseMath.LargerMagnitudes(most.Noise, Vector512.Create(change))
                );
            }
        }

        largest = most;
        return true;
    }

    /// <summary>Normalises eight successive channels separately; returns the first channel that cannot be normalised, or null.</summary>
    private int? NormaliseEight(
        SignalAndNoise<T> values,
        int firstPoint,
        int firstChannel,
        NormUnits units,
        ref (Vector512<long> Signal, Vector512<long> Noise) largest
    )
    {
        nint channels = values.Shape.Channels;
        var points = blocks.Points(values.Shape);
        var signal = values.Pointer + (firstPoint * channels) + firstChannel;
        var noise = signal + values.Shape.Elements;
        var end = signal + (points * channels);
        nint distance = values.Shape.Elements;
        var (pivot, noisePivot, count) = (VectorMath.LoadEight(signal), VectorMath.LoadEight(noise), Vector512.Create((double)points));
        Vector512<double> sum = default,
            noiseSum = default,
            square = default,
            product = default;
        for (var row = signal; row < end; row += channels)
        {
            sum += VectorMath.LoadEight(row) - pivot;
            noiseSum += VectorMath.LoadEight(row + distance) - noisePivot;
        }

        var (mean, noiseMean) = (pivot + (sum / count), noisePivot + (noiseSum / count));
        for (var row = signal; row < end; row += channels)
        {
            var deviation = VectorMath.LoadEight(row) - mean;
            square += deviation * deviation;
            product += deviation * (VectorMath.LoadEight(row + distance) - noiseMean);
        }

        var own = Vector512.Create(Math.ScaleB(1, units.Own));
        var variance = (square / count * own * own) + Vector512.Create(units.Epsilon);
        variance = Vector512.ConditionalSelect(Vector512.Equals(square, Vector512<double>.Zero), Vector512.Create(units.Denominator(0)), variance);
        if (Vector512.EqualsAny(variance, Vector512<double>.Zero))
        {
            return BitOperations.TrailingZeroCount(Vector512.Equals(variance, Vector512<double>.Zero).ExtractMostSignificantBits());
        }

        var factor = Vector512<double>.One / Vector512.Sqrt(variance);
        var slope = factor * own * (factor * own) * product / count;
        factor *= Vector512.Create(_scale.Factor);
        var most = largest;
        for (var row = signal; row < end; row += channels)
        {
            most = Map(row, row + distance, mean, noiseMean, slope, factor, most);
        }

        largest = most;
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<long> Signal, Vector512<long> Noise) Map(
        T* signal,
        T* noise,
        Vector512<double> mean,
        Vector512<double> noiseMean,
        Vector512<double> slope,
        Vector512<double> factor,
        (Vector512<long> Signal, Vector512<long> Noise) largest
    )
    {
        var deviation = VectorMath.LoadEight(signal) - mean;
        var (value, change) = (deviation * factor, (VectorMath.LoadEight(noise) - noiseMean - (deviation * slope)) * factor);
        VectorMath.StoreEight(value, signal);
        VectorMath.StoreEight(change, noise);
        return (ElementwiseMath.LargerMagnitudes(largest.Signal, value), ElementwiseMath.LargerMagnitudes(largest.Noise, change));
    }
}
