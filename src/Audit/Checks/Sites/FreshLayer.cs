using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A layer with fresh random weights and what follows it: the site of laws that hold given the layer below.</summary>
/// <param name="Linear">A convolution without groups, or a dense layer.</param>
/// <param name="Norm">The norm that reads it; null if none does.</param>
/// <param name="Activation">The activation that reads it, or its norm; null if none does.</param>
internal sealed record FreshLayer(ShownLayer Linear, ShownLayer? Norm, ShownLayer? Activation)
{
    /// <summary>How its weights are drawn.</summary>
    public Initialisation Parameters => Linear.Layer switch
    {
        Convolution convolution => convolution.Parameters,
        Dense dense => dense.Parameters,
        _ => throw new UnknownLayerException(Linear.Layer),
    };

    /// <summary>The activation's function.</summary>
    public Function Function => ((Activation)Activation!.Layer).Function;

    /// <summary>All of a network.</summary>
    public static IReadOnlyList<FreshLayer> Of(Network network)
    {
        var shown = ShownLayer.Of(network);
        return
        [
            .. shown.Where(layer => layer.Layer is Dense or Convolution { Groups: 1 }).Select(linear =>
            {
                var norm = Following(linear.After, layer => layer is Norm);
                return new FreshLayer(linear, norm, Following(norm?.After ?? linear.After, layer => layer is Activation));
            }),
        ];

        ShownLayer? Following(int place, Func<Layer, bool> kind) => shown.FirstOrDefault(layer => layer.Before == place && !layer.Flattened && kind(layer.Layer));
    }

    /// <summary>Second moments of signal and noise of each output point, given what the layer reads; those of its channels are alike and independent.</summary>
    public (double[] Signal, double[] Noise, double[] Cross) Moments(WrittenOutFeatures input)
    {
        var taps = Linear.Layer switch
        {
            Dense => (Kernel: 1, Stride: 1, Dilation: 1, Boundary: Boundary.Periodic),
            Convolution convolution => (convolution.Kernel, convolution.Stride, convolution.Dilation, convolution.Boundary),
            _ => throw new UnknownLayerException(Linear.Layer),
        };
        var (signal, noise, cross) = (new List<double>(), new List<double>(), new List<double>());
        var before = (taps.Kernel - 1) / 2 * taps.Dilation;
        var scale = Parameters.WeightVariance / (taps.Kernel * taps.Kernel * input.Channels);
        for (var image = 0; image < input.Images; image++)
        {
            for (var row = 0; row < input.Height; row += taps.Stride)
            {
                for (var column = 0; column < input.Width; column += taps.Stride)
                {
                    var (q, d, c) = (0.0, 0.0, 0.0);
                    for (var tap = 0; tap < taps.Kernel * taps.Kernel; tap++)
                    {
                        var i = WrittenOutBoundary.Source(taps.Boundary, row - before + (tap / taps.Kernel * taps.Dilation), input.Height);
                        var j = WrittenOutBoundary.Source(taps.Boundary, column - before + (tap % taps.Kernel * taps.Dilation), input.Width);
                        for (var channel = 0; i is not null && j is not null && channel < input.Channels; channel++)
                        {
                            var at = input.At(image, i.Value, j.Value, channel);
                            (q, d, c) = (q + (input.Signal[at] * input.Signal[at]), d + (input.Noise[at] * input.Noise[at]), c + (input.Signal[at] * input.Noise[at]));
                        }
                    }

                    signal.Add((scale * q) + Parameters.BiasVariance);
                    noise.Add(scale * d);
                    cross.Add(scale * c);
                }
            }
        }

        return ([.. signal], [.. noise], [.. cross]);
    }
}
