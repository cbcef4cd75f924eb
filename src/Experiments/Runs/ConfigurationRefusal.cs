using System.Text.Json;

namespace Wellbehaved.Experiments;

/// <summary>Describes why a text is not a configuration: which of its options is wrong, and what was expected of that option.</summary>
internal static class ConfigurationRefusal
{
    /// <summary>The greatest number of characters of a file that a message quotes.</summary>
    private const int MostShown = 40;

    /// <summary>Options by their names in files, with what is expected of each.</summary>
    private static readonly Dictionary<string, string> Expected = typeof(ExperimentOptions)
        .GetProperties()
        .Concat(typeof(ResultConfiguration).GetProperties())
        .DistinctBy(property => property.Name)
        .ToDictionary(property => JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name), property => WordsOf(property.PropertyType));

    /// <summary>Describes the error.</summary>
    /// <param name="exception">The exception of the JSON reader.</param>
    /// <param name="text">The text.</param>
    public static string Describe(JsonException exception, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels });
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object)
            {
                return $"found {Shown(root)}";
            }

            var properties = root.EnumerateObject().ToArray();
            if (properties.GroupBy(property => property.Name).FirstOrDefault(group => group.Count() > 1) is { Key: var twice })
            {
                return $"'{ForeignText.OnOneLine(Shortened(twice))}' is named twice";
            }

            var wrong = Array.Find(
                properties,
                property => exception.Path == $"$.{property.Name}" || exception.Path?.StartsWith($"$.{property.Name}[", StringComparison.Ordinal) == true
            );
            return wrong.Name is null
                ? "it cannot be read"
                : $"'{wrong.Name}' is {Shown(wrong.Value)}, expected {Expected.GetValueOrDefault(wrong.Name, "something else")}";
        }
        catch (JsonException syntax)
        {
            return $"got something else in line {syntax.LineNumber + 1}, column {syntax.BytePositionInLine + 1}";
        }
        catch (InvalidOperationException)
        {
            // The text ends or begins in the middle of a surrogate pair, which JSON's grammar allows.
            return "expected text in Unicode";
        }
    }

    /// <summary>Refuses numbers that double precision would silently round to 0.</summary>
    /// <exception cref="InvalidInputException">There is such a number; the message names it.</exception>
    public static void RequireWithoutUnderflow(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = ResultConfiguration.MostLevels });
        foreach (
            var property in document
                .RootElement.EnumerateObject()
                .Where(property => property.Value.ValueKind == JsonValueKind.Number && property.Value.TryGetDouble(out var value) && value == 0)
        )
        {
            if (property.Value.GetRawText().TakeWhile(letter => letter is not ('e' or 'E')).Any(letter => letter is >= '1' and <= '9'))
            {
                throw new InvalidInputException(
                    ParameterName.Spell(property.Name),
                    $"expected 0 or a number that double precision holds, got {Shown(property.Value)}"
                );
            }
        }
    }

    private static string WordsOf(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type.IsEnum ? string.Join(", ", Enum.GetNames(type).Select(JsonNamingPolicy.SnakeCaseLower.ConvertName))
            : type == typeof(int) ? $"a whole number up to {int.MaxValue}"
            : type == typeof(ulong) ? "a whole number of at least 0"
            : type == typeof(double) ? "a number"
            : type == typeof(bool) ? "true or false"
            : type == typeof(string) ? "a text"
            : type == typeof(DepthList) ? "a list of depths"
            : "something else";
    }

    private static string Shown(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"a list of {value.GetArrayLength()}",
            _ => ForeignText.OnOneLine(Shortened(value.GetRawText())),
        };

    private static string Shortened(string text) => text.Length <= MostShown ? text : $"{text[..MostShown]}…";
}
