using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Experiments;

/// <summary>Prepares signal and noise at the input of a network.</summary>
/// <param name="images">Where images come from.</param>
/// <param name="normalization">How they are normalised.</param>
/// <param name="seed">The seed.</param>
public sealed class NetworkInput(ImageSource images, InputNormalization normalization, ulong seed)
{
    /// <summary>Fills a network's input for one simulation: a normalised batch, and noise of independent standard normal numbers.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="simulation">Index of the simulation.</param>
    /// <param name="input">The input; its shape says how many images to draw, and over which channels to normalise.</param>
    /// <returns>μ₂(x⁰), the variance of the signal at the input, which χ is normalised by.</returns>
    /// <exception cref="InvalidInputException">A channel, or the whole batch, is constant and cannot be normalised.</exception>
    public double Fill<T>(uint simulation, SignalAndNoise<T> input)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(input);
        var pixels = GC.AllocateUninitializedArray<double>(input.Shape.Elements);
        images.FillBatch(seed, simulation, input.Shape.Images, pixels);
        Normalise(pixels, input.Shape.Channels);
        var signal = input.Signal;
        for (var i = 0; i < pixels.Length; i++)
        {
            signal[i] = T.CreateTruncating(pixels[i]);
        }

        (input.SignalExponent, input.NoiseExponent) = (0, 0);
        new RandomNumbers(seed, simulation, 0, RandomPurpose.InputNoise).FillNormal(input.Noise, 1);
        return VarianceWithinChannels(pixels, input.Shape.Channels);
    }

    private void Normalise(Span<double> pixels, int channels)
    {
        switch (normalization)
        {
            case InputNormalization.Channel:
                if (Standardise(pixels, channels) is { } channel)
                {
                    throw new InvalidInputException("--normalize", $"expected every channel to vary over the batch with 'channel', but channel {channel} is constant; use --normalize global or none, or a larger --batch-size");
                }

                break;
            case InputNormalization.Global:
                if (Standardise(pixels, 1) is not null)
                {
                    throw new InvalidInputException("--normalize", "expected the batch to vary with 'global', but all its pixels are equal; use --normalize none");
                }

                break;
        }
    }

    /// <summary>Brings every channel to mean 0 and variance 1; the first channel that is constant, if there is one.</summary>
    private static int? Standardise(Span<double> values, int channels)
    {
        var (means, factors) = MeansAndVariances(values, channels);
        if (Array.IndexOf(factors, 0) is var constant and >= 0)
        {
            return constant;
        }

        for (var channel = 0; channel < channels; channel++)
        {
            factors[channel] = 1 / Math.Sqrt(factors[channel]);
        }

        for (var point = 0; point < values.Length; point += channels)
        {
            for (var channel = 0; channel < channels; channel++)
            {
                values[point + channel] = (values[point + channel] - means[channel]) * factors[channel];
            }
        }

        return null;
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

    /// <summary>Mean and variance of each channel; exactly zero variance for equal values, which rounding of the mean would otherwise hide.</summary>
    private static (double[] Means, double[] Variances) MeansAndVariances(ReadOnlySpan<double> values, int channels)
    {
        var (means, variances, count) = (new double[channels], new double[channels], values.Length / channels);
        for (var channel = 0; channel < channels; channel += Vector256<double>.Count)
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

    /// <summary>Sums over the points of up to four channels from a given one on, of deviations or their squares; side by side, since each sum waits for its last addition. Lanes beyond the last channel mean nothing.</summary>
    private static Vector256<double> Sums(ReadOnlySpan<double> values, int channel, int channels, Vector256<double> pivots, Vector256<double> shifts, bool squared)
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
