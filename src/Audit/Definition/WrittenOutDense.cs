using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A dense layer: <c>y = W x + b</c> at every position, <c>dy = W dx</c>.</summary>
internal static class WrittenOutDense
{
    public static WrittenOutFeatures Propagate(Dense layer, WrittenOutFeatures input, WrittenOutParameters parameters) =>
        Propagate(input, layer.Channels ?? input.Channels, layer.Parameters, parameters);

    /// <summary>Multiplies by weights (input channel, output channel) and adds biases to the signal.</summary>
    public static WrittenOutFeatures Propagate(WrittenOutFeatures input, int outputs, Initialisation initialisation, WrittenOutParameters parameters)
    {
        var weights = parameters.Take("the weights of a dense layer", input.Channels * outputs);
        var biases = initialisation.BiasVariance > 0 ? parameters.Take("the biases of a dense layer", outputs) : new double[outputs];
        var (signal, noise) = (new double[input.Points * outputs], new double[input.Points * outputs]);
        for (var point = 0; point < input.Points; point++)
        {
            for (var output = 0; output < outputs; output++)
            {
                var (y, dy) = (biases[output], 0.0);
                for (var channel = 0; channel < input.Channels; channel++)
                {
                    y += weights[(channel * outputs) + output] * input.Signal[input.At(point, channel)];
                    dy += weights[(channel * outputs) + output] * input.Noise[input.At(point, channel)];
                }

                (signal[(point * outputs) + output], noise[(point * outputs) + output]) = (y, dy);
            }
        }

        return input.With(outputs, signal, noise);
    }
}
