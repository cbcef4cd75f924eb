using System.Text;
using System.Text.RegularExpressions;

namespace Wellbehaved.Figures;

/// <summary>
/// The laws that claims refer to, taken from docs/laws.md so that they can be read on the page itself. It handles only the Markdown that this file uses.
/// </summary>
internal static partial class LawsSection
{
    private const string Resource = "laws.md";

    /// <summary>Writes the laws.</summary>
    /// <param name="references">Makes links of the claims that they name.</param>
    /// <returns>HTML: a heading, which can be linked, and paragraphs and lists for each section.</returns>
    public static string ToHtml(References references)
    {
        var html = new StringBuilder();
        foreach (var section in EmbeddedText.Read(Resource).ReplaceLineEndings("\n").Split("\n## ").Skip(1))
        {
            var end = section.IndexOf('\n', StringComparison.Ordinal);
            var title = section[..end];
            html.Append($"<h3 id=\"{References.AnchorOfLaws(title[..title.IndexOf('.', StringComparison.Ordinal)])}\">{Prose.Text(title)}</h3>\n");
            foreach (var block in section[end..].Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                html.Append(
                    block.StartsWith("- ", StringComparison.Ordinal)
                        ? $"<ul>{string.Concat(block[2..].Split("\n- ").Select(item => $"<li>{Inline(item, references)}</li>\n"))}</ul>\n"
                        : $"<p>{Inline(block, references)}</p>\n"
                );
            }
        }

        return html.ToString();
    }

    private static string Inline(string markdown, References references)
    {
        // Links are removed: they lead to other pages of the documentation, which this page does not contain.
        var html = Prose.Html(Link().Replace(markdown, "$1"));
        html = Strong().Replace(html, match => $"<strong>{references.ToClaims(match.Groups[1].Value)}</strong>");
        html = Emphasised().Replace(html, "<em>$1</em>");
        return Code().Replace(html, "<code>$1</code>");
    }

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\*\*([^*]+)\*\*")]
    private static partial Regex Strong();

    [GeneratedRegex(@"\*([^*]+)\*")]
    private static partial Regex Emphasised();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Code();
}
