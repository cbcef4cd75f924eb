using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Whatever a document shows as output is produced and compared; a block that nothing looks at is refused.</summary>
public sealed class ShownOutputTests : IDisposable
{
    private static readonly string[] WithOutput = [.. Repository.Documents.Where(document => document != Recipe.Page && ShownOutput.Read(document).Count > 0)];
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public static TheoryData<string> WithPython => [.. WithOutput.Where(NeedsPython)];

    public static TheoryData<string> WithoutPython => [.. WithOutput.Where(document => !NeedsPython(document))];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(WithoutPython))]
    public void The_commands_of_a_document_print_what_it_shows(string document) => Compare(document);

    [NumPyTheory]
    [MemberData(nameof(WithPython))]
    public void The_commands_of_a_document_with_Python_print_what_it_shows(string document) => Compare(document);

    [Fact]
    public void README_and_tutorial_show_outputs()
    {
        WithOutput.Should().Contain(["README.md", "docs/tutorial.md"]);
        ShownOutput
            .Read("docs/tutorial.md")
            .Should()
            .HaveSameCount(Repository.Blocks("docs/tutorial.md", ShownOutput.Commands), "it says that every command is run by a test");
    }

    /// <summary>Whoever adds a block of another kind, or an output without its command, writes the test first.</summary>
    [Fact]
    public void Every_block_of_every_document_is_covered_by_a_test()
    {
        foreach (var document in Repository.Documents)
        {
            var before = string.Empty;
            foreach (var (language, text) in Repository.AllBlocks(document))
            {
                var looked = language switch
                {
                    // Commands alone show nothing that could be stale; snippets of C# are compiled wherever they stand.
                    "sh" or "bash" or "csharp" => true,
                    ShownOutput.Output => before == ShownOutput.Commands || (document == Recipe.Page && before is "python" or "csharp"),
                    "powershell" => document == "docs/tutorial.md",
                    "json" => document is "docs/audit-protocol.md" or "docs/audit-protocol-1.md" or "docs/networks.md",
                    "python" => document is "README.md" or "python/README.md" or "docs/audit-protocol.md" or "docs/tables.md" or Recipe.Page,
                    "xml" => document is "src/Xunit/README.md" or "src/Xunit.V3/README.md",
                    "diff" => document == "docs/extending.md",
                    "diagram" => true,
                    _ => false,
                };
                looked.Should().BeTrue("{0} has a block '{1}' that no test compares:\n{2}", document, language, text);
                before = language;
            }
        }
    }

    [Theory]
    [InlineData("a\nb\n", null)]
    [InlineData("a\nx\nb   \n", null)]
    [InlineData("b\na\n", "b")]
    [InlineData("a\nbb\n", "b")]
    [InlineData("", "a")]
    public void Shown_lines_are_compared_as_whole_lines_and_in_order(string printed, string? missing) =>
        new ShownOutput("", ["a", "b"]).Missing(printed).Should().Be(missing);

    [Fact]
    public void An_ellipsis_in_shown_output_matches_lines_or_variable_text()
    {
        var shown = new ShownOutput("", ["begun", "…", "took … s (of 3)"]);
        shown.Missing("begun\nmore\ntook 2.5 s (of 3)\n").Should().BeNull();
        shown.Missing("begun\ntook 2.5 s (of 4)\n").Should().Be("took … s (of 3)");
    }

    private static bool NeedsPython(string document) => ShownOutput.Read(document).Any(shown => shown.Script.Contains("python3", StringComparison.Ordinal));

    private void Compare(string document)
    {
        // Paths in commands are those of a checkout.
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository.Root, "examples", "numpy"), "*.py").AtLeastOne())
        {
            Directory.CreateDirectory(Path.Combine(_folder, "examples", "numpy"));
            File.Copy(file, Path.Combine(_folder, "examples", "numpy", Path.GetFileName(file)));
        }

        foreach (var shown in ShownOutput.Read(document))
        {
            var printed = shown.Run(_folder);
            shown.Missing(printed).Should().BeNull("{0} shows it of\n{1}", document, printed);
        }

        if (document == "docs/tutorial.md")
        {
            foreach (var name in new[] { "bn_ff.svg", "both.png", "report/report.html" })
            {
                new FileInfo(Path.Combine(_folder, name)).Length.Should().BePositive(name);
            }
        }
    }
}
