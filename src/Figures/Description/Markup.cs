using System.Text;
using System.Text.RegularExpressions;

namespace Wellbehaved.Figures;

/// <summary>The style of a piece of text.</summary>
internal enum TextStyle
{
    /// <summary>Upright, for words.</summary>
    Upright,

    /// <summary>Italic, for variables.</summary>
    Italic,

    /// <summary>Subscript.</summary>
    Lowered,

    /// <summary>Superscript.</summary>
    Raised,
}

/// <summary>A piece of text in one style.</summary>
/// <param name="Text">The text.</param>
/// <param name="Style">Its style.</param>
internal readonly record struct TextRun(string Text, TextStyle Style);

/// <summary>
/// The markup of titles and labels: <c>*r*</c> is a variable, <c>_{eff}</c> a subscript, <c>^{l}</c> a superscript, and a sign after a
/// backslash has no special meaning. Unicode's superscript and subscript digits, as in ν₂ and 10⁻⁷, are set in the same way.
/// </summary>
internal static partial class Markup
{
    private const string RaisedSigns = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺";
    private const string LoweredSigns = "₀₁₂₃₄₅₆₇₈₉₋₊";
    private const string PlainSigns = "0123456789−+";

    /// <summary>Escapes text from outside, such as names of files, so that no sign in it is taken for markup.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Markup that shows the text.</returns>
    public static string Escape(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return string.Concat(ForeignText.OnOneLine(text).Select(sign => sign is '\\' or '*' or '{' or '}' ? $"\\{sign}" : $"{sign}"));
    }

    /// <summary>Escapes words with formulas such as <c>κ_BN</c> and <c>l^τ</c>, whose scripts are set as such.</summary>
    /// <param name="text">The words. Only a single letter takes a script, so names such as <c>bn_ff</c> stay as they are.</param>
    /// <returns>Markup that shows them.</returns>
    public static string Formulas(string text) => Raised().Replace(Lowered().Replace(Escape(text), "$1_{$2}"), "$1^{$2}");

    /// <summary>A label as plain text: <c>r_eff</c>, <c>SNR^l</c>.</summary>
    /// <param name="markup">The label.</param>
    /// <returns>Its text.</returns>
    public static string Plain(string markup)
    {
        ArgumentNullException.ThrowIfNull(markup);
        var words = new StringBuilder();
        for (var i = 0; i < markup.Length; i++)
        {
            if (markup[i] == '\\' && i + 1 < markup.Length)
            {
                words.Append(markup[++i]);
            }
            else if (markup[i] is not ('*' or '{' or '}'))
            {
                words.Append(markup[i]);
            }
        }

        return words.ToString();
    }

    /// <summary>The signs of a label, each with its style; control characters, which no picture can show, are left out.</summary>
    internal static IEnumerable<(Rune Sign, TextStyle Style)> Signs(string markup)
    {
        var (italic, script) = (false, TextStyle.Upright);
        for (var i = 0; i < markup.Length; )
        {
            var isTakenAsItIs = markup[i] == '\\' && i + 1 < markup.Length;
            if (isTakenAsItIs)
            {
                i++;
            }
            else if (markup[i] is '_' or '^' && i + 1 < markup.Length && markup[i + 1] == '{')
            {
                script = markup[i] == '_' ? TextStyle.Lowered : TextStyle.Raised;
                i += 2;
                continue;
            }
            else if (markup[i] == '}')
            {
                script = TextStyle.Upright;
                i++;
                continue;
            }
            else if (markup[i] == '*')
            {
                italic = !italic;
                i++;
                continue;
            }

            Rune.DecodeFromUtf16(markup.AsSpan(i), out var sign, out var length);
            i += length;
            if (!Rune.IsControl(sign) && sign.Value is not (0xFFFE or 0xFFFF))
            {
                yield return script != TextStyle.Upright ? (sign, script) : Plain(sign, italic ? TextStyle.Italic : TextStyle.Upright);
            }
        }
    }

    /// <summary>Joins neighbouring signs of one style.</summary>
    internal static IReadOnlyList<TextRun> Join(IEnumerable<(Rune Sign, TextStyle Style)> signs)
    {
        var runs = new List<TextRun>();
        foreach (var (sign, style) in signs)
        {
            if (runs.Count > 0 && runs[^1].Style == style)
            {
                runs[^1] = new TextRun(runs[^1].Text + sign, style);
            }
            else
            {
                runs.Add(new TextRun(sign.ToString(), style));
            }
        }

        return runs;
    }

    [GeneratedRegex(@"(?<!\w)(\p{L})_(\p{L}{1,3})(?!\w)")]
    private static partial Regex Lowered();

    [GeneratedRegex(@"(?<!\w)(\p{L})\^(\p{L})(?!\w)")]
    private static partial Regex Raised();

    private static (Rune Sign, TextStyle Style) Plain(Rune sign, TextStyle style)
    {
        var text = sign.ToString();
        return RaisedSigns.IndexOf(text, StringComparison.Ordinal) is >= 0 and var raised ? (new Rune(PlainSigns[raised]), TextStyle.Raised)
            : LoweredSigns.IndexOf(text, StringComparison.Ordinal) is >= 0 and var lowered ? (new Rune(PlainSigns[lowered]), TextStyle.Lowered)
            : (sign, style);
    }
}
