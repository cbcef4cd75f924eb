using System.Text.Json;
using System.Text.Json.Serialization;

namespace Wellbehaved.Model;

/// <summary>The options of an experiment as the text <c>configuration</c> in its result file: what was run can be run again.</summary>
internal static class ResultConfiguration
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        IgnoreReadOnlyProperties = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Writes options as a JSON object with the names of the author's package.</summary>
    public static string Of(ExperimentOptions options) => JsonSerializer.Serialize(options, Format);

    /// <summary>Reads options back; null where the text is none of ours.</summary>
    public static ExperimentOptions? Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<ExperimentOptions>(text, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
