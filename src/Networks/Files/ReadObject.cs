using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>An object of a network's JSON form, whose values are read by name; the message of each error states the path.</summary>
internal sealed class ReadObject
{
    /// <summary>The greatest number of characters of a file that a message quotes.</summary>
    private const int MostShown = 40;

    private readonly JsonElement _element;

    private ReadObject(JsonElement element, string path) => (_element, Path) = (element, path);

    /// <summary>The path of the object in the file.</summary>
    public string Path { get; }

    /// <summary>Reads an object that may have only the given names.</summary>
    /// <exception cref="InvalidNetworkException">The element is not an object, or has another name or a name twice.</exception>
    public static ReadObject Read(JsonElement element, string path, IReadOnlyList<string> names)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidNetworkException(path, $"expected {Expected(names)}, got {Words(element)}");
        }

        var seen = new HashSet<string>();
        foreach (var property in element.EnumerateObject())
        {
            if (!seen.Add(property.Name))
            {
                throw new InvalidNetworkException(path, $"expected \"{Shortened(property.Name)}\" once, got it twice");
            }

            if (!names.Contains(property.Name))
            {
                throw new InvalidNetworkException(path, $"expected {Expected(names)}, got \"{Shortened(property.Name)}\"")
                {
                    Word = property.Name,
                    Words = names,
                };
            }
        }

        return new(element, path);
    }

    /// <summary>A value in the form that messages use.</summary>
    public static string Words(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"a list of {element.GetArrayLength()}",
            _ => Shortened(element.GetRawText()),
        };

    /// <summary>Reads an integer.</summary>
    /// <exception cref="InvalidNetworkException">The value is not an integer.</exception>
    /// <remarks>As in JSON Schema, 2.0 is an integer: some programs write it so.</remarks>
    /// <param name="element">The value.</param>
    /// <param name="path">Its path, for messages.</param>
    /// <param name="word">The word that may stand in its place; null for none.</param>
    public static int Integer(JsonElement element, string path, string? word = null) =>
        Whole(element) ?? throw new InvalidNetworkException(path, $"expected an integer{(word is null ? "" : $" or \"{word}\"")}, got {Words(element)}");

    /// <summary>The integer that a value is; null if it is none.</summary>
    public static int? Whole(JsonElement element) =>
        element.ValueKind != JsonValueKind.Number ? null
        : element.TryGetInt32(out var value) ? value
        : element.TryGetDouble(out var number) && number == Math.Floor(number) && Math.Abs(number) <= int.MaxValue ? (int)number
        : null;

    /// <summary>The value of a name; null if the object does not have the name.</summary>
    public JsonElement? Find(string name) => _element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The value of a name.</summary>
    /// <exception cref="InvalidNetworkException">The object does not have the name.</exception>
    public JsonElement Element(string name) => Find(name) ?? throw new InvalidNetworkException(Path, $"expected a value for {name}, got none");

    /// <summary>Reads a text.</summary>
    /// <exception cref="InvalidNetworkException">The name is missing, or its value is not a text.</exception>
    public string Text(string name) =>
        Element(name) is { ValueKind: JsonValueKind.String } value
            ? value.GetString()!
            : throw new InvalidNetworkException(At(name), $"expected a text, got {Words(Element(name))}");

    /// <summary>Reads an integer.</summary>
    /// <exception cref="InvalidNetworkException">The name is missing, or its value is not an integer.</exception>
    public int Integer(string name) => Integer(Element(name), At(name));

    /// <summary>Reads an integer, with a default for a missing name.</summary>
    /// <exception cref="InvalidNetworkException">The value is not an integer.</exception>
    public int Integer(string name, int otherwise) => Find(name) is { } value ? Integer(value, At(name)) : otherwise;

    /// <summary>Reads a number, with a default for a missing name.</summary>
    /// <exception cref="InvalidNetworkException">The value is not a number, or is too large.</exception>
    public double Number(string name, double otherwise)
    {
        if (Find(name) is not { } value)
        {
            return otherwise;
        }

        return Number(value, At(name)) is { } number && double.IsFinite(number)
            ? number
            : throw new InvalidNetworkException(At(name), $"expected a finite number, got {Words(value)}");
    }

    /// <summary>Reads a number; it is infinite where it is too large, and null where the value is not a number.</summary>
    /// <exception cref="InvalidNetworkException">The number is too small for double precision, which would silently round it to 0.</exception>
    public static double? Number(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            return null;
        }

        // The text has a digit other than 0 before the exponent, but the number was rounded to 0.
        return number != 0 || value.GetRawText().TakeWhile(letter => letter is not ('e' or 'E')).All(letter => letter is not (>= '1' and <= '9'))
            ? number
            : throw new InvalidNetworkException(
                path,
                $"expected 0 or a number with a magnitude of at least {double.Epsilon:G1}, got {Words(value)}, which is too small for double precision"
            );
    }

    /// <summary>Reads true or false; a missing name means false.</summary>
    /// <exception cref="InvalidNetworkException">The value is neither of these.</exception>
    public bool Flag(string name) =>
        Find(name) is { } value
        && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new InvalidNetworkException(At(name), $"expected true or false, got {Words(value)}"),
        };

    /// <summary>Reads one of several words and returns its index; a missing name means the first word.</summary>
    /// <exception cref="InvalidNetworkException">The value is not one of the words.</exception>
    public int Choice(string name, IReadOnlyList<string> words)
    {
        if (Find(name) is not { } value)
        {
            return 0;
        }

        for (var i = 0; i < words.Count; i++)
        {
            if (value.ValueKind == JsonValueKind.String && value.ValueEquals(words[i]))
            {
                return i;
            }
        }

        throw new InvalidNetworkException(At(name), $"expected {string.Join(", ", words)}, got {Words(value)}")
        {
            Word = value.ValueKind == JsonValueKind.String ? value.GetString() : null,
            Words = words,
        };
    }

    private static string Expected(IReadOnlyList<string> names) => names.Count == 0 ? "only the word" : $"an object with {string.Join(", ", names)}";

    /// <summary>The path of a value of the object.</summary>
    public string At(string name) => Path == "network" ? name : $"{Path}.{name}";

    /// <summary>The beginning of a text, at the length that messages quote.</summary>
    public static string Shortened(string text) => text.Length <= MostShown ? text : $"{text[..MostShown]}…";
}
