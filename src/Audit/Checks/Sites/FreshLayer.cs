using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A layer with fresh random weights and the layers after it: the site of laws that hold given the layer below.</summary>
/// <param name="Linear">A convolution without groups, or a dense layer.</param>
/// <param name="Norm">The norm that reads it; null if none does.</param>
/// <param name="Activation">The activation that reads it, or its norm; null if none does.</param>
internal sealed record FreshLayer(ShownLayer Linear, ShownLayer? Norm, ShownLayer? Activation)
{
    /// <summary>The law that its weights are drawn from.</summary>
    public Initialisation Parameters =>
        Linear.Layer switch
        {
            Convolution convolution => convolution.Parameters,
            Dense dense => dense.Parameters,
            _ => throw new UnknownLayerException(Linear.Layer),
        };

    /// <summary>The activation's function.</summary>
    public Function Function => ((Activation)Activation!.Layer).Function;

    /// <summary>All fresh layers of a network.</summary>
    public static IReadOnlyList<FreshLayer> Collect(Network network)
    {
        var shown = ShownLayer.Collect(network);
        return
        [
            .. shown
                .Where(layer => layer.Layer is Dense or Convolution { Groups: 1 })
                .Select(linear =>
                {
                    var norm = Following(linear.After, layer => layer is Norm);
                    return new FreshLayer(linear, norm, Following(norm?.After ?? linear.After, layer => layer is Activation));
                }),
        ];

        ShownLayer? Following(int place, Func<Layer, bool> kind) =>
            shown.FirstOrDefault(layer => layer.Before == place && !layer.Flattened && kind(layer.Layer));
    }

    /// <summary>Second moments of signal and noise at two output points, given what the layer reads.</summary>
    /// <param name="input">The layer's input.</param>
    /// <param name="one">A point of the output: its number in the order of images, rows and columns.</param>
    /// <param name="two">Another point, or the same one.</param>
    public PairMoments Pair(WrittenOutFeatures input, int one, int two)
    {
        var ((x, dx), (y, dy)) = (Patch(input, one), Patch(input, two));
        var scale = Parameters.WeightVariance / x.Length;
        return new((scale * Product(x, y)) + Parameters.BiasVariance, scale * Product(dx, dy), scale * Product(dx, y), scale * Product(dy, x));

        static double Product(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
    }

    /// <summary>The numbers that an output point reads: all inputs of its patch, with zeros beyond a border of zeros.</summary>
    private (double[] Signal, double[] Noise) Patch(WrittenOutFeatures input, int point)
    {
        var (kernel, stride, dilation, boundary) = Taps;
        var (height, width) = ((input.Height + stride - 1) / stride, (input.Width + stride - 1) / stride);
        var (image, row, column) = (point / (height * width), point / width % height * stride, point % width * stride);
        var before = (kernel - 1) / 2 * dilation;
        var (signal, noise) = (new double[kernel * kernel * input.Channels], new double[kernel * kernel * input.Channels]);
        for (var tap = 0; tap < kernel * kernel; tap++)
        {
            var i = WrittenOutBoundary.Source(boundary, row - before + (tap / kernel * dilation), input.Height);
            var j = WrittenOutBoundary.Source(boundary, column - before + (tap % kernel * dilation), input.Width);
            for (var channel = 0; i is not null && j is not null && channel < input.Channels; channel++)
            {
                var at = input.At(image, i.Value, j.Value, channel);
                (signal[(tap * input.Channels) + channel], noise[(tap * input.Channels) + channel]) = (input.Signal[at], input.Noise[at]);
            }
        }

        return (signal, noise);
    }

    private (int Kernel, int Stride, int Dilation, Boundary Boundary) Taps =>
        Linear.Layer switch
        {
            Dense => (1, 1, 1, Boundary.Periodic),
            Convolution convolution => (convolution.Kernel, convolution.Stride, convolution.Dilation, convolution.Boundary),
            _ => throw new UnknownLayerException(Linear.Layer),
        };

    /// <summary>
    /// Second moments of signal and noise of each output point, given what the layer reads; all its channels have the same ones, independently.
    /// </summary>
    public (double[] Signal, double[] Noise, double[] Cross) Moments(WrittenOutFeatures input)
    {
        var taps = Taps;
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
                            (q, d, c) = (
                                q + (input.Signal[at] * input.Signal[at]),
                                d + (input.Noise[at] * input.Noise[at]),
                                c + (input.Signal[at] * input.Noise[at])
                            );
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

/// <summary>Second moments of a fresh layer's outputs y, with noise dy, at two points.</summary>
/// <param name="Signal">E y₁ y₂.</param>
/// <param name="Noise">E dy₁ dy₂.</param>
/// <param name="Cross">E dy₁ y₂.</param>
/// <param name="CrossBack">E dy₂ y₁.</param>
internal readonly record struct PairMoments(double Signal, double Noise, double Cross, double CrossBack);
