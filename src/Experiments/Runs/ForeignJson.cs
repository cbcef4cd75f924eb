using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Experiments;

/// <summary>JSON that somebody else may have written: in journals, and as texts within them.</summary>
internal static class ForeignJson
{
    private static readonly JsonDocumentOptions Document = new() { AllowDuplicateProperties = false, MaxDepth = ResultConfiguration.MostLevels };

    /// <summary>How the header of a journal is read: keys that are given twice, are missing or are null are refused.</summary>
    /// <param name="names">How the keys are spelled; null if they are the properties' names.</param>
    public static JsonSerializerOptions Header(JsonNamingPolicy? names) =>
        new()
        {
            PropertyNamingPolicy = names,
            AllowDuplicateProperties = false,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };

    /// <summary>Reads a text.</summary>
    /// <exception cref="JsonException">It is not JSON, or gives a key twice. Nothing else is thrown, also not when values are looked up later.</exception>
    public static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: Document);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // Half of a surrogate pair is a character of .NET, and none of Unicode.
            throw new JsonException("expected text in Unicode", exception);
        }
    }
}
