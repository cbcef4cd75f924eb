using Wellbehaved.Networks;

namespace Wellbehaved.Model;

/// <summary>
/// The memory that a backward pass takes without gradients of parameters, counted from the description before anything is allocated. It is an upper bound, in
/// floating point, so that absurd sizes do not overflow.
/// </summary>
internal static class BackwardMemory
{
    /// <summary>Number of tensors that attention stores: queries, keys, values, their gradients, the heads' outputs and the gradient of these.</summary>
    private const int OfAttention = 8;

    /// <summary>Number of tensors of the largest shape that are in use at the same time, without those of nested residual layers.</summary>
    private const int InUse = 6;

    /// <summary>Bytes of all buffers.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Inputs in the batch.</param>
    /// <param name="bytesOfNumber">Bytes of a number: 4 in single precision, 8 in double.</param>
    public static double Bytes(Network network, int images, int bytesOfNumber)
    {
        var (kept, most, tables, _) = Count(network.Layers, network.Input);
        return images * (((kept + ((InUse + Levels(network.Layers)) * Math.Max(most, network.Input.Features))) * bytesOfNumber) + (tables * sizeof(int)));
    }

    private static int Levels(Layers layers) =>
        layers
            .Select(layer =>
                layer switch
                {
                    Residual residual => 1 + Math.Max(Levels(residual.Branch), Levels(residual.Skip)),
                    Repeat repeat => Levels(repeat.Unit),
                    _ => 0,
                }
            )
            .DefaultIfEmpty(0)
            .Max();

    /// <summary>Number of stored features for one input, features of the largest tensor, and entries of tables.</summary>
    private static (double Kept, double Most, double Tables, Shape Output) Count(Layers layers, Shape input)
    {
        var (kept, most, tables, shape) = (0.0, 0.0, 0.0, input);
        foreach (var layer in layers)
        {
            var (ofLayer, mostOfLayer, tablesOfLayer, output) = Count(layer, shape);
            (kept, most, tables, shape) = (kept + ofLayer, Math.Max(most, mostOfLayer), tables + tablesOfLayer, output);
        }

        return (kept, most, tables, shape);
    }

    private static (double Kept, double Most, double Tables, Shape Output) Count(Layer layer, Shape input)
    {
        switch (layer)
        {
            case Repeat repeat:
                return Count(repeat, input);
            case Residual residual:
                var (branch, skip) = (Count(residual.Branch, input), Count(residual.Skip, input));
                return (
                    branch.Kept + skip.Kept + branch.Output.Features,
                    Math.Max(branch.Most, Math.Max(skip.Most, branch.Output.Features)),
                    branch.Tables + skip.Tables,
                    branch.Output
                );
            default:
                var output = layer.OutputOf(input);
                return (output.Features * Tensors(layer), Math.Max(input.Features, output.Features), Tables(layer, input, output), output);
        }
    }

    private static (double Kept, double Most, double Tables, Shape Output) Count(Repeat repeat, Shape input)
    {
        var (kept, most, tables, shape) = (0.0, 0.0, 0.0, input);
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            var once = Count(repeat.Unit, shape);
            (most, tables) = (Math.Max(most, once.Most), Math.Max(tables, once.Tables));
            if (once.Output == shape)
            {
                return (kept + (once.Kept * (repeat.Times - repetition)), most, tables, shape);
            }

            (kept, shape) = (kept + once.Kept, once.Output);
        }

        return (kept, most, tables, shape);
    }

    /// <summary>Number of tensors that a layer stores: its output, and additional ones for its adjoint.</summary>
    private static int Tensors(Layer layer) =>
        layer switch
        {
            Activation => 2,
            Attention => OfAttention + 1,
            Convolution or Dense or Norm or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => 1,
            _ => throw new UnknownLayerException(layer),
        };

    private static double Tables(Layer layer, Shape input, Shape output) =>
        layer is Convolution convolution ? (double)convolution.Kernel * convolution.Kernel * (input.Positions + output.Positions) : 0;
}
