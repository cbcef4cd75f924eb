using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>Writes layers in their JSON form.</summary>
internal static class LayerWriter
{
    /// <summary>Writes a list of layers.</summary>
    public static void Write(Utf8JsonWriter json, Layers layers)
    {
        json.WriteStartArray();
        foreach (var layer in layers)
        {
            Write(json, layer);
        }

        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Layer layer)
    {
        switch (layer)
        {
            case Convolution convolution:
                Object(json, layer, () => Write(json, convolution));
                break;
            case Dense dense:
                Object(
                    json,
                    layer,
                    () =>
                    {
                        Integer(json, "channels", dense.Channels);
                        Write(json, dense.Parameters, Initialisation.He);
                    }
                );
                break;
            case BatchNorm norm:
                Object(json, layer, () => Write(json, norm, new BatchNorm().Epsilon));
                break;
            case LayerNorm norm:
                Object(json, layer, () => Write(json, norm, norm.Over));
                break;
            case RmsNorm norm:
                Object(json, layer, () => Write(json, norm, norm.Over));
                break;
            case GroupNorm norm:
                Object(
                    json,
                    layer,
                    () =>
                    {
                        json.WriteNumber("groups", norm.Groups);
                        Write(json, norm, new InstanceNorm().Epsilon);
                    }
                );
                break;
            case InstanceNorm norm:
                Object(json, layer, () => Write(json, norm, new InstanceNorm().Epsilon));
                break;
            case Activation { Function: { Kind: FunctionKind.LeakyRelu } function }:
                Object(json, layer, () => json.WriteNumber("slope", function.Slope));
                break;
            case Activation or GlobalAveragePool or Flatten:
                json.WriteStringValue(layer.Word);
                break;
            case Scaling scaling:
                Value(json, layer, () => json.WriteNumberValue(scaling.Factor));
                break;
            case Pooling pooling:
                Value(json, layer, () => json.WriteNumberValue(pooling.Size));
                break;
            case Dropout dropout:
                Object(
                    json,
                    layer,
                    () =>
                    {
                        json.WriteNumber("keep", dropout.Keep);
                        Choice(json, "mask", FileWords.Mask, (int)dropout.Mask);
                    }
                );
                break;
            case Attention attention:
                Object(json, layer, () => Write(json, attention));
                break;
            case Residual residual:
                Object(json, layer, () => Write(json, residual));
                break;
            case Repeat repeat:
                Object(
                    json,
                    layer,
                    () =>
                    {
                        json.WriteNumber("times", repeat.Times);
                        json.WritePropertyName("unit");
                        Write(json, repeat.Unit);
                    }
                );
                break;
            default:
                throw new UnknownLayerException(layer);
        }
    }

    private static void Write(Utf8JsonWriter json, Convolution convolution)
    {
        json.WriteNumber("kernel", convolution.Kernel);
        Integer(json, "channels", convolution.Channels);
        Integer(json, "stride", convolution.Stride == 1 ? null : convolution.Stride);
        Integer(json, "dilation", convolution.Dilation == 1 ? null : convolution.Dilation);
        if (convolution.Groups == Convolution.EachChannel)
        {
            json.WriteString("groups", FileWords.Depthwise);
        }
        else
        {
            Integer(json, "groups", convolution.Groups == 1 ? null : convolution.Groups);
        }

        Choice(json, "boundary", FileWords.Boundary, (int)convolution.Boundary);
        Write(json, convolution.Parameters, Initialisation.He);
    }

    private static void Write(Utf8JsonWriter json, Attention attention)
    {
        json.WriteNumber("heads", attention.Heads);
        if (attention.Causal)
        {
            json.WriteBoolean("causal", true);
        }

        Write(json, attention.Parameters, Initialisation.LeCun);
    }

    private static void Write(Utf8JsonWriter json, Residual residual)
    {
        json.WritePropertyName("branch");
        Write(json, residual.Branch);
        if (residual.Skip.Count > 0)
        {
            json.WritePropertyName("skip");
            Write(json, residual.Skip);
        }

        Scale(json, "branch_scale", residual.BranchScale);
        Scale(json, "skip_scale", residual.SkipScale);
        Number(json, "survival", residual.Survival, 1);
    }

    private static void Write(Utf8JsonWriter json, Norm norm, NormalisedOver over)
    {
        Choice(json, "over", FileWords.Over, (int)over);
        Write(json, norm, new InstanceNorm().Epsilon);
    }

    private static void Write(Utf8JsonWriter json, Norm norm, double epsilon)
    {
        Number(json, "epsilon", norm.Epsilon, epsilon);
        Number(json, "scale", norm.Scale, 1);
    }

    private static void Write(Utf8JsonWriter json, Initialisation parameters, Initialisation otherwise)
    {
        Number(json, "weight_variance", parameters.WeightVariance, otherwise.WeightVariance);
        Number(json, "bias_variance", parameters.BiasVariance, otherwise.BiasVariance);
        Choice(json, "weights", FileWords.Weights, (int)parameters.Law);
    }

    private static void Scale(Utf8JsonWriter json, string name, ResidualScale scale)
    {
        if (scale.Rule != ScaleRule.Constant)
        {
            json.WriteString(name, scale.ToString());
        }
        else
        {
            Number(json, name, scale.Value, 1);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, double value, double otherwise)
    {
        if (!value.Equals(otherwise))
        {
            json.WriteNumber(name, value);
        }
    }

    private static void Integer(Utf8JsonWriter json, string name, int? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Choice(Utf8JsonWriter json, string name, string[] words, int value)
    {
        if (value != 0)
        {
            json.WriteString(name, words[value]);
        }
    }

    private static void Object(Utf8JsonWriter json, Layer layer, Action write) =>
        Value(
            json,
            layer,
            () =>
            {
                json.WriteStartObject();
                write();
                json.WriteEndObject();
            }
        );

    private static void Value(Utf8JsonWriter json, Layer layer, Action write)
    {
        json.WriteStartObject();
        json.WritePropertyName(layer.Word);
        write();
        json.WriteEndObject();
    }
}
