using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A scaling: signal and noise times a number.</summary>
internal static class WrittenOutScaling
{
    public static WrittenOutFeatures Propagate(Scaling layer, WrittenOutFeatures input) =>
        input.With([.. input.Signal.Select(value => layer.Factor * value)], [.. input.Noise.Select(value => layer.Factor * value)]);
}
