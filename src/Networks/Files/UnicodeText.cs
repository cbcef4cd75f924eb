using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>Finds text that is not valid Unicode: JSON's grammar allows it, but readers of JSON fail later, when they decode it.</summary>
internal static class UnicodeText
{
    private const int EscapeLength = 6;

    /// <summary>Whether every surrogate of a JSON text, written as itself or as an escape such as <c>\ud83d</c>, is part of a pair.</summary>
    /// <param name="json">The text.</param>
    /// <returns>True if so.</returns>
    public static bool IsWhole(string json)
    {
        char? before = null;
        for (var i = 0; i < json.Length; )
        {
            var (character, length) = Read(json, i);
            if (char.IsLowSurrogate(character) != (before is { } high && char.IsHighSurrogate(high)))
            {
                return false;
            }

            (before, i) = (character, i + length);
        }

        return before is not { } last || !char.IsHighSurrogate(last);
    }

    /// <summary>The character that begins at an index, and the length of its written form.</summary>
    private static (char Character, int Length) Read(string json, int start)
    {
        if (json[start] != '\\' || start + 1 == json.Length)
        {
            return (json[start], 1);
        }

        return
            json[start + 1] == 'u'
            && start + EscapeLength <= json.Length
            && ushort.TryParse(json.AsSpan(start + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            ? ((char)code, EscapeLength)
            : ('\\', 2);
    }
}
