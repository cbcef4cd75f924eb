using System.Collections.Frozen;
using System.Globalization;
using System.Net;
using System.Text;

namespace Wellbehaved.Files;

/// <summary>
/// What text that others wrote looks like in each of our outputs: names and refusals of subjects, last words of programs, names of files and arrays, options
/// in files. All of it passes through here before anybody sees it.
/// </summary>
/// <remarks>
/// It stays on one line, nothing obeys it, and nothing of it is hidden. Passing <see cref="OnOneLine"/> a second time changes nothing, so that text may be
/// made safe where it enters and again where it leaves.
/// </remarks>
internal static class ForeignText
{
    /// <summary>Accents that a letter may carry; more of them run over the lines above and below.</summary>
    private const int MostMarks = 3;

    private const int LongestFileName = 100;

    /// <summary>Signs for which a cell of CSV must be quoted.</summary>
    private static readonly System.Buffers.SearchValues<char> CellSigns = System.Buffers.SearchValues.Create(",\"\r\n");

    /// <summary>Characters without a shape that Unicode counts among letters and marks: fillers, the joiner of graphemes, selectors of variants.</summary>
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

    /// <summary>Names that are devices on Windows, with any ending.</summary>
    private static readonly FrozenSet<string> Devices = FrozenSet.ToFrozenSet(
        ["CON", "PRN", "AUX", "NUL", .. Enumerable.Range(0, 10).SelectMany(i => new[] { $"COM{i}", $"LPT{i}" })],
        StringComparer.OrdinalIgnoreCase
    );

    /// <summary>For a terminal, a message, and XML or a figure whose writer encodes markup.</summary>
    /// <param name="text">The text.</param>
    /// <returns>
    /// The text on one line: white space of every kind is a space, and what has no shape (control characters, marks that turn the direction of reading,
    /// characters of no width, those that Unicode does not define, accents beyond three) is spelled <c>\u202E</c>, as in C#.
    /// </returns>
    public static string OnOneLine(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.All(character => character is >= ' ' and <= '~'))
        {
            return text;
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

        return line.ToString();
    }

    /// <summary>For a sentence, a heading or a cell of a table in Markdown.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Markdown that shows the text of <see cref="OnOneLine"/>: no markup, no link, no HTML, no end of the cell.</returns>
    public static string InMarkdown(string text)
    {
        // Four spaces before it would make it a block of code.
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

                    // GitHub makes a link of an address.
                    ':' when line.AsSpan(i).StartsWith("://", StringComparison.Ordinal) => "&#58;",
                    '.' when line.AsSpan(0, i).EndsWith("www", StringComparison.OrdinalIgnoreCase) => "&#46;",

                    // Items of a list, and lines below headings, begin a line with these.
                    '-' or '+' or '=' when i == 0 => $"\\{line[i]}",
                    '.' or ')' when i > 0 && line.AsSpan(0, i).IndexOfAnyExceptInRange('0', '9') < 0 => $"\\{line[i]}",
                    var other => other.ToString(),
                }
            );
        }

        return page.ToString();
    }

    /// <summary>For the text or a quoted attribute of a page of HTML.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text of <see cref="OnOneLine"/>, encoded.</returns>
    public static string InHtml(string text) => WebUtility.HtmlEncode(OnOneLine(text));

    /// <summary>For JSON, which is read by programs but looked at by people: strings keep every character, those without a shape as escapes.</summary>
    /// <param name="json">JSON text, whose strings may hold what others wrote.</param>
    /// <returns>JSON of the same values.</returns>
    public static string InJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var text = new StringBuilder(json.Length);
        foreach (var rune in json.EnumerateRunes())
        {
            // Outside of strings nothing but ASCII occurs, and inside of them a writer has escaped the control characters of ASCII.
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

    /// <summary>For the name of a file on any system.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Letters, digits, <c>-</c>, <c>_</c> and <c>.</c> of ASCII, in a name that is no device, no hidden file and not the folder itself.</returns>
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

    /// <summary>The beginning of a text that may be of any length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">The most characters that are kept.</param>
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
