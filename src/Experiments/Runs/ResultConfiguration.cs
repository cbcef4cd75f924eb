using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Wellbehaved.Networks;

namespace Wellbehaved.Experiments;

/// <summary>The options of an experiment as the text <c>configuration</c> in its result file, by which the experiment can be repeated.</summary>
/// <remarks>Options in a file are read and validated only here. Other programs may write files that state only some of the options.</remarks>
internal sealed record ResultConfiguration
{
    private const string NetworkKey = "network";
    private const string NoiseKey = "noise";

    /// <summary>The greatest number of nested levels of JSON: those of a network's nested layers, and a few of the options.</summary>
    internal const int MostLevels = 512;

    private static readonly JsonDocumentOptions Document = new() { MaxDepth = MostLevels, AllowDuplicateProperties = false };

    /// <summary>Options that an architecture leaves open.</summary>
    private static readonly string[] OfArchitectures =
    [
        "architecture",
        "total_depth",
        "kernel_size",
        "num_channels",
        "boundary",
        "epsilon",
        "res_depth",
        "num_computations",
    ];

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        IgnoreReadOnlyProperties = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        MaxDepth = MostLevels,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Name of the architecture.</summary>
    public string? Architecture { get; init; }

    /// <summary>Number of layers or residual units.</summary>
    public int? TotalDepth { get; init; }

    /// <summary>Kernel size.</summary>
    public int? KernelSize { get; init; }

    /// <summary>Channels of every layer.</summary>
    public int? NumChannels { get; init; }

    /// <summary>Images in a batch.</summary>
    public int? BatchSize { get; init; }

    /// <summary>Number of simulations.</summary>
    public int? NumSims { get; init; }

    /// <summary>Feedforward layers in a residual branch.</summary>
    public int? ResDepth { get; init; }

    /// <summary>Number of depths at which moments were computed.</summary>
    public int? NumComputations { get; init; }

    /// <summary>What a convolution reads beyond the border of the image.</summary>
    public Boundary? Boundary { get; init; }

    /// <summary>The network in the text: its JSON form, or a name.</summary>
    [JsonPropertyName(NetworkKey)]
    public JsonElement? NetworkForm { get; init; }

    /// <summary>The mapping whose derivative the noise is.</summary>
    public NoiseKind? Noise { get; init; }

    /// <summary>The network's name; null where the text does not state it.</summary>
    [JsonIgnore]
    public string? Name => Network?.Name ?? NameAlone ?? Architecture;

    private string? NameAlone { get; init; }

    /// <summary>The network, where the text describes it by its layers.</summary>
    [JsonIgnore]
    public Network? Network { get; private init; }

    /// <summary>All options; null where the text leaves out one that has no default.</summary>
    [JsonIgnore]
    public ExperimentOptions? Options { get; private init; }

    /// <summary>
    /// The options without a default that the text leaves out, by their names in it; the experiment is known only where there are none.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<string> LeftOut =>
        [
            .. new (string Name, bool IsThere)[]
            {
                ("architecture", Architecture is not null || Network is not null),
                ("total_depth", TotalDepth is not null || Network is not null),
                ("kernel_size", KernelSize is not null || Network is not null),
                ("num_channels", NumChannels is not null || Network is not null),
                ("batch_size", BatchSize is not null),
                ("num_sims", NumSims is not null),
            }
                .Where(option => !option.IsThere)
                .Select(option => option.Name),
        ];

    /// <summary>The same with the depths of the file, where the text says nothing of them: not <c>run</c>'s default, but the array decides.</summary>
    /// <param name="depth">The computed depths, increasing.</param>
    public ResultConfiguration At(IReadOnlyList<int> depth)
    {
        if (NumComputations is not null || Options is not { Network: null, Depths: null } options)
        {
            return this;
        }

        var spaced = options with { NumComputations = depth.Count };
        return this with
        {
            Options =
                options.TotalDepth % depth.Count == 0 && spaced.ComputedDepths.SequenceEqual(depth) ? spaced : options with { Depths = new DepthList(depth) },
        };
    }

    /// <summary>Writes options as a JSON object with the names of the author's package.</summary>
    /// <remarks>For a described network, the object holds the network in its JSON form, and no option whose value its layers imply.</remarks>
    public static string Write(ExperimentOptions options)
    {
        if (options.Network is not { } network)
        {
            return JsonSerializer.Serialize(options, Format);
        }

        var said = JsonSerializer.SerializeToNode(options, Format)!.AsObject();
        var text = new JsonObject { [NetworkKey] = JsonNode.Parse(NetworkText.Write(network), documentOptions: Document), [NoiseKey] = Words(options.Noise) };
        foreach (var option in said.Where(option => !OfArchitectures.Contains(option.Key) && option.Key != NoiseKey).ToArray())
        {
            said.Remove(option.Key);
            text.Add(option.Key, option.Value);
        }

        return text.ToJsonString(Format);
    }

    /// <summary>The text of a configuration that was read from a file, whatever program wrote it.</summary>
    internal static string ToText(JsonObject words) => words.ToJsonString(Format);

    /// <summary>Reads options back; null where the text was not written by this program, or omits an option that has no default.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; the message names it as on the command line.</exception>
    public static ExperimentOptions? Read(string text)
    {
        try
        {
            return Deserialize(text).Options;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads the options that a file states.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidInputException">The text is not a JSON object, or one of its options has a wrong type or is out of range.</exception>
    public static ResultConfiguration Parse(string text, string path)
    {
        try
        {
            return Deserialize(text);
        }
        catch (JsonException exception)
        {
            throw new InvalidInputException(
                path,
                $"expected the options of the experiment as a JSON object in 'configuration' ({ConfigurationRefusal.Describe(exception, text)})",
                exception
            );
        }
        catch (InvalidInputException exception)
        {
            throw new InvalidInputException(path, $"expected options that run accepts in 'configuration', found {exception.Message}", exception);
        }
    }

    private static ResultConfiguration Deserialize(string text)
    {
        try
        {
            return DeserializeWhole(text);
        }
        catch (InvalidOperationException exception)
        {
            // The text ends or begins in the middle of a surrogate pair, which JSON's grammar allows.
            throw new JsonException("expected text in Unicode", exception);
        }
    }

    private static ResultConfiguration DeserializeWhole(string text)
    {
        var said = JsonSerializer.Deserialize<ResultConfiguration>(text, Format) ?? throw new JsonException("null is no object");
        ConfigurationRefusal.RequireWithoutUnderflow(text);
        ExperimentOptions.RequireSizes(said.NumChannels, said.BatchSize, said.KernelSize);
        RequirePositive(said);
        if (said.NetworkForm is { ValueKind: JsonValueKind.String } name)
        {
            said = said with { NameAlone = name.GetString() };
            if (said.NameAlone!.Length > Limits.Name)
            {
                throw new InvalidInputException(NetworkKey, $"expected a name of at most {Limits.Name} characters, got {said.NameAlone.Length}");
            }
        }
        else if (said.NetworkForm is { ValueKind: not JsonValueKind.Null } form)
        {
            return WithNetwork(said, form, text);
        }

        if (said is not { Architecture: not null, TotalDepth: not null, KernelSize: not null, NumChannels: not null, BatchSize: not null, NumSims: not null })
        {
            return said;
        }

        var options = JsonSerializer.Deserialize<ExperimentOptions>(text, Format)!;
        if (said.NumComputations is null && options.Depths is null)
        {
            // The file's own depths replace it. The default of the author's package need not divide the total depth.
            options = options with
            {
                NumComputations = 1,
            };
        }

        options.Validate();
        return said with { Options = options };
    }

    /// <summary>Other programs state some of the options only; those are as possible as all of them together must be.</summary>
    private static void RequirePositive(ResultConfiguration said)
    {
        foreach (
            var (name, value) in new[]
            {
                (ParameterName.Spell(nameof(ExperimentOptions.TotalDepth)), said.TotalDepth),
                (ParameterName.Spell(nameof(ExperimentOptions.NumSims)), said.NumSims),
                (ParameterName.Spell(nameof(ExperimentOptions.ResDepth)), said.ResDepth),
                (ParameterName.Spell(nameof(ExperimentOptions.NumComputations)), said.NumComputations),
            }
        )
        {
            if (value <= 0)
            {
                throw new InvalidInputException(name, $"expected a positive number, got {value}");
            }
        }
    }

    private static ResultConfiguration WithNetwork(ResultConfiguration said, JsonElement form, string text)
    {
        var network = NetworkOf(form);
        if (said.Architecture is not null)
        {
            throw new InvalidInputException(
                ParameterName.Spell(nameof(ExperimentOptions.Network)),
                $"expected without {ParameterName.Spell(nameof(ExperimentOptions.Architecture))}, got both {network.Name} and {said.Architecture}"
            );
        }

        if (said is not { BatchSize: { } batchSize, NumSims: { } simulations })
        {
            return said with { Network = network };
        }

        var rest = JsonNode.Parse(text, documentOptions: Document)!.AsObject();
        rest.Remove(NetworkKey);
        foreach (var (key, value) in JsonSerializer.SerializeToNode(ExperimentOptions.ForNetwork(network, batchSize, simulations), Format)!.AsObject())
        {
            if (OfArchitectures.Contains(key))
            {
                rest[key] = value?.DeepClone();
            }
        }

        var options = JsonSerializer.Deserialize<ExperimentOptions>(rest.ToJsonString(), Format)!.On(network);
        options.Validate();
        return said with { Network = network, Options = options };
    }

    private static Network NetworkOf(JsonElement form)
    {
        try
        {
            return NetworkTemplate.Parse(form.GetRawText()).With();
        }
        catch (InvalidNetworkException exception)
        {
            throw new InvalidInputException(NetworkKey, exception.Message, exception);
        }
    }

    private static string Words(NoiseKind noise) => JsonNamingPolicy.SnakeCaseLower.ConvertName($"{noise}");
}
