using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wellbehaved.Model;

/// <summary>The options of an experiment as the text <c>configuration</c> in its result file: what was run can be run again.</summary>
/// <remarks>The one place where options that a file names are read and validated. Others may write a file that says some of them only.</remarks>
internal sealed record ResultConfiguration
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) },
        IgnoreReadOnlyProperties = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Name of the architecture.</summary>
    public string? Architecture { get; init; }

    /// <summary>Number of layers or residual units.</summary>
    public int? TotalDepth { get; init; }

    /// <summary>Kernel extent.</summary>
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

    /// <summary>What lies beyond the border of the image.</summary>
    public Boundary? Boundary { get; init; }

    /// <summary>All options; null where the text leaves out one that has no default.</summary>
    [JsonIgnore]
    public ExperimentOptions? Options { get; private init; }

    /// <summary>Writes options as a JSON object with the names of the author's package.</summary>
    public static string Of(ExperimentOptions options) => JsonSerializer.Serialize(options, Format);

    /// <summary>Reads options back; null where the text is none of ours, or leaves out an option that has no default.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; named as on the command line.</exception>
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

    /// <summary>Reads what a file says of its experiment.</summary>
    /// <param name="text">The text.</param>
    /// <param name="path">The file, for messages.</param>
    /// <exception cref="InvalidInputException">The text is no JSON object, or an option that it names is of another type or out of range.</exception>
    public static ResultConfiguration Parse(string text, string path)
    {
        try
        {
            return Deserialize(text);
        }
        catch (JsonException exception)
        {
            throw new InvalidInputException(path, $"expected the options of the experiment as a JSON object in 'configuration' ({exception.Message})", exception);
        }
        catch (InvalidInputException exception)
        {
            throw new InvalidInputException(path, $"expected options that run accepts in 'configuration', found {exception.Message}", exception);
        }
    }

    private static ResultConfiguration Deserialize(string text)
    {
        var said = JsonSerializer.Deserialize<ResultConfiguration>(text, Format) ?? throw new JsonException("null is no object");
        ExperimentOptions.RequireSizes(said.NumChannels, said.BatchSize, said.KernelSize);
        if (said is not { Architecture: not null, TotalDepth: not null, KernelSize: not null, NumChannels: not null, BatchSize: not null, NumSims: not null })
        {
            return said;
        }

        var options = JsonSerializer.Deserialize<ExperimentOptions>(text, Format)!;
        options.Validate();
        return said with { Options = options };
    }
}
