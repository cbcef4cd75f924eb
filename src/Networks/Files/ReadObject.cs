using System.Text.Json;

namespace Wellbehaved.Networks;

/// <summary>An object of a network's JSON form, read by name; every refusal names its path.</summary>
internal sealed class ReadObject
{
    /// <summary>Longest piece of a file that a message repeats.</summary>
    private const int MostShown = 40;

    private readonly JsonElement _element;

    private ReadObject(JsonElement element, string path) => (_element, Path) = (element, path);

    /// <summary>Where it stands.</summary>
    public string Path { get; }

    /// <summary>An object with no other names than these.</summary>
    /// <exception cref="InvalidNetworkException">It is no object, or has another name or one twice.</exception>
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

    /// <summary>A value as a message shows it.</summary>
    public static string Words(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => $"a list of {element.GetArrayLength()}",
            _ => Shortened(element.GetRawText()),
        };

    /// <summary>An integer.</summary>
    /// <exception cref="InvalidNetworkException">It is none.</exception>
    public static int Integer(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt32(out var value)
            ? value
            : throw new InvalidNetworkException(path, $"expected an integer, got {Words(element)}");

    /// <summary>The value of a name; null if it is left out.</summary>
    public JsonElement? Find(string name) => _element.TryGetProperty(name, out var value) ? value : null;

    /// <summary>The value of a name.</summary>
    /// <exception cref="InvalidNetworkException">It is left out.</exception>
    public JsonElement Element(string name) => Find(name) ?? throw new InvalidNetworkException(Path, $"expected {name}, which is left out");

    /// <summary>A text.</summary>
    /// <exception cref="InvalidNetworkException">It is left out or no text.</exception>
    public string Text(string name) =>
        Element(name) is { ValueKind: JsonValueKind.String } value
            ? value.GetString()!
            : throw new InvalidNetworkException(At(name), $"expected a text, got {Words(Element(name))}");

    /// <summary>An integer.</summary>
    /// <exception cref="InvalidNetworkException">It is left out or no integer.</exception>
    public int Integer(string name) => Integer(Element(name), At(name));

    /// <summary>An integer; another one where it is left out.</summary>
    /// <exception cref="InvalidNetworkException">It is no integer.</exception>
    public int Integer(string name, int otherwise) => Find(name) is { } value ? Integer(value, At(name)) : otherwise;

    /// <summary>A number; another one where it is left out.</summary>
    /// <exception cref="InvalidNetworkException">It is no number, or too large for one.</exception>
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

    /// <summary>A number, infinite where it is too large; null for what is none.</summary>
    /// <exception cref="InvalidNetworkException">It is too small for a number of double precision, which would be 0 without a word.</exception>
    public static double? Number(JsonElement value, string path)
    {
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
        {
            return null;
        }

        // Digits other than 0 before the exponent, and 0 all the same.
        return number != 0 || value.GetRawText().TakeWhile(letter => letter is not ('e' or 'E')).All(letter => letter is not (>= '1' and <= '9'))
            ? number
            : throw new InvalidNetworkException(
                path,
                $"expected 0 or a number of at least {double.Epsilon:G1} in size, got {Words(value)}, which double precision does not hold"
            );
    }

    /// <summary>Yes or no; no where it is left out.</summary>
    /// <exception cref="InvalidNetworkException">It is neither.</exception>
    public bool Flag(string name) =>
        Find(name) is { } value
        && value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new InvalidNetworkException(At(name), $"expected true or false, got {Words(value)}"),
        };

    /// <summary>One of some words; the first where it is left out.</summary>
    /// <exception cref="InvalidNetworkException">It is none of them.</exception>
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

    private static string Expected(IReadOnlyList<string> names) => names.Count == 0 ? "the word alone" : $"an object with {string.Join(", ", names)}";

    /// <summary>The path of one of its values.</summary>
    public string At(string name) => Path == "network" ? name : $"{Path}.{name}";

    /// <summary>The beginning of a text, as long as a message repeats it.</summary>
    public static string Shortened(string text) => text.Length <= MostShown ? text : $"{text[..MostShown]}…";
}
