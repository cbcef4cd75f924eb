using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Wellbehaved.Audit;

/// <summary>Which networks a subject can be asked for in protocol 2: everything else counts as declined.</summary>
internal sealed record NetworkOffer
{
    /// <summary>Words of all layers but activations, as the wire has them; a repeat is never sent.</summary>
    public static readonly ImmutableArray<string> AllLayers =
    [
        "conv", "dense", "batch_norm", "layer_norm", "rms_norm", "group_norm", "instance_norm",
        "scale", "average_pool", "max_pool", "global_average_pool", "flatten", "dropout", "attention", "residual",
    ];

    /// <summary>Options that values can be named of.</summary>
    public static readonly ImmutableArray<string> AllOptions =
    [
        .. new[] { "kernel", "stride", "dilation", "groups", "boundary", "bias_variance", "weights" }.Select(option => $"conv.{option}"),
        "dense.bias_variance", "dense.weights",
        .. new[] { "batch_norm", "layer_norm", "rms_norm", "group_norm", "instance_norm" }.SelectMany(norm => new[] { $"{norm}.epsilon", $"{norm}.scale" }),
        "layer_norm.over", "rms_norm.over", "group_norm.groups", "leaky_relu.slope", "average_pool", "max_pool", "scale", "dropout.keep", "dropout.mask",
        "attention.heads", "attention.causal", "attention.bias_variance", "attention.weights", "residual.branch_scale", "residual.skip_scale", "residual.survival",
    ];

    /// <summary>Sizes that can be bounded.</summary>
    public static readonly ImmutableArray<string> AllSizes = ["layers", "channels", "images", "positions"];

    /// <summary>Words of layers, activations left out.</summary>
    public required ImmutableHashSet<string> Layers { get; init; }

    /// <summary>Words of functions.</summary>
    public required ImmutableHashSet<string> Functions { get; init; }

    /// <summary>Words of boundaries.</summary>
    public required ImmutableHashSet<string> Boundaries { get; init; }

    /// <summary><c>mapping</c>, <c>full</c> or both.</summary>
    public required ImmutableHashSet<string> Noises { get; init; }

    /// <summary>For an option the values that it may have; options without an entry may have any. Numbers and words as JSON writes them.</summary>
    public ImmutableDictionary<string, ImmutableArray<JsonValue>> Only { get; init; } = ImmutableDictionary<string, ImmutableArray<JsonValue>>.Empty;

    /// <summary>For a size its most; sizes without an entry are not bounded.</summary>
    public ImmutableDictionary<string, long> Most { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Why a network cannot be asked for.</summary>
    /// <param name="network">The network.</param>
    /// <param name="images">Images of a batch.</param>
    /// <param name="noise"><c>mapping</c> or <c>full</c>.</param>
    /// <returns>What is not offered; null if all is.</returns>
    public string? WhyNot(SpelledOutNetwork network, int images, string noise) =>
        TooLarge("images", images)
        ?? TooLarge("layers", network.Shapes.Count - 1)
        ?? network.Shapes.Select(shape => TooLarge("positions", shape.Positions) ?? TooLarge("channels", shape.Channels)).FirstOrDefault(reason => reason is not null)
        ?? WhyNot(network.Layers)
        ?? (NoiseFor(network, noise) is null ? $"noise {noise}" : null);

    /// <summary>The noise that is asked for: without batch norm both are one, so what is offered will do.</summary>
    /// <returns>Its word; null where the noise that is meant is not offered.</returns>
    public string? NoiseFor(SpelledOutNetwork network, string noise) =>
        Noises.Contains(noise) ? noise : Contains(network.Layers, "batch_norm") ? null : Noises.Order(StringComparer.Ordinal).FirstOrDefault();

    /// <summary>Whether an option may have a value.</summary>
    /// <param name="option">Name of the layer and of the option, with a point between them.</param>
    /// <param name="value">The value.</param>
    public bool Allows(string option, JsonNode value) => !Only.TryGetValue(option, out var allowed) || allowed.Any(one => Equal(one, value));

    /// <summary>Whether layers hold one of a kind, in branches too.</summary>
    public static bool Contains(JsonArray layers, string word) => layers.Any(layer =>
    {
        var (name, options) = layer!.AsObject().Single();
        return name == word || (name == "residual" && (Contains(options!["branch"]!.AsArray(), word) || Contains(options["skip"]!.AsArray(), word)));
    });

    private string? WhyNot(JsonArray layers) => layers.Select(layer => WhyNot(layer!.AsObject().Single())).FirstOrDefault(reason => reason is not null);

    private string? WhyNot(KeyValuePair<string, JsonNode?> layer)
    {
        var (word, options) = layer;
        if (Networks.Function.Words.Contains(word) ? !Functions.Contains(word) : !Layers.Contains(word))
        {
            return Networks.Function.Words.Contains(word) ? $"function {word}" : $"layer {word}";
        }

        if (options is not JsonObject several)
        {
            return Allows(word, options!) ? null : $"{word} {options!.ToJsonString()}";
        }

        foreach (var (name, value) in several)
        {
            if (value is JsonArray inner)
            {
                if (WhyNot(inner) is { } reason)
                {
                    return reason;
                }
            }
            else if (!Allows($"{word}.{name}", value!))
            {
                return $"{word} with {name} {value!.ToJsonString()}";
            }
        }

        return word == "conv" && (int)several["kernel"]! > 1 && (string)several["boundary"]! is var boundary && !Boundaries.Contains(boundary) ? $"boundary {boundary}" : null;
    }

    private string? TooLarge(string size, long value) => Most.TryGetValue(size, out var most) && value > most ? FormattableString.Invariant($"{value} {size}, more than {most}") : null;

    private static bool Equal(JsonValue allowed, JsonNode value) =>
        allowed.GetValueKind() == System.Text.Json.JsonValueKind.Number && value.GetValueKind() == System.Text.Json.JsonValueKind.Number
            ? Number(allowed) == Number(value)
            : JsonNode.DeepEquals(allowed, value);

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture);
}
