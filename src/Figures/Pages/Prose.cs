using System.Text.RegularExpressions;

namespace Wellbehaved.Figures;

/// <summary>Converts plain text to HTML with subscripts, superscripts, powers of ten and typographic minus signs. The text is encoded first, so that text
/// from a subject cannot become markup.</summary>
internal static partial class Prose
{
    private static readonly Dictionary<char, char> Superscripts = "0123456789l-−n".Zip("⁰¹²³⁴⁵⁶⁷⁸⁹ˡ⁻⁻ⁿ").ToDictionary();

    /// <summary>Encodes text without further changes.</summary>
    public static string Text(string text) => ForeignText.InHtml(text);

    /// <summary>
    /// Encodes words for an attribute, which holds no markup: superscripts that have letters of their own become these, <c>SNR^l</c> to <c>SNRˡ</c>.
    /// </summary>
    public static string Attribute(string text) =>
        Text(
            Raised()
                .Replace(
                    text,
                    match =>
                        string.Concat(match.Groups[1].Value, match.Groups[2].Value) is var power && power.All(Superscripts.ContainsKey)
                            ? string.Concat(power.Select(sign => Superscripts[sign]))
                            : match.Value
                )
        );

    /// <summary>Encodes words and sets the mathematics in them; names of options are not broken.</summary>
    public static string Html(string text)
    {
        var html = Text(text);
        html = Exponents()
            .Replace(
                html,
                match =>
                    $"{(match.Groups[1].Value == "1" ? "" : match.Groups[1].Value + " × ")}10<sup>{(match.Groups[2].Value == "-" ? "−" : "")}{match.Groups[3].Value}</sup>"
            );
        html = Minus().Replace(html, "−");
        html = Options().Replace(html, match => $"<span class=\"option\">{match.Value}</span>");
        html = Raised().Replace(html, match => $"<sup>{Signed(match.Groups[1].Value + match.Groups[2].Value)}</sup>");
        return Lowered()
            .Replace(
                html,
                match =>
                    $"{(char.IsAsciiLetter(match.Value[0]) ? $"<i>{match.Groups[1].Value}</i>" : match.Groups[1].Value)}<sub>{Signed(match.Groups[2].Value + match.Groups[3].Value)}</sub>"
            );
    }

    /// <summary>Sets a label of a figure.</summary>
    public static string OfMarkup(string markup) =>
        string.Concat(
            Markup
                .Join(Markup.Signs(markup))
                .Select(run =>
                    run.Style switch
                    {
                        TextStyle.Upright => Text(run.Text),
                        TextStyle.Italic => $"<i>{Text(run.Text)}</i>",
                        TextStyle.Lowered => $"<sub>{Text(run.Text)}</sub>",
                        TextStyle.Raised => $"<sup>{Text(run.Text)}</sup>",
                        _ => throw new InvalidOperationException($"expected a style of text, got {run.Style}"),
                    }
                )
        );

    private static string Signed(string text) => text.Replace('-', '−');

    /// <summary>Matches 2E-07 and 1e+5, but not the same characters within a word or a version.</summary>
    [GeneratedRegex(@"(?<![\w.#&])(\d+(?:\.\d+)?)[eE]([+-]?)0*(\d+)(?![\w.])")]
    private static partial Regex Exponents();

    /// <summary>Matches a minus sign before a number, or between spaces.</summary>
    [GeneratedRegex(@"(?<=^|[\s(\[=,:×^{/~])-(?=[\d.∞√]|&#1)|(?<= )-(?= )")]
    private static partial Regex Minus();

    /// <summary>--scale: a browser would break the line after its dashes.</summary>
    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]*")]
    private static partial Regex Options();

    /// <summary>Matches l^τ, (…)^{-½}, χ^-2.</summary>
    [GeneratedRegex(@"\^(?:\{([^{}]*)\}|([-−]?(?:\w|&#\d+;)+))")]
    private static partial Regex Raised();

    /// <summary>Matches r_eff, λ_max, x_{i+κ}, 1_i: only after a single letter, so that names of files and architectures are not changed.</summary>
    [GeneratedRegex(@"(?<![\w&#;])([A-Za-z\u0370-\u03FF](?:&#178;)?|1)_(?:\{([^{}]*)\}|([A-Za-z]{1,3}|[\u0370-\u03FF]))(?![A-Za-z_])")]
    private static partial Regex Lowered();
}
