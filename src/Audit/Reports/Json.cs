using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Audit;

/// <summary>How reports are written as JSON.</summary>
internal static class Json
{
    /// <summary>Indented, Greek letters as they are.</summary>
    public static JsonSerializerOptions Readable { get; } =
        new()
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        };

    /// <summary>An object as text, which a terminal may show.</summary>
    public static string TextOf(JsonNode node) => ForeignText.InJson(node.ToJsonString(Readable));

    /// <summary>A number; null where it is infinite or none, which JSON cannot say.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;
}
