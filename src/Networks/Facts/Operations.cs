namespace Wellbehaved.Networks;

/// <summary>What it costs to propagate one input: products with weights, and of attention.</summary>
/// <remarks>
/// In floating point, since descriptions may ask for more than 64 bits count. What costs a few operations a feature (norms, activations, poolings, sums) is
/// left out.
/// </remarks>
internal static class Operations
{
    /// <summary>Multiply-adds of one input in a layer and those within it, repetitions counted.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="input">Shape of the features that it reads.</param>
    /// <returns>Outputs times fan-in; for attention its four projections, queries times keys and weights times values.</returns>
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
    /// <param name="input">Shape of the features that the first one reads.</param>
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
