using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A convolution: each output is a weighted sum over a patch of the input and over the channels of its group.</summary>
internal static class WrittenOutConvolution
{
    public static WrittenOutFeatures Propagate(Convolution layer, WrittenOutFeatures input, WrittenOutParameters parameters)
    {
        var outputs = layer.Channels ?? input.Channels;
        var groups = layer.Groups == Convolution.EachChannel ? input.Channels : layer.Groups;
        if (input.Channels % groups != 0 || outputs % groups != 0)
        {
            throw new ArgumentException($"expected channels that {groups} groups divide, got {input.Channels} in and {outputs} out");
        }

        var weights = parameters.Take("the weights of a convolution", layer.Kernel * layer.Kernel * (input.Channels / groups) * outputs);
        var biases = layer.Parameters.BiasVariance > 0 ? parameters.Take("the biases of a convolution", outputs) : new double[outputs];
        var (height, width) = (Outputs(input.Height, layer.Stride), Outputs(input.Width, layer.Stride));
        var length = input.Images * height * width * outputs;
        var result = new WrittenOutFeatures(input.Images, height, width, outputs, new double[length], new double[length]);
        for (var image = 0; image < input.Images; image++)
        {
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    for (var output = 0; output < outputs; output++)
                    {
                        var group = output / (outputs / groups);
                        var (y, dy) = Sum(layer, input, (image, row, column), (group, groups), weights, (output, outputs));
                        var at = result.At(image, row, column, output);
                        (result.Signal[at], result.Noise[at]) = (y + biases[output], dy);
                    }
                }
            }
        }

        return result;
    }

    /// <summary>Number of outputs along an axis: one at every stride-th input, beginning with the first.</summary>
    private static int Outputs(int extent, int stride)
    {
        var count = 0;
        for (var position = 0; position < extent; position += stride)
        {
            count++;
        }

        return count;
    }

    private static (double Signal, double Noise) Sum(
        Convolution layer,
        WrittenOutFeatures input,
        (int Image, int Row, int Column) point,
        (int Index, int Count) group,
        double[] weights,
        (int Index, int Count) output
    )
    {
        var (y, dy) = (0.0, 0.0);
        var before = (layer.Kernel - 1) / 2 * layer.Dilation;
        var channels = input.Channels / group.Count;
        for (var a = 0; a < layer.Kernel; a++)
        {
            for (var b = 0; b < layer.Kernel; b++)
            {
                var row = WrittenOutBoundary.Source(layer.Boundary, (point.Row * layer.Stride) - before + (a * layer.Dilation), input.Height);
                var column = WrittenOutBoundary.Source(layer.Boundary, (point.Column * layer.Stride) - before + (b * layer.Dilation), input.Width);
                if (row is null || column is null)
                {
                    continue;
                }

                for (var channel = 0; channel < channels; channel++)
                {
                    var weight = weights[(((((a * layer.Kernel) + b) * channels) + channel) * output.Count) + output.Index];
                    var source = input.At(point.Image, row.Value, column.Value, (group.Index * channels) + channel);
                    y += weight * input.Signal[source];
                    dy += weight * input.Noise[source];
                }
            }
        }

        return (y, dy);
    }
}
