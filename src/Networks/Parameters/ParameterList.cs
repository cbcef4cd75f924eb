namespace Wellbehaved.Networks;

/// <summary>The random numbers of a mapping, in the order of propagation: those of a branch before its skip, the survival of a branch before both.</summary>
public static class ParameterList
{
    /// <summary>Lists all random numbers of one mapping.</summary>
    /// <param name="network">The network.</param>
    /// <returns>The tensors of all repetitions; weights are followed by their biases.</returns>
    public static IEnumerable<ParameterTensor> Enumerate(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        var next = new int[Enum.GetValues<ParameterKind>().Length];
        var shape = network.Input;
        foreach (var (layer, input) in Flat(network.Layers, () => shape, made => shape = made))
        {
            foreach (var tensor in Enumerate(layer, input))
            {
                // A bias has the number of the weights before it.
                var index = tensor.Kind == ParameterKind.Biases ? next[(int)ParameterKind.Weights] - 1 : next[(int)tensor.Kind]++;
                yield return tensor with
                {
                    Index = index,
                };
            }
        }
    }

    /// <summary>Every layer in the order of propagation, with the shape of its input; a residual layer is listed at its beginning.</summary>
    private static IEnumerable<(Layer Layer, Shape Input)> Flat(Layers layers, Func<Shape> current, Action<Shape> make)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        foreach (var inner in Flat(repeat.Unit, current, make))
                        {
                            yield return inner;
                        }
                    }

                    break;
                case Residual residual:
                    var input = current();
                    yield return (residual, input);
                    foreach (var inner in Flat(residual.Branch, current, make))
                    {
                        yield return inner;
                    }

                    make(input);
                    foreach (var inner in Flat(residual.Skip, current, make))
                    {
                        yield return inner;
                    }

                    break;
                default:
                    yield return (layer, current());
                    make(layer.OutputOf(current()));
                    break;
            }
        }
    }

    private static IEnumerable<ParameterTensor> Enumerate(Layer layer, Shape input) =>
        layer switch
        {
            Convolution convolution => Linear(
                convolution,
                convolution.FanInOf(input.Channels),
                convolution.Channels ?? input.Channels,
                convolution.Parameters,
                1
            ),
            Dense dense => Linear(dense, input.Channels, dense.Channels ?? input.Channels, dense.Parameters, 1),
            Attention attention => Linear(attention, input.Channels, input.Channels, attention.Parameters, 4),
            Dropout dropout => [new(ParameterKind.Mask, 0, dropout, dropout.Mask == DropoutMask.Shared ? 1 : 0, input.Channels)],
            Residual residual => residual.Survival < 1 ? [new(ParameterKind.Survival, 0, residual, 1, 1)] : [],
            Norm or Activation or Scaling or Pooling or GlobalAveragePool or Flatten => [],
            _ => throw new UnknownLayerException(layer),
        };

    private static IEnumerable<ParameterTensor> Linear(Layer layer, long fanIn, int outputs, Initialisation parameters, int times)
    {
        for (var i = 0; i < times; i++)
        {
            yield return new(ParameterKind.Weights, 0, layer, fanIn, outputs) { Variance = parameters.WeightVariance / fanIn, Law = parameters.Law };
            if (parameters.BiasVariance > 0)
            {
                yield return new(ParameterKind.Biases, 0, layer, fanIn, outputs) { Variance = parameters.BiasVariance };
            }
        }
    }
}
