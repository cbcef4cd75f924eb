using System.Text.Json.Nodes;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The options of a layer with nothing left out, named as in docs/network.schema.json.</summary>
internal static class LayerOptions
{
    /// <summary>Writes them.</summary>
    /// <param name="layer">A layer that holds no others.</param>
    /// <param name="channels">Channels of its input.</param>
    /// <returns>An object, or the number that is a layer's only option.</returns>
    /// <exception cref="UnknownLayerException">It holds others, or is not known.</exception>
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
                    ["boundary"] = Words.Spell(convolution.Boundary),
                }
            ),
            Dense dense => With(dense.Parameters, new JsonObject { ["channels"] = dense.Channels ?? channels }),
            BatchNorm or InstanceNorm => With((Norm)layer, []),
            GroupNorm norm => With(norm, new JsonObject { ["groups"] = norm.Groups }),
            LayerNorm norm => With(norm, new JsonObject { ["over"] = Words.Spell(norm.Over) }),
            RmsNorm norm => With(norm, new JsonObject { ["over"] = Words.Spell(norm.Over) }),
            Networks.Activation { Function: { Kind: FunctionKind.LeakyRelu } function } => new JsonObject { ["slope"] = function.Slope },
            Networks.Activation or GlobalAveragePool or Flatten => new JsonObject(),
            Scaling scaling => JsonValue.Create(scaling.Factor),
            Pooling pooling => JsonValue.Create(pooling.Size),
            Dropout dropout => new JsonObject { ["keep"] = dropout.Keep, ["mask"] = Words.Spell(dropout.Mask) },
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
        options["weights"] = Words.Spell(parameters.Law);
        return options;
    }
}
