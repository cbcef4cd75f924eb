using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;

namespace Wellbehaved.Files;

/// <summary>
/// Makes text from outside the program safe for each kind of output: names and refusals of subjects, last words of programs, names of files and arrays, options
/// in files. All such text passes through this class before it is shown.
/// </summary>
/// <remarks>
/// The text stays on one line, is never interpreted as markup or as a command, and no part of it is hidden. Applying <see cref="OnOneLine"/> twice has the same
/// result as once, so text may be made safe both where it enters and where it leaves.
/// </remarks>
internal static class ForeignText
{
    /// <summary>The greatest number of accents on a letter; more would run over the lines above and below.</summary>
    private const int MostMarks = 3;

    private const int LongestFileName = 100;

    /// <summary>The greatest length of a line; of a longer one the beginning and the end are shown, since an explanation may follow a name.</summary>
    private const int LongestLine = 4000;

    /// <summary>Characters of the end that a shortened line keeps.</summary>
    private const int EndOfLine = 1000;

    /// <summary>Signs for which a cell of CSV must be quoted.</summary>
    private static readonly System.Buffers.SearchValues<char> CellSigns = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>Invisible characters that Unicode counts among letters and marks: fillers, the joiner of graphemes, selectors of variants.</summary>
    private static readonly (int First, int Last)[] WithoutShape =
    [
        (0x034F, 0x034F),
        (0x115F, 0x1160),
        (0x17B4, 0x17B5),
        (0x180B, 0x180F),
        (0x2800, 0x2800),
        (0x3164, 0x3164),
        (0xFE00, 0xFE0F),
        (0xFFA0, 0xFFA0),
        (0xE0100, 0xE01EF),
    ];

    /// <summary>Names that denote devices on Windows, with any ending.</summary>
    private static readonly FrozenSet<string> Devices = FrozenSet.ToFrozenSet(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>Makes text safe for a terminal, for a message, and for XML or a figure whose writer encodes markup.</summary>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The text on one line. White space of every kind becomes a space. Invisible characters (control characters, marks that change the direction of reading,
    /// characters of no width, undefined characters, accents after the third) are spelled as in C#: <c>\u202E</c>. Of more than 4,000 characters the middle is
    /// left out.
    /// </returns>
    public static string OnOneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.All(character => character is >= ' ' and <= '~'))
        {
            return Shortened(text);
        }

        var line = new StringBuilder(text.Length);
        var marks = MostMarks;
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            marks = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark ? marks + 1 : 0;
            line.Append(
                IsWhiteSpace(rune, category) ? " "
                : IsHidden(rune, category) || marks > MostMarks ? Spelled(rune)
                : rune.ToString()
            );
        }

        return Shortened(line.ToString());
    }

    /// <summary>The text, or its beginning and its end; no pair of surrogates is torn.</summary>
    private static string Shortened(string line)
    {
        if (line.Length <= LongestLine)
        {
            return line;
        }

        var (end, start) = (LongestLine - EndOfLine - 1, line.Length - EndOfLine);
        end -= char.IsHighSurrogate(line[end - 1]) ? 1 : 0;
        start += char.IsLowSurrogate(line[start]) ? 1 : 0;
        return $"{line.AsSpan(0, end)}…{line.AsSpan(start)}";
    }

    /// <summary>Makes text safe for a sentence, a heading or a cell of a table in Markdown.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Markdown that shows the text of <see cref="OnOneLine"/>, without markup, links or HTML, and without ending the cell.</returns>
    public static string InMarkdown(string text)
    {
        // Four leading spaces would make it a block of code.
        var line = OnOneLine(text).Trim();
        var page = new StringBuilder(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            page.Append(
                line[i] switch
                {
                    '&' => "&amp;",
                    '<' => "&lt;",
                    '>' => "&gt;",
                    '\\' or '`' or '*' or '[' or ']' or '|' or '~' or '$' or '#' => $"\\{line[i]}",
                    '_' when !(IsInWord(line, i - 1) && IsInWord(line, i + 1)) => "\\_",

                    // GitHub turns an address into a link.
                    ':' when line.AsSpan(i).StartsWith("://", StringComparison.Ordinal) => "&#58;",
                    '.' when line.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase) => "&#46;",

                    // At the beginning of a line these begin an item of a list, or mark the line above as a heading.
                    '-' or '+' or '=' when i == 0 => $"\\{line[i]}",
                    '.' or ')' when i > 0 && line.AsSpan(0, i).IndexOfAnyExceptInRange('0', '9') < 0 => $"\\{line[i]}",
                    var other => other.ToString(),
                }
            );
        }

        return page.ToString();
    }

    /// <summary>Makes text safe for an element or a quoted attribute in a page of HTML.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text of <see cref="OnOneLine"/>, encoded.</returns>
    public static string InHtml(string text) => WebUtility.HtmlEncode(OnOneLine(text));

    /// <summary>Makes JSON safe to look at, although programs read it: strings keep every character, but invisible ones are written as escapes.</summary>
    /// <param name="json">JSON text, whose strings may hold text from outside.</param>
    /// <returns>JSON of the same values.</returns>
    public static string InJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var text = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            // Outside of strings JSON is ASCII, and inside of strings its writer has already escaped the control characters of ASCII.
            if (rune.IsAscii || !IsHidden(rune, Rune.GetUnicodeCategory(rune)))
            {
                text.Append(rune);
                continue;
            }

            foreach (var unit in rune.ToString())
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)unit:X4}");
            }
        }

        return text.ToString();
    }

    /// <summary>For a cell of CSV (RFC 4180), which spreadsheets open, too.</summary>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The text of <see cref="OnOneLine"/>, in quotes where its signs need them; after an apostrophe where a spreadsheet would take it for a formula and
    /// compute it.
    /// </returns>
    public static string InCsv(string text)
    {
        var line = OnOneLine(text);
        var cell = line.TrimStart() is ['=' or '+' or '-' or '@', ..] ? $"'{line}" : line;
        return cell.AsSpan().ContainsAny(CellSigns) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    /// <summary>Makes text safe as the name of a file on any system.</summary>
    /// <param name="text">The text.</param>
    /// <returns>A name of ASCII letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, which is not a device, not a hidden file and not the folder itself.</returns>
    public static string InFileName(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var letters = string.Concat(
                text.Take(LongestFileName).Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.' ? character : '_')
            )
            .Trim('.');
        return letters.Length == 0 ? "unnamed"
            : Devices.Contains(letters.Split('.')[0]) || letters[0] == '-' ? $"_{letters}"
            : letters;
    }

    /// <summary>The beginning of a text of any length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The greatest number of characters that are kept.</param>
    /// <returns>The text, or its beginning and an ellipsis.</returns>
    public static string Beginning(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : $"{text.AsSpan(0, char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)}…";
    }

    private static bool IsWhiteSpace(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.SpaceSeparator or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        || rune.Value is (>= '\t' and <= '\r') or 0x85;

    private static bool IsHidden(Rune rune, UnicodeCategory category) =>
        category
            is UnicodeCategory.Control
                or UnicodeCategory.Format
                or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator
        || Array.Exists(WithoutShape, range => rune.Value >= range.First && rune.Value <= range.Last);

    private static string Spelled(Rune rune) => rune.IsBmp ? $"\\u{rune.Value:X4}" : $"\\U{rune.Value:X8}";

    private static bool IsInWord(string line, int index) => index >= 0 && index < line.Length && char.IsLetterOrDigit(line[index]);
}
