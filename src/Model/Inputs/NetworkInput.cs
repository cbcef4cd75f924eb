using System.Numerics;

namespace Wellbehaved.Model;

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
        var pixels = new double[input.Shape.Elements];
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
                for (var channel = 0; channel < channels; channel++)
                {
                    if (!Standardise(pixels, channel, channels))
                    {
                        throw new InvalidInputException("--normalize", $"expected every channel to vary over the batch with 'channel', but channel {channel} is constant; use --normalize global or none, or a larger --batch-size");
                    }
                }

                break;
            case InputNormalization.Global:
                if (!Standardise(pixels, 0, 1))
                {
                    throw new InvalidInputException("--normalize", "expected the batch to vary with 'global', but all its pixels are equal; use --normalize none");
                }

                break;
        }
    }

    /// <summary>Brings every <paramref name="stride"/>-th element to mean 0 and variance 1; false if they are all equal.</summary>
    private static bool Standardise(Span<double> values, int first, int stride)
    {
        var (mean, variance) = MeanAndVariance(values, first, stride);
        if (variance == 0)
        {
            return false;
        }

        var factor = 1 / Math.Sqrt(variance);
        for (var i = first; i < values.Length; i += stride)
        {
            values[i] = (values[i] - mean) * factor;
        }

        return true;
    }

    private static double VarianceWithinChannels(ReadOnlySpan<double> values, int channels)
    {
        var total = 0.0;
        for (var channel = 0; channel < channels; channel++)
        {
            total += MeanAndVariance(values, channel, channels).Variance;
        }

        return total / channels;
    }

    /// <summary>Mean and variance; exactly zero variance for equal values, which rounding of the mean would otherwise hide.</summary>
    private static (double Mean, double Variance) MeanAndVariance(ReadOnlySpan<double> values, int first, int stride)
    {
        var count = values.Length / stride;
        var sum = 0.0;
        for (var i = first; i < values.Length; i += stride)
        {
            sum += values[i] - values[first];
        }

        var shift = sum / count;
        var squares = 0.0;
        for (var i = first; i < values.Length; i += stride)
        {
            var deviation = values[i] - values[first] - shift;
            squares += deviation * deviation;
        }

        return (values[first] + shift, squares / count);
    }
}
