using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Kinds of layers; one claim speaks about each.</summary>
internal enum LayerFamily
{
    /// <summary>Convolutions and dense layers.</summary>
    Linear,

    /// <summary>Activations.</summary>
    Activation,

    /// <summary>Batch norm.</summary>
    BatchNorm,

    /// <summary>Norms of single inputs: layer, RMS, group and instance norm.</summary>
    InputNorm,

    /// <summary>Poolings, scalings and flattening.</summary>
    Pooling,

    /// <summary>Residual units.</summary>
    Residual,

    /// <summary>Dropout.</summary>
    Dropout,

    /// <summary>Attention.</summary>
    Attention,
}

/// <summary>Assigns the layers of a network to families.</summary>
internal static class LayerFamilies
{
    /// <summary>The family of a layer other than a repeat.</summary>
    /// <exception cref="UnknownLayerException">The layer belongs to no family.</exception>
    public static LayerFamily FamilyOf(Layer layer) =>
        layer switch
        {
            Convolution or Dense => LayerFamily.Linear,
            Activation => LayerFamily.Activation,
            BatchNorm => LayerFamily.BatchNorm,
            LayerNorm or RmsNorm or GroupNorm or InstanceNorm => LayerFamily.InputNorm,
            Pooling or GlobalAveragePool or Scaling or Flatten => LayerFamily.Pooling,
            Residual => LayerFamily.Residual,
            Dropout => LayerFamily.Dropout,
            Attention => LayerFamily.Attention,
            _ => throw new UnknownLayerException(layer),
        };

    /// <summary>Every layer of a list and of the lists within it, other than repeats; the layers of a repeat occur once.</summary>
    public static IEnumerable<Layer> All(Networks.Layers layers)
    {
        foreach (var layer in layers)
        {
            if (layer is Repeat repeat)
            {
                foreach (var inner in All(repeat.Unit))
                {
                    yield return inner;
                }

                continue;
            }

            yield return layer;
            if (layer is Residual residual)
            {
                foreach (var inner in All(residual.Branch).Concat(All(residual.Skip)))
                {
                    yield return inner;
                }
            }
        }
    }
}
