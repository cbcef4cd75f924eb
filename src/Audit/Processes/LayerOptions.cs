using System.Text.Json.Nodes;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>All options of a layer, including defaults, named as in docs/network.schema.json.</summary>
internal static class LayerOptions
{
    /// <summary>Writes the options.</summary>
    /// <param name="layer">A layer that contains no other layers.</param>
    /// <param name="channels">Channels of its input.</param>
    /// <returns>An object, or a number if that is a layer's only option.</returns>
    /// <exception cref="UnknownLayerException">The layer contains other layers, or is unknown.</exception>
    public static JsonNode Write(Layer layer, int channels) =>
        layer switch
        {
            Networks.Convolution convolution => With(
                convolution.Parameters,
                new JsonObject
                {
                    ["kernel"] = convolution.Kernel,
                    ["channels"] = convolution.Channels ?? channels,
                    ["stride"] = convolution.Stride,
                    ["dilation"] = convolution.Dilation,
                    ["groups"] = convolution.GroupsOf(channels),
                    ["boundary"] = EnumWords.Spell(convolution.Boundary),
                }
            ),
            Dense dense => With(dense.Parameters, new JsonObject { ["channels"] = dense.Channels ?? channels }),
            BatchNorm or InstanceNorm => With((Norm)layer, []),
            GroupNorm norm => With(norm, new JsonObject { ["groups"] = norm.Groups }),
            LayerNorm norm => With(norm, new JsonObject { ["over"] = EnumWords.Spell(norm.Over) }),
            RmsNorm norm => With(norm, new JsonObject { ["over"] = EnumWords.Spell(norm.Over) }),
            Networks.Activation { Function: { Kind: FunctionKind.LeakyRelu } function } => new JsonObject { ["slope"] = function.Slope },
            Networks.Activation or GlobalAveragePool or Flatten => new JsonObject(),
            Scaling scaling => JsonValue.Create(scaling.Factor),
            Pooling pooling => JsonValue.Create(pooling.Size),
            Dropout dropout => new JsonObject { ["keep"] = dropout.Keep, ["mask"] = EnumWords.Spell(dropout.Mask) },
            Attention attention => With(attention.Parameters, new JsonObject { ["heads"] = attention.Heads, ["causal"] = attention.Causal }),
            _ => throw new UnknownLayerException(layer),
        };

    private static JsonObject With(Norm norm, JsonObject options)
    {
        options["epsilon"] = norm.Epsilon;
        options["scale"] = norm.Scale;
        return options;
    }

    private static JsonObject With(Initialisation parameters, JsonObject options)
    {
        options["weight_variance"] = parameters.WeightVariance;
        options["bias_variance"] = parameters.BiasVariance;
        options["weights"] = EnumWords.Spell(parameters.Law);
        return options;
    }
}
