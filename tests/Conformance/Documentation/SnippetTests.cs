using FluentAssertions;
using Microsoft.CodeAnalysis;

namespace Wellbehaved.Tests.Conformance;

public class SnippetTests
{
    public static TheoryData<string> Documents => [.. Repository.Documents.Where(document => Repository.Blocks(document, "csharp").Any())];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Snippets_of_CSharp_in_documents_compile(string document)
    {
        foreach (var (_, text) in Repository.Blocks(document, "csharp"))
        {
            Snippet.Compile(text).GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Should().BeEmpty(text);
        }
    }

    [Fact]
    public void At_least_four_documents_have_snippets_of_CSharp() => Documents.Should().HaveCountGreaterThanOrEqualTo(4);
}
