namespace Wellbehaved.Networks;

/// <summary>The cost of propagating one input: products with weights and the products of attention.</summary>
/// <remarks>
/// It is a double, since a description may ask for more than 64 bits can count. Layers that take a few operations for each feature (norms, activations,
/// poolings, sums) are not counted.
/// </remarks>
internal static class Operations
{
    /// <summary>Multiply-adds of one input in a layer and the layers inside it, all repetitions included.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Shape of its input features.</param>
    /// <returns>Outputs × fan-in; for attention also its four projections, queries × keys, and weights × values.</returns>
    /// <exception cref="InvalidNetworkException">The layer does not fit the shape.</exception>
    public static double MultiplyAdds(Layer layer, Shape input) =>
        layer switch
        {
            Convolution convolution => (double)convolution.OutputOf(input).Features * convolution.FanInOf(input.Channels),
            Dense dense => (double)dense.OutputOf(input).Features * input.Channels,
            Attention => (double)input.Features * ((4.0 * input.Channels) + (2.0 * input.Positions)),
            Residual residual => MultiplyAdds(residual.Branch, input) + MultiplyAdds(residual.Skip, input),
            Repeat repeat => MultiplyAdds(repeat, input),
            Norm or Activation or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => 0,
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>Multiply-adds of one input in layers one after the other.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="input">Shape of the features that the first layer reads.</param>
    /// <returns>Their sum.</returns>
    /// <exception cref="InvalidNetworkException">A layer does not fit.</exception>
    public static double MultiplyAdds(Layers layers, Shape input)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var (sum, shape) = (0.0, input);
        foreach (var layer in layers)
        {
            sum += MultiplyAdds(layer, shape);
            shape = layer.OutputOf(shape);
        }

        return sum;
    }

    private static double MultiplyAdds(Repeat repeat, Shape input)
    {
        var (sum, shape) = (0.0, input);
        for (var repetition = 0; repetition < repeat.Times; repetition++)
        {
            var (once, next) = (MultiplyAdds(repeat.Unit, shape), repeat.Unit.OutputOf(shape, repeat.Word));
            if (next == shape)
            {
                return sum + (once * (repeat.Times - repetition));
            }

            (sum, shape) = (sum + once, next);
        }

        return sum;
    }
}
