using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>RMS norm: the features of each position, or of each input, divided by their root mean square.</summary>
internal static class WrittenOutRmsNorm
{
    public static WrittenOutFeatures Propagate(RmsNorm layer, WrittenOutFeatures input) =>
        WrittenOutNormalisation.Propagate(layer, input, WrittenOutLayerNorm.Sets(layer.Over, input), centred: false);
}
