using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Instance norm: normalises each channel of one input over all its positions.</summary>
internal static class WrittenOutInstanceNorm
{
    public static WrittenOutFeatures Propagate(InstanceNorm layer, WrittenOutFeatures input) =>
        WrittenOutNormalisation.Propagate(
            layer,
            input,
            from image in Enumerable.Range(0, input.Images)
            from channel in Enumerable.Range(0, input.Channels)
            select (IReadOnlyList<int>)[.. Enumerable.Range(0, input.Positions).Select(position => input.At((image * input.Positions) + position, channel))],
            centred: true
        );
}
