using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>An activation: the function of each signal, and its derivative there times the noise.</summary>
internal static class WrittenOutActivation
{
    public static WrittenOutFeatures Propagate(Activation layer, WrittenOutFeatures input) =>
        input.With(
            [.. input.Signal.Select(value => WrittenOutFunction.Value(layer.Function, value))],
            [.. input.Signal.Zip(input.Noise, (value, noise) => WrittenOutFunction.Derivative(layer.Function, value) * noise)]
        );
}
