using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The commands of README and tutorial write no file that <c>git status</c> shows.</summary>
public partial class OutputTests
{
    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/tutorial.md")]
    [InlineData("docs/the-paper.md")]
    [InlineData("docs/my-implementation.md")]
    [InlineData("docs/csharp.md")]
    [InlineData(Recipe.Page)]
    public void Output_files_of_the_commands_in_documents_are_ignored_by_git(string document)
    {
        var written = Repository
            .Blocks(document, "sh", "bash")
            .SelectMany(block => OutputPattern().Matches(block.Text))
            .Select(match => match.Groups["path"].Value)
            .Distinct()
            .ToArray();
        written.Should().NotBeEmpty();
        foreach (var path in written)
        {
            CommandLine
                .Run("git", ["-C", Repository.Root, "check-ignore", "--quiet", path is "packages" or "report" ? path + "/" : path])
                .ExitStatus.Should()
                .Be(0, "{0} of {1}", path, document);
        }
    }

    [GeneratedRegex(@"(--out|-o|--report|--json|--junit|--badge)\s+(?<path>[\w./-]+)")]
    private static partial Regex OutputPattern();
}
