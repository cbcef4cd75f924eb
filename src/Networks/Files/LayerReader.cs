using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>Reads layers from their JSON form: a word, or an object with the word as its only name.</summary>
internal static class LayerReader
{
    /// <summary>The greatest number of nested lists, one more than a network may have.</summary>
    private const int MostLevels = Limits.Levels + 1;

    /// <summary>The words of all layers.</summary>
    internal static readonly string[] AllWords =
    [
        "conv",
        "dense",
        "batch_norm",
        "layer_norm",
        "rms_norm",
        "group_norm",
        "instance_norm",
        .. Function.Words,
        "scale",
        "average_pool",
        "max_pool",
        "global_average_pool",
        "flatten",
        "dropout",
        "attention",
        "residual",
        "repeat",
    ];

    private static readonly string[] ParameterNames = ["weight_variance", "bias_variance", "weights"];

    /// <summary>Reads a list of layers.</summary>
    /// <param name="list">Its JSON form.</param>
    /// <param name="open">The values of sizes that are left open.</param>
    /// <returns>The layers; their numbers and shapes are not checked.</returns>
    /// <exception cref="InvalidNetworkException">The element is not a list of layers.</exception>
    public static Layers Read(JsonElement list, OpenSizes open) => Read(list, LayerPath.Root, open, 0);

    private static Layers Read(JsonElement list, string path, OpenSizes open, int level)
    {
        if (list.ValueKind != JsonValueKind.Array)
        {
            throw new InvalidNetworkException(path, $"expected a list of layers, got {ReadObject.Words(list)}");
        }

        if (level > MostLevels)
        {
            throw new InvalidNetworkException(path, $"expected at most {Limits.Levels} levels of layers within layers");
        }

        return [.. list.EnumerateArray().Select((layer, i) => ReadLayer(layer, $"{path}[{i}]", open, level + 1))];
    }

    private static Layer ReadLayer(JsonElement element, string path, OpenSizes open, int level)
    {
        if (element.ValueKind == JsonValueKind.String)
        {
            return ReadLayer(element.GetString()!, null, path, open, level);
        }

        if (element.ValueKind != JsonValueKind.Object || element.EnumerateObject().Count() != 1)
        {
            throw new InvalidNetworkException(path, $"expected a layer, a word or an object with one, got {ReadObject.Words(element)}");
        }

        var only = element.EnumerateObject().First();
        return ReadLayer(only.Name, only.Value, path, open, level);
    }

    private static Layer ReadLayer(string word, JsonElement? value, string path, OpenSizes open, int level)
    {
        ReadObject Object(params string[] names) => ReadObject.Read(value ?? EmptyObject, $"{path}.{word}", names);
        switch (word)
        {
            case "conv":
                return ReadConvolution(Object(["kernel", "channels", "stride", "dilation", "groups", "boundary", .. ParameterNames]), open);
            case "dense":
                var dense = Object(["channels", .. ParameterNames]);
                return new Dense { Channels = ReadChannels(dense, open), Parameters = ReadParameters(dense, Initialisation.He) };
            case "batch_norm":
                var batch = Object("epsilon", "scale");
                return new BatchNorm { Epsilon = batch.Number("epsilon", new BatchNorm().Epsilon), Scale = batch.Number("scale", 1) };
            case "layer_norm":
                var layer = Object("epsilon", "scale", "over");
                return new LayerNorm
                {
                    Epsilon = Epsilon(layer),
                    Scale = layer.Number("scale", 1),
                    Over = (NormalisedOver)layer.Choice("over", FileWords.Over),
                };
            case "rms_norm":
                var rms = Object("epsilon", "scale", "over");
                return new RmsNorm
                {
                    Epsilon = Epsilon(rms),
                    Scale = rms.Number("scale", 1),
                    Over = (NormalisedOver)rms.Choice("over", FileWords.Over),
                };
            case "group_norm":
                var group = Object("groups", "epsilon", "scale");
                return new GroupNorm(group.Integer("groups")) { Epsilon = Epsilon(group), Scale = group.Number("scale", 1) };
            case "instance_norm":
                var instance = Object("epsilon", "scale");
                return new InstanceNorm { Epsilon = Epsilon(instance), Scale = instance.Number("scale", 1) };
            case "leaky_relu":
                return new Activation(Function.LeakyRelu(Object("slope").Number("slope", 0.01)));
            case "scale":
                return new Scaling(Number(value, path, word));
            case "average_pool":
                return new AveragePool(Extent(value, path, word));
            case "max_pool":
                return new MaxPool(Extent(value, path, word));
            case "global_average_pool":
                _ = Object();
                return new GlobalAveragePool();
            case "flatten":
                _ = Object();
                return new Flatten();
            case "dropout":
                var dropout = Object("keep", "mask");
                _ = dropout.Element("keep");
                return new Dropout(dropout.Number("keep", 1)) { Mask = (DropoutMask)dropout.Choice("mask", FileWords.Mask) };
            case "attention":
                var attention = Object(["heads", "causal", .. ParameterNames]);
                return new Attention(attention.Integer("heads"))
                {
                    Causal = attention.Flag("causal"),
                    Parameters = ReadParameters(attention, Initialisation.LeCun),
                };
            case "residual":
                return ReadResidual(Object("branch", "skip", "branch_scale", "skip_scale", "survival"), open, level);
            case "repeat":
                var repeat = Object("times", "unit");
                var times = repeat.Element("times");
                return new Repeat(
                    IsWord(times, FileWords.OpenDepth) ? open.Depth() : ReadObject.Integer(times, repeat.At("times"), FileWords.OpenDepth),
                    Read(repeat.Element("unit"), repeat.At("unit"), open, level)
                );
            default:
                if (Function.Find(word) is { } kind)
                {
                    _ = Object();
                    return new Activation(new Function(kind));
                }

                throw new InvalidNetworkException(path, $"expected a layer ({string.Join(", ", AllWords)}), got \"{ReadObject.Shortened(word)}\"")
                {
                    Word = word,
                    Words = AllWords,
                };
        }
    }

    private static JsonElement EmptyObject { get; } = JsonDocument.Parse("{}").RootElement.Clone();

    private static Convolution ReadConvolution(ReadObject convolution, OpenSizes open) =>
        new(convolution.Integer("kernel"))
        {
            Channels = ReadChannels(convolution, open),
            Stride = convolution.Integer("stride", 1),
            Dilation = convolution.Integer("dilation", 1),
            Groups = convolution.Find("groups") switch
            {
                null => 1,
                { } groups when IsWord(groups, FileWords.Depthwise) => Convolution.EachChannel,
                { } groups => ReadObject.Integer(groups, convolution.At("groups"), FileWords.Depthwise) is not Convolution.EachChannel and var count
                    ? count
                    : throw new InvalidNetworkException(convolution.At("groups"), $"expected a positive integer or \"{FileWords.Depthwise}\", got 0"),
            },
            Boundary = (Boundary)convolution.Choice("boundary", FileWords.Boundary),
            Parameters = ReadParameters(convolution, Initialisation.He),
        };

    private static Residual ReadResidual(ReadObject residual, OpenSizes open, int level) =>
        new(Read(residual.Element("branch"), residual.At("branch"), open, level))
        {
            Skip = residual.Find("skip") is { } skip ? Read(skip, residual.At("skip"), open, level) : Layers.None,
            BranchScale = ReadScale(residual, "branch_scale"),
            SkipScale = ReadScale(residual, "skip_scale"),
            Survival = residual.Number("survival", 1),
        };

    private static Initialisation ReadParameters(ReadObject layer, Initialisation otherwise) =>
        new(
            layer.Number("weight_variance", otherwise.WeightVariance),
            layer.Number("bias_variance", otherwise.BiasVariance),
            (WeightLaw)layer.Choice("weights", FileWords.Weights)
        );

    private static int? ReadChannels(ReadObject layer, OpenSizes open) =>
        layer.Find("channels") switch
        {
            null => null,
            { } channels when IsWord(channels, FileWords.OpenChannels) => open.Channels(),
            { } channels => ReadObject.Integer(channels, layer.At("channels"), FileWords.OpenChannels),
        };

    private static ResidualScale ReadScale(ReadObject residual, string name)
    {
        if (residual.Find(name) is not { ValueKind: JsonValueKind.String } word)
        {
            return residual.Number(name, 1);
        }

        return word.GetString() switch
        {
            FileWords.RootOfHalf => Math.Sqrt(0.5),
            "1/sqrt(L)" => ResidualScale.ByDepth,
            "1/sqrt(l+1)" => ResidualScale.ByUnit,
            _ => throw new InvalidNetworkException(
                residual.At(name),
                $"expected a number, \"{FileWords.RootOfHalf}\", \"1/sqrt(L)\" or \"1/sqrt(l+1)\", got {ReadObject.Words(word)}"
            ),
        };
    }

    private static double Epsilon(ReadObject norm) => norm.Number("epsilon", new InstanceNorm().Epsilon);

    private static double Number(JsonElement? value, string path, string word) =>
        value is { } number && ReadObject.Number(number, path) is { } factor
            ? factor
            : throw new InvalidNetworkException(
                path,
                $"expected {{\"{word}\": number}}, got {(value is { } other ? ReadObject.Words(other) : "only the word")}"
            );

    private static int Extent(JsonElement? value, string path, string word) =>
        value is { } number && ReadObject.Whole(number) is { } extent
            ? extent
            : throw new InvalidNetworkException(
                path,
                $"expected {{\"{word}\": extent}}, got {(value is { } other ? ReadObject.Words(other) : "only the word")}"
            );

    private static bool IsWord(JsonElement element, string word) => element.ValueKind == JsonValueKind.String && element.ValueEquals(word);
}
