using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Experiments;

/// <summary>Prepares signal and noise at the input of a network.</summary>
/// <param name="images">The source of images.</param>
/// <param name="normalization">How they are normalised.</param>
/// <param name="seed">The seed.</param>
internal sealed class NetworkInput(ImageSource images, InputNormalization normalization, ulong seed)
{
    /// <summary>Fills a network's input for one simulation: a normalised batch, and noise of independent standard normal numbers.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="simulation">Index of the simulation.</param>
    /// <param name="input">The input; its shape gives the number of images to draw and the channels to normalise.</param>
    /// <returns>μ₂(x⁰), the variance of the signal at the input, which χ is normalised by.</returns>
    /// <exception cref="InvalidInputException">A channel, or the whole batch, is constant and cannot be normalised.</exception>
    public double Fill<T>(uint simulation, SignalAndNoise<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(input);

        // The array is rented: a new large array for each of many small simulations would keep the garbage collector busy.
        var rented = ArrayPool<double>.Shared.Rent(input.Shape.Elements);
        try
        {
            var pixels = rented.AsSpan(0, input.Shape.Elements);
            images.FillBatch(seed, simulation, input.Shape.Images, pixels);
            Normalise(pixels, input.Shape.Channels);
            Convert(pixels, input.Signal);
            (input.SignalExponent, input.NoiseExponent) = (0, 0);
            new RandomNumbers(seed, simulation, 0, RandomPurpose.InputNoise).FillNormal(input.Noise, 1);
            return VarianceWithinChannels(pixels, input.Shape.Channels);
        }
        finally
        {
            ArrayPool<double>.Shared.Return(rented);
        }
    }

    private static unsafe void Convert<T>(ReadOnlySpan<double> pixels, Span<T> signal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        fixed (double* source = pixels)
        fixed (T* target = signal)
        {
            for (; i <= pixels.Length - Vector512<double>.Count; i += Vector512<double>.Count)
            {
                VectorMath.StoreEight(Vector512.Load(source + i), target + i);
            }
        }

        for (; i < pixels.Length; i++)
        {
            signal[i] = T.CreateTruncating(pixels[i]);
        }
    }

    private void Normalise(Span<double> pixels, int channels)
    {
        switch (normalization)
        {
            case InputNormalization.Channel:
                if (Standardise(pixels, channels) is { } channel)
                {
                    throw new InvalidInputException(
                        ParameterName.Spell(nameof(ExperimentOptions.Normalize)),
                        $"expected every channel to vary over the batch with 'channel', but channel {channel} "
                            + Found(
                                pixels,
                                channel,
                                channels,
                                $"is constant; use {ParameterName.Spell(nameof(ExperimentOptions.Normalize))} global or none, or a "
                                    + $"larger {ParameterName.Spell(nameof(ExperimentOptions.BatchSize))}"
                            )
                    );
                }

                break;
            case InputNormalization.Global:
                if (Standardise(pixels, 1) is not null)
                {
                    throw new InvalidInputException(
                        ParameterName.Spell(nameof(ExperimentOptions.Normalize)),
                        "expected the batch to vary with 'global', but "
                            + $"{Found(pixels, 0, 1, $"all its pixels are equal; use {ParameterName.Spell(nameof(ExperimentOptions.Normalize))} none")}"
                    );
                }

                break;
        }
    }

    /// <summary>The smallest normal number: of a smaller variance digits are lost, and numbers that it divides would not have variance 1.</summary>
    private const double LeastVariance = 2.2250738585072014e-308;

    /// <summary>Says of a channel that cannot be normalised what it does, and what to do; the words for one that is constant are given.</summary>
    private static string Found(ReadOnlySpan<double> values, int channel, int channels, string ofConstant)
    {
        var (least, greatest) = (values[channel], values[channel]);
        for (var i = channel; i < values.Length; i += channels)
        {
            (least, greatest) = (Math.Min(least, values[i]), Math.Max(greatest, values[i]));
        }

        return least == greatest
            ? ofConstant
            : string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"varies by {greatest - least:g2}, whose square double precision does not hold; multiply the images by a number"
            );
    }

    /// <summary>
    /// Normalises every channel to mean 0 and variance 1; returns the first channel whose variance is 0 or too small for that, or null if there is none.
    /// </summary>
    private static int? Standardise(Span<double> values, int channels)
    {
        var (means, factors) = MeansAndVariances(values, channels);
        if (Array.FindIndex(factors, variance => variance < LeastVariance) is var constant and >= 0)
        {
            return constant;
        }

        for (var channel = 0; channel < channels; channel++)
        {
            factors[channel] = 1 / Math.Sqrt(factors[channel]);
        }

        for (var point = 0; point < values.Length; point += channels)
        {
            Standardise(values.Slice(point, channels), means, factors);
        }

        return null;
    }

    private static void Standardise(Span<double> point, double[] means, double[] factors)
    {
        var vectors = MemoryMarshal.Cast<double, Vector512<double>>(point);
        var shifts = MemoryMarshal.Cast<double, Vector512<double>>(means);
        var scales = MemoryMarshal.Cast<double, Vector512<double>>(factors);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = (vectors[i] - shifts[i]) * scales[i];
        }

        for (var channel = vectors.Length * Vector512<double>.Count; channel < point.Length; channel++)
        {
            point[channel] = (point[channel] - means[channel]) * factors[channel];
        }
    }

    private static double VarianceWithinChannels(ReadOnlySpan<double> values, int channels)
    {
        var total = 0.0;
        foreach (var variance in MeansAndVariances(values, channels).Variances)
        {
            total += variance;
        }

        return total / channels;
    }

    /// <summary>Mean and variance of each channel. The variance of equal values is exactly 0, even where their mean is rounded.</summary>
    private static (double[] Means, double[] Variances) MeansAndVariances(ReadOnlySpan<double> values, int channels)
    {
        var (means, variances, count) = (new double[channels], new double[channels], values.Length / channels);
        var first = SumWide(values, means, variances, channels);
        for (var channel = first; channel < channels; channel += Vector256<double>.Count)
        {
            var lanes = Math.Min(Vector256<double>.Count, channels - channel);
            var pivots = Padded(values.Slice(channel, lanes));
            var shifts = Sums(values, channel, channels, pivots, Vector256<double>.Zero, squared: false) / Vector256.Create((double)count);
            var squares = Sums(values, channel, channels, pivots, shifts, squared: true);
            for (var lane = 0; lane < lanes; lane++)
            {
                (means[channel + lane], variances[channel + lane]) = (pivots[lane] + shifts[lane], squares[lane] / count);
            }
        }

        return (means, variances);
    }

    /// <summary>The same for sixteen channels at a time; the results have the same bits as with fewer channels at a time.</summary>
    /// <returns>The first channel that is left over.</returns>
    private static int SumWide(ReadOnlySpan<double> values, double[] means, double[] variances, int channels)
    {
        var (width, count) = (Vector512<double>.Count, Vector512.Create((double)(values.Length / channels)));
        ref var first = ref MemoryMarshal.GetReference(values);
        var channel = 0;
        for (; channel <= channels - (2 * width); channel += 2 * width)
        {
            var (pivot0, pivot1) = (Vector512.LoadUnsafe(ref first, (nuint)channel), Vector512.LoadUnsafe(ref first, (nuint)(channel + width)));
            Vector512<double> sum0 = default,
                sum1 = default,
                square0 = default,
                square1 = default;
            for (var i = channel; i < values.Length; i += channels)
            {
                sum0 += Vector512.LoadUnsafe(ref first, (nuint)i) - pivot0;
                sum1 += Vector512.LoadUnsafe(ref first, (nuint)(i + width)) - pivot1;
            }

            var (shift0, shift1) = (sum0 / count, sum1 / count);
            for (var i = channel; i < values.Length; i += channels)
            {
                var deviation0 = Vector512.LoadUnsafe(ref first, (nuint)i) - pivot0 - shift0;
                var deviation1 = Vector512.LoadUnsafe(ref first, (nuint)(i + width)) - pivot1 - shift1;
                square0 += deviation0 * deviation0;
                square1 += deviation1 * deviation1;
            }

            (pivot0 + shift0).CopyTo(means, channel);
            (pivot1 + shift1).CopyTo(means, channel + width);
            (square0 / count).CopyTo(variances, channel);
            (square1 / count).CopyTo(variances, channel + width);
        }

        return channel;
    }

    /// <summary>
    /// For up to four channels from a given one on, the sums over the points of deviations or of their squares. The channels are summed in parallel lanes,
    /// because each addition must wait for the previous one. Lanes beyond the last channel hold no meaningful value.
    /// </summary>
    private static Vector256<double> Sums(
        ReadOnlySpan<double> values,
        int channel,
        int channels,
        Vector256<double> pivots,
        Vector256<double> shifts,
        bool squared
    )
    {
        var (sums, lanes) = (Vector256<double>.Zero, Math.Min(Vector256<double>.Count, channels - channel));
        for (var i = channel; i < values.Length; i += channels)
        {
            var point = i <= values.Length - Vector256<double>.Count ? Vector256.Create(values[i..]) : Padded(values.Slice(i, lanes));
            var deviations = point - pivots - shifts;
            sums += squared ? deviations * deviations : deviations;
        }

        return sums;
    }

    private static Vector256<double> Padded(ReadOnlySpan<double> values)
    {
        var padded = Vector256<double>.Zero;
        for (var lane = 0; lane < values.Length; lane++)
        {
            padded = padded.WithElement(lane, values[lane]);
        }

        return padded;
    }
}
