using System.Text.RegularExpressions;

namespace Wellbehaved.Figures;

/// <summary>Makes links of a page's references: to claims and laws on the page itself, and to the sites where papers are published.</summary>
/// <param name="claims">Ids of the claims that have a place on the page.</param>
internal sealed partial class References(IReadOnlySet<string> claims)
{
    private static readonly (string Words, string Address)[] Papers =
    [
        ("Cho and Saul, NIPS 2009", "https://papers.nips.cc/paper/3628-kernel-methods-for-deep-learning"),
        ("Yang et al., ICLR 2019", "https://arxiv.org/abs/1902.08129"),
        ("the paper", "https://arxiv.org/abs/1811.03087"),
    ];

    /// <summary>The anchor of a claim on the page.</summary>
    public static string Anchor(string claim) => $"claim-{claim}";

    /// <summary>The anchor of a section of the laws on the page.</summary>
    public static string AnchorOfLaws(string section) => $"laws-{section}";

    /// <summary>Links the ids of claims in encoded text.</summary>
    /// <param name="html">The text.</param>
    /// <param name="but">The claim whose text it is, which is not linked.</param>
    public string ToClaims(string html, string? but = null) =>
        ClaimId()
            .Replace(html, match => match.Value != but && claims.Contains(match.Value) ? $"<a href=\"#{Anchor(match.Value)}\">{match.Value}</a>" : match.Value);

    /// <summary>Links the source of a claim.</summary>
    /// <param name="html">The source, encoded.</param>
    public static string ToSources(string html)
    {
        foreach (var (words, address) in Papers)
        {
            html = html.Replace(words, $"<a href=\"{address}\">{words}</a>", StringComparison.Ordinal);
        }

        html = SectionOfLaws().Replace(html, match => $"<a href=\"#{AnchorOfLaws(match.Groups[1].Value)}\">law {match.Groups[1].Value}</a>");
        return html.Replace("the post", $"<a href=\"#{AnchorOfLaws("7")}\">the post</a>", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"(?<![\w&#;.\-])[A-Z]\d(?![\w.])")]
    private static partial Regex ClaimId();

    [GeneratedRegex(@"docs/laws\.md section (\d+)")]
    private static partial Regex SectionOfLaws();
}
