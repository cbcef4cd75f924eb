namespace Wellbehaved.Audit;

/// <summary>Global average pooling: the mean over all positions of each image.</summary>
internal static class WrittenOutGlobalAveragePool
{
    public static WrittenOutFeatures Propagate(WrittenOutFeatures input)
    {
        var (signal, noise) = (new double[input.Images * input.Channels], new double[input.Images * input.Channels]);
        for (var image = 0; image < input.Images; image++)
        {
            for (var channel = 0; channel < input.Channels; channel++)
            {
                int[] all = [.. Enumerable.Range(image * input.Positions, input.Positions).Select(point => input.At(point, channel))];
                signal[(image * input.Channels) + channel] = all.Average(i => input.Signal[i]);
                noise[(image * input.Channels) + channel] = all.Average(i => input.Noise[i]);
            }
        }

        return new(input.Images, 1, 1, input.Channels, signal, noise);
    }
}
