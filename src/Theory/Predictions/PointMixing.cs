using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Whether a layer's output at a point depends on other points of the batch.</summary>
internal static class PointMixing
{
    /// <summary>Whether outputs at a position depend on other positions of the same input.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="shape">Shape of one input.</param>
    /// <returns>True if so.</returns>
    public static bool MixesPositions(Layers layers, Shape shape)
    {
        ArgumentNullException.ThrowIfNull(layers);
        foreach (var layer in layers)
        {
            var mixes = layer switch
            {
                BatchNorm => false,
                Residual residual => MixesPositions(residual.Branch, shape) || MixesPositions(residual.Skip, shape),
                Repeat repeat => MixesPositions(repeat.Unit, shape),
                Convolution { Kernel: > 1 } => true,
                _ => (shape.Positions > 1 || layer is Attention or InstanceNorm) && Facts.CouplingOf([layer]) != Coupling.None,
            };
            if (mixes)
            {
                return true;
            }

            shape = layer.OutputOf(shape);
        }

        return false;
    }

    /// <summary>Whether outputs depend on statistics of the batch.</summary>
    /// <param name="layers">The layers.</param>
    /// <returns>True if there is a batch norm.</returns>
    public static bool MixesInputs(Layers layers) => Facts.CouplingOf(layers) == Coupling.Batch;

    /// <summary>The path of the first batch norm in the network's JSON form, such as <c>layers[2].repeat.unit[1]</c>.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="path">The path of the list.</param>
    /// <returns>The path; null without batch norm.</returns>
    /// <exception cref="UnknownLayerException">A layer is of a type that this method does not know.</exception>
    public static string? FirstBatchNorm(Layers layers, string path = LayerPath.Root)
    {
        ArgumentNullException.ThrowIfNull(layers);
        return layers.Select((layer, i) => FirstBatchNorm(layer, LayerPath.Write(path, i, layer))).FirstOrDefault(found => found is not null);
    }

    private static string? FirstBatchNorm(Layer layer, string path) =>
        layer switch
        {
            BatchNorm => path,
            Repeat repeat => FirstBatchNorm(repeat.Unit, LayerPath.Within(path, "unit")),
            Residual residual => FirstBatchNorm(residual.Branch, LayerPath.Within(path, "branch"))
                ?? FirstBatchNorm(residual.Skip, LayerPath.Within(path, "skip")),
            Dense or Convolution or Attention or Activation or Norm or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => null,
            _ => throw new UnknownLayerException(layer),
        };
}
