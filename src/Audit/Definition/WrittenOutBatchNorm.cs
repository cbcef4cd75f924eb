using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Batch norm: each channel over all points of the batch.</summary>
internal static class WrittenOutBatchNorm
{
    /// <summary>Batch norm whose statistics are differentiated.</summary>
    public static WrittenOutFeatures Differentiated(BatchNorm layer, WrittenOutFeatures input) =>
        WrittenOutNormalisation.Propagate(layer, input, Enumerable.Range(0, input.Channels).Select(channel => Channel(input, channel)), centred: true);

    /// <summary>Batch norm with given statistics: a multiplication and a shift.</summary>
    public static WrittenOutFeatures Held(BatchNorm layer, WrittenOutFeatures input, double[] means, double[] deviations)
    {
        var (signal, noise) = (new double[input.Signal.Length], new double[input.Noise.Length]);
        for (var point = 0; point < input.Points; point++)
        {
            for (var channel = 0; channel < input.Channels; channel++)
            {
                var i = input.At(point, channel);
                signal[i] = layer.Scale * ((input.Signal[i] - means[channel]) / deviations[channel]);
                noise[i] = layer.Scale * (input.Noise[i] / deviations[channel]);
            }
        }

        return input.With(signal, noise);
    }

    /// <summary>Measures the statistics of a batch.</summary>
    /// <exception cref="WrittenOutConstantException">ε is 0 and a channel has no variance.</exception>
    public static (double[] Means, double[] Deviations) Measure(BatchNorm layer, WrittenOutFeatures input)
    {
        var (means, deviations) = (new double[input.Channels], new double[input.Channels]);
        for (var channel = 0; channel < input.Channels; channel++)
        {
            (means[channel], deviations[channel]) = WrittenOutNormalisation.Statistics(layer, input, Channel(input, channel), centred: true);
        }

        return (means, deviations);
    }

    private static int[] Channel(WrittenOutFeatures input, int channel) => [.. Enumerable.Range(0, input.Points).Select(point => input.At(point, channel))];
}
