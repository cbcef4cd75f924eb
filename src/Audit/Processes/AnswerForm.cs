using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;

namespace Wellbehaved.Audit;

/// <summary>The keys of an answer and the kind of value that each has; says in words of the protocol what is wrong with a line.</summary>
/// <remarks>It is derived from the type that an answer is read into, so that the two cannot differ.</remarks>
internal sealed class AnswerForm
{
    private static readonly ConcurrentDictionary<Type, AnswerForm> Forms = new();

    private readonly List<Key> _keys;

    private AnswerForm(Type type)
    {
        var (nullability, required) = (new NullabilityInfoContext(), type.GetConstructors().Single().GetParameters());
        _keys =
        [
            .. type.GetProperties()
                .Where(property => property.Name != "EqualityContract")
                .Select(property => new Key(
                    JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name),
                    Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType,
                    nullability.Create(property).ReadState == NullabilityState.Nullable,
                    required.Any(parameter => parameter.Name == property.Name)
                )),
        ];
    }

    /// <summary>The form of an answer of a type.</summary>
    public static AnswerForm Of(Type type) => Forms.GetOrAdd(type, made => new AnswerForm(made));

    /// <summary>What is wrong with a line.</summary>
    /// <param name="line">The line.</param>
    /// <returns>The first thing that is wrong; null if nothing is.</returns>
    public string? Fault(string line)
    {
        try
        {
            using var document = JsonDocument.Parse(line);
            var answer = document.RootElement;
            return answer.ValueKind == JsonValueKind.Object ? FaultOf(answer) : $"expected an object, got {Words(answer)}";
        }
        catch (JsonException)
        {
            return "it is not JSON on one line";
        }
        catch (InvalidOperationException)
        {
            return "a key in it is not valid Unicode";
        }
    }

    private string? FaultOf(JsonElement answer)
    {
        var seen = new HashSet<string>();
        foreach (var property in answer.EnumerateObject())
        {
            if (_keys.Find(key => key.Name == property.Name) is not { } key)
            {
                return $"'{Protocol.Short(property.Name)}' is not a key of this answer";
            }

            if (!seen.Add(key.Name))
            {
                return $"'{key.Name}' is there twice";
            }

            try
            {
                if (!key.Takes(property.Value))
                {
                    return $"expected '{key.Name}' to be {key.Expected}, got {Words(property.Value)}";
                }
            }
            catch (InvalidOperationException)
            {
                // Half of a pair of surrogates, written as an escape.
                return $"'{key.Name}' holds text that is not valid Unicode";
            }
        }

        string[] missing = [.. _keys.Where(key => key.IsRequired && !seen.Contains(key.Name)).Select(key => $"'{key.Name}'")];
        return missing.Length > 0 ? $"it lacks {string.Join(", ", missing)}" : null;
    }

    private static string Words(JsonElement value) => Protocol.Short(value.GetRawText());

    private sealed record Key(string Name, Type Type, bool MayBeNull, bool IsRequired)
    {
        private Type? Element => Type.IsGenericType ? Type.GetGenericArguments()[0] : null;

        public string Expected => $"{(Element is { } element ? $"a list of {Kind(element)}s" : $"a {Kind(Type)}")}{(MayBeNull ? ", or null" : "")}";

        public bool Takes(JsonElement value) =>
            (MayBeNull && value.ValueKind == JsonValueKind.Null)
            || (
                Element is { } element
                    // A null in a list of words is reported with the words that there are.
                    ? value.ValueKind == JsonValueKind.Array
                        && value.EnumerateArray().All(one => Is(element, one) || (element == typeof(string) && one.ValueKind == JsonValueKind.Null))
                    : Is(Type, value)
            );

        private static bool Is(Type type, JsonElement value) =>
            type == typeof(string)
                ? value.ValueKind == JsonValueKind.String && value.GetString() is not null
                : value.ValueKind == JsonValueKind.Number
                    && (
                        type == typeof(int) ? value.TryGetInt32(out _)
                        : type == typeof(long) ? value.TryGetInt64(out _)
                        : value.TryGetDouble(out _)
                    );

        private static string Kind(Type type) =>
            type == typeof(string) ? "text"
            : type == typeof(double) ? "number"
            : "whole number";
    }
}
