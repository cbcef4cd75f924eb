using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Layer norm: subtracts their mean from the features of each position, or of each input, and divides by their standard deviation.</summary>
internal static class WrittenOutLayerNorm
{
    public static WrittenOutFeatures Propagate(LayerNorm layer, WrittenOutFeatures input) =>
        WrittenOutNormalisation.Propagate(layer, input, Sets(layer.Over, input), centred: true);

    /// <summary>The sets of features that share their statistics, in layer and RMS norm.</summary>
    /// <exception cref="ArgumentOutOfRangeException">This kind of set has not been written out.</exception>
    public static IEnumerable<IReadOnlyList<int>> Sets(NormalisedOver over, WrittenOutFeatures input) =>
        over switch
        {
            NormalisedOver.Channels => Enumerable.Range(0, input.Points).Select(point => Successive(point, input.Channels)),
            NormalisedOver.All => Enumerable.Range(0, input.Images).Select(image => Successive(image, input.Positions * input.Channels)),
            _ => throw new ArgumentOutOfRangeException(nameof(over), over, "expected features whose norm has been written out"),
        };

    /// <summary>The indices of one set: the features of a point are stored one after the other, and so are those of an image.</summary>
    private static int[] Successive(int set, int length) => [.. Enumerable.Range(set * length, length)];
}
