using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What a document points to is there: files, headings, paths that are named.</summary>
public partial class LinkTests
{
    private static readonly string[] Homes = ["src", "docs", "data", "tests", "bench", "examples", "deploy", ".ci", ".github", ".devcontainer"];

    public static TheoryData<string> Documents => [.. Repository.Documents];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Links_lead_to_files_and_headings_that_exist(string document)
    {
        foreach (Match match in LinkPattern().Matches(Prose(document)))
        {
            var target = match.Groups["target"].Value;
            if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal))
            {
                continue;
            }

            var (path, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, null);
            var file = path.Length == 0 ? document : Resolve(document, path);
            Path.Exists(Path.Combine(Repository.Root, file)).Should().BeTrue("{0} links to {1}", document, target);
            file.Should().NotStartWith("..", "{0} links out of the repository", document);
            if (anchor is not null)
            {
                Anchors(file).Should().Contain(anchor, "{0} links to {1}", document, target);
            }
        }
    }

    /// <summary>The pages of the repository that a page links.</summary>
    internal static IEnumerable<string> PagesLinkedFrom(string document) =>
        LinkPattern()
            .Matches(Prose(document))
            .Select(match => match.Groups["target"].Value.Split('#')[0])
            .Where(path => path.EndsWith(".md", StringComparison.Ordinal) && !path.Contains("://", StringComparison.Ordinal))
            .Select(path => Resolve(document, path));

    /// <summary>A package index shows these alone, where a path leads nowhere.</summary>
    [Fact]
    public void READMEs_of_packages_link_to_addresses_only()
    {
        foreach (var document in Repository.Documents.Where(document => document.StartsWith("src/", StringComparison.Ordinal)).AtLeastOne())
        {
            LinkPattern()
                .Matches(Prose(document))
                .Select(match => match.Groups["target"].Value)
                .Should()
                .NotContain(target => !target.StartsWith("https://", StringComparison.Ordinal), document);
        }
    }

    [Theory]
    [MemberData(nameof(Documents))]
    public void Paths_that_documents_name_exist(string document)
    {
        foreach (Match match in CodePattern().Matches(Prose(document)))
        {
            var path = match.Groups["code"].Value;
            if (PathPattern().IsMatch(path) && Homes.Contains(path.Split('/')[0]))
            {
                Path.Exists(Path.Combine(Repository.Root, path)).Should().BeTrue("{0} names {1}", document, path);
            }
        }
    }

    [Theory]
    [InlineData("## `propagate`: given weights", "propagate-given-weights")]
    [InlineData("### μ₂ and ν₂, [by depth](x.md)", "μ₂-and-ν₂-by-depth")]
    [InlineData("# What is *it*?", "what-is-it")]
    public void A_heading_has_the_anchor_that_GitHub_gives_it(string heading, string anchor) => AnchorOf(heading).Should().Be(anchor);

    /// <summary>A path that a page names, from the root.</summary>
    private static string Resolve(string document, string path) =>
        Path.GetRelativePath(Repository.Root, Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, path)).Replace('\\', '/');

    private static HashSet<string> Anchors(string document)
    {
        var anchors = new HashSet<string>();
        foreach (var anchor in Prose(document).Split('\n').Where(line => HeadingPattern().IsMatch(line)).Select(AnchorOf))
        {
            for (var i = 0; !anchors.Add(i == 0 ? anchor : $"{anchor}-{i}"); i++) { }
        }

        return anchors;
    }

    private static string AnchorOf(string heading)
    {
        var words = LinkPattern().Replace(heading.TrimStart('#').Trim(), match => match.Groups["words"].Value);
        return string.Concat(
                words
                    .ToLowerInvariant()
                    .Where(sign =>
                        char.IsLetterOrDigit(sign)
                        || char.GetUnicodeCategory(sign) == System.Globalization.UnicodeCategory.OtherNumber
                        || sign is ' ' or '-' or '_'
                    )
            )
            .Replace(' ', '-');
    }

    /// <summary>A document without its fenced blocks.</summary>
    private static string Prose(string document) => string.Concat(Repository.Text(document).Split("\n```").Where((_, i) => i % 2 == 0));

    [GeneratedRegex(@"\[(?<words>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?<target>[^()\s]+(?:\([^()\s]*\)[^()\s]*)*)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex("(?<!`)`(?<code>[^`\n]+)`(?!`)")]
    private static partial Regex CodePattern();

    [GeneratedRegex(@"^[\w.][\w./-]*/[\w.-]+$")]
    private static partial Regex PathPattern();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex HeadingPattern();
}
