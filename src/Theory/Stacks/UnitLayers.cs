using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>
/// The layers of a unit or of a branch, one after the other, with repeats written out and without layers that do not change moments in the limit of infinite
/// width.
/// </summary>
internal static class UnitLayers
{
    /// <summary>The greatest number of layers to which repetitions are written out; longer units are not judged.</summary>
    private const int Most = 10_000;

    /// <summary>Writes out the layers.</summary>
    public static IReadOnlyList<Layer> WriteOut(Layers layers)
    {
        var list = new List<Layer>();
        Add(layers, list);
        return list;
    }

    /// <summary>The first layer that no law of stacks covers; null if there is none.</summary>
    public static (Layer Layer, string Reason)? Strange(IReadOnlyList<Layer> layers)
    {
        foreach (var layer in layers)
        {
            var reason = layer switch
            {
                Dense or Activation or BatchNorm or Scaling => null,
                Convolution { Stride: not 1 } => "it changes the positions from unit to unit",
                Convolution convolution => convolution.Groups == 1 ? null : "each group of channels reads a kernel of its own",
                LayerNorm { Over: NormalisedOver.Channels } or RmsNorm { Over: NormalisedOver.Channels } => null,
                LayerNorm or RmsNorm or GroupNorm => "its statistics are those of all positions of an image",
                InstanceNorm => "its statistics stay random at every width",
                Dropout { Mask: DropoutMask.Shared } => null,
                Dropout => "a different random mask at every point changes the signal itself",
                Attention => "its scores stay random at finite head width",
                Pooling or GlobalAveragePool or Flatten => "it changes the positions from unit to unit",
                Residual => "it is a residual layer within the branch of another one",
                Repeat => "it has too many layers",
                _ => throw new UnknownLayerException(layer),
            };
            if (reason is not null)
            {
                return (layer, reason);
            }
        }

        return null;
    }

    /// <summary>
    /// The first layer that needs Gaussian channels but does not have them: a second activation, or batch norm after an activation; null if there is none.
    /// </summary>
    /// <remarks>
    /// The walk on a batch ends at the same layers. The input of the layers counts as Gaussian; for repeated units, pass the unit twice in a row.
    /// </remarks>
    public static (Layer Layer, string Reason)? NotGaussian(IReadOnlyList<Layer> layers)
    {
        var gaussian = true;
        foreach (var layer in layers)
        {
            if (!gaussian && layer is (Activation or BatchNorm))
            {
                return (layer, "it follows channels that are not Gaussian");
            }

            // After batch norm of a large batch, channels are approximately Gaussian.
            gaussian = layer is Dense or Convolution || (gaussian && layer is not (Activation or Dropout { Keep: < 1 }));
        }

        return null;
    }

    private static void Add(Layers layers, List<Layer> list)
    {
        foreach (var layer in layers)
        {
            switch (layer)
            {
                case Repeat repeat when list.Count + ((long)repeat.Times * repeat.Unit.Count) <= Most:
                    for (var repetition = 0; repetition < repeat.Times; repetition++)
                    {
                        Add(repeat.Unit, list);
                    }

                    break;
                case Activation { Function.Kind: FunctionKind.Linear } or Activation { Function: { Kind: FunctionKind.LeakyRelu, Slope: 1 } }:
                    break;
                default:
                    list.Add(layer);
                    break;
            }
        }
    }
}
