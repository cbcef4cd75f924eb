using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Layer norm: the features of each position, or of each input, less their mean and over their deviation.</summary>
internal static class WrittenOutLayerNorm
{
    public static WrittenOutFeatures Propagate(LayerNorm layer, WrittenOutFeatures input) =>
        WrittenOutNormalisation.Propagate(layer, input, Sets(layer.Over, input), centred: true);

    /// <summary>Features that share their statistics, of layer and RMS norm.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Which they are has not been written out.</exception>
    public static IEnumerable<IReadOnlyList<int>> Sets(NormalisedOver over, WrittenOutFeatures input) =>
        over switch
        {
            NormalisedOver.Channels => Enumerable.Range(0, input.Points).Select(point => Successive(point, input.Channels)),
            NormalisedOver.All => Enumerable.Range(0, input.Images).Select(image => Successive(image, input.Positions * input.Channels)),
            _ => throw new ArgumentOutOfRangeException(nameof(over), over, "expected features whose norm has been written out"),
        };

    /// <summary>A point's features follow each other, and so do an image's.</summary>
    private static int[] Successive(int set, int length) => [.. Enumerable.Range(set * length, length)];
}
