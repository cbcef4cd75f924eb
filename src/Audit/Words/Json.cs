using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Wellbehaved.Audit;

/// <summary>How reports are written as JSON: the one place that knows that JSON has no infinities.</summary>
internal static class Json
{
    /// <summary>Indented, with Greek letters not escaped.</summary>
    public static JsonSerializerOptions Readable { get; } =
        new()
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            MaxDepth = ResultConfiguration.MostLevels,
        };

    /// <summary>An object as text, which a terminal may show; null stands for numbers that are infinite or none.</summary>
    /// <param name="node">The object; numbers in it that JSON cannot say become null in it, too.</param>
    public static string TextOf(JsonNode node) => ForeignText.InJson(WithoutInfinities(node)!.ToJsonString(Readable));

    /// <summary>JSON of ours that is to stand within other JSON: a network may have more levels than the library's default lets it.</summary>
    /// <param name="text">JSON.</param>
    public static JsonNode? Parse(string text) => JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels });

    /// <summary>A number; null if it is infinite or NaN, which JSON cannot represent.</summary>
    public static JsonNode? Number(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    private static JsonNode? WithoutInfinities(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject pairs:
                foreach (var (key, _) in pairs.ToArray().Where(pair => !ReferenceEquals(WithoutInfinities(pair.Value), pair.Value)))
                {
                    pairs[key] = null;
                }

                return pairs;
            case JsonArray items:
                for (var i = 0; i < items.Count; i++)
                {
                    if (!ReferenceEquals(WithoutInfinities(items[i]), items[i]))
                    {
                        items[i] = null;
                    }
                }

                return items;
            case JsonValue value when IsInfinite(value):
                return null;
            default:
                return node;
        }
    }

    /// <summary>Whether it is a number that JSON cannot say. Text that was read is what JSON said, whatever it is the number of.</summary>
    private static bool IsInfinite(JsonValue value) =>
        !value.TryGetValue<JsonElement>(out _)
        && ((value.TryGetValue<double>(out var number) && !double.IsFinite(number)) || (value.TryGetValue<float>(out var single) && !float.IsFinite(single)));
}
