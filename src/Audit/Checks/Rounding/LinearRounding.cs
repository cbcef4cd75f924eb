using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// Bounds how far convolutions and dense layers of a described network may be from their definitions, with any stride, dilation, groups and biases.
/// </summary>
/// <remarks>
/// A dense layer is a sum of n products and a bias: it errs by γ_{n+4} Σ|x||w| + γ_4 |b|, for two given factors, an addition and scales beside tensors. A
/// grouped convolution is one convolution per group of channels, and a dilated one has zeros between its weights: so <see cref="ConvolutionRounding"/> bounds
/// them. The bias adds γ_4 of the largest sum.
/// </remarks>
internal static class LinearRounding
{
    /// <summary>A dense layer: the input's error, enlarged as far as the weights can enlarge it, and the layer's own rounding.</summary>
    public static SiteState Apply(Dense layer, SiteState input, IReadOnlyList<double[]> parameters, double unitRoundoff) =>
        Dense(input, layer.Channels ?? input.Values.Channels, layer.Parameters, parameters, unitRoundoff);

    /// <summary>A projection of every point's channels.</summary>
    public static SiteState Dense(SiteState input, int outputs, Initialisation initialisation, IReadOnlyList<double[]> parameters, double unitRoundoff)
    {
        var values = WrittenOutDense.Propagate(input.Values, outputs, initialisation, new WrittenOutParameters(parameters));
        double[][] magnitudes = [Array.ConvertAll(parameters[0], Math.Abs)];
        var largest = WrittenOutDense.Propagate(input.Magnitudes, outputs, Initialisation.LeCun, new WrittenOutParameters(magnitudes));
        var carried = WrittenOutDense.Propagate(input.Bounds, outputs, Initialisation.LeCun, new WrittenOutParameters(magnitudes));
        var gamma = Roundings.Gamma(input.Values.Channels + 4, unitRoundoff);
        var own = largest.With(outputs, [.. largest.Signal.Select(value => gamma * value)], [.. largest.Noise.Select(value => gamma * value)]);
        return new(values, Sum(carried, own, largest, parameters.Count > 1 ? parameters[1] : null, unitRoundoff));
    }

    /// <summary>A convolution.</summary>
    public static SiteState Apply(Convolution layer, SiteState input, IReadOnlyList<double[]> parameters, double unitRoundoff)
    {
        var values = WrittenOutConvolution.Propagate(layer, input.Values, new WrittenOutParameters(parameters));
        var withoutBias = layer with { Channels = values.Channels, Parameters = Initialisation.LeCun };
        double[][] magnitudes = [Array.ConvertAll(parameters[0], Math.Abs)];
        var carried = WrittenOutConvolution.Propagate(withoutBias, input.Bounds, new WrittenOutParameters(magnitudes));
        var largest = WrittenOutConvolution.Propagate(withoutBias, input.Magnitudes, new WrittenOutParameters(magnitudes));
        var own = values.With(
            Own(layer, input.Magnitudes, input.Magnitudes.Signal, parameters[0], values.Channels, unitRoundoff),
            Own(layer, input.Magnitudes, input.Magnitudes.Noise, parameters[0], values.Channels, unitRoundoff)
        );
        return new(values, Sum(carried, own, largest, parameters.Count > 1 ? parameters[1] : null, unitRoundoff));
    }

    private static WrittenOutFeatures Sum(WrittenOutFeatures carried, WrittenOutFeatures own, WrittenOutFeatures largest, double[]? biases, double unitRoundoff)
    {
        var gamma = Roundings.Gamma(4, unitRoundoff);
        var (signal, noise) = (new double[own.Signal.Length], new double[own.Noise.Length]);
        for (var i = 0; i < signal.Length; i++)
        {
            // Even without a bias a sum may be rounded once more, because of its scale.
            var bias = biases is null ? 0 : gamma * (largest.Signal[i] + Math.Abs(biases[i % own.Channels]));
            signal[i] = carried.Signal[i] + own.Signal[i] + (2 * unitRoundoff * largest.Signal[i]) + bias;
            noise[i] = carried.Noise[i] + own.Noise[i] + (2 * unitRoundoff * largest.Noise[i]);
        }

        return own.With(signal, noise);
    }

    private static double[] Own(Convolution layer, WrittenOutFeatures input, double[] magnitudes, double[] weights, int outputs, double unitRoundoff)
    {
        var groups = layer.Groups == Convolution.EachChannel ? input.Channels : layer.Groups;
        var (inputs, perGroup) = (input.Channels / groups, outputs / groups);
        var shape = new TensorShape(input.Images, input.Height, input.Width, inputs);
        double[]? all = null;
        for (var group = 0; group < groups; group++)
        {
            var (size, spread) = Spread(layer, Columns(weights, outputs, group * perGroup, perGroup), inputs * perGroup);
            var bounds = ConvolutionRounding.Bound(
                shape,
                Columns(magnitudes, input.Channels, group * inputs, inputs),
                spread,
                size,
                layer.Stride,
                layer.Boundary,
                unitRoundoff
            );
            all ??= new double[bounds.Length * groups];
            for (var i = 0; i < bounds.Length; i++)
            {
                all[(i / perGroup * outputs) + (group * perGroup) + (i % perGroup)] = bounds[i];
            }
        }

        return all!;
    }

    /// <summary>Some columns of a matrix.</summary>
    private static double[] Columns(double[] values, int columns, int first, int count) =>
        count == columns
            ? values
            : [.. Enumerable.Range(0, values.Length / columns).SelectMany(row => values.AsSpan((row * columns) + first, count).ToArray())];

    /// <summary>The weights with the zeros that dilation puts between them, around the same centre.</summary>
    private static (int Size, double[] Weights) Spread(Convolution layer, double[] weights, int block)
    {
        if (layer.Dilation == 1)
        {
            return (layer.Kernel, weights);
        }

        var before = (layer.Kernel - 1) / 2 * layer.Dilation;
        var after = ((layer.Kernel - 1) * layer.Dilation) - before;
        var size = 1 + (2 * Math.Max(before, after));
        var spread = new double[size * size * block];
        for (var tap = 0; tap < layer.Kernel * layer.Kernel; tap++)
        {
            var row = (size / 2) - before + (tap / layer.Kernel * layer.Dilation);
            var column = (size / 2) - before + (tap % layer.Kernel * layer.Dilation);
            Array.Copy(weights, tap * block, spread, ((row * size) + column) * block, block);
        }

        return (size, spread);
    }
}
