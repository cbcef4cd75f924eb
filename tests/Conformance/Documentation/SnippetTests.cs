using FluentAssertions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Wellbehaved.Tests.Conformance;

public class SnippetTests
{
    /// <summary>What a project has by default.</summary>
    private const string Around = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        """;

    /// <summary>What a snippet calls the reader's own and does not show.</summary>
    private const string Own = "public sealed class MyNetwork : Wellbehaved.Audit.ReferenceSubject { }";

    public static TheoryData<string> Documents =>
    [
        .. Repository.Documents.Where(document => Repository.Blocks(document, "csharp").Any()),
    ];

    [Theory]
    [MemberData(nameof(Documents))]
    public void Snippets_compile(string document)
    {
        foreach (var (_, text) in Repository.Blocks(document, "csharp"))
        {
            var tree = CSharpSyntaxTree.ParseText(text);
            var kind = tree.GetCompilationUnitRoot().Members.OfType<Microsoft.CodeAnalysis.CSharp.Syntax.GlobalStatementSyntax>().Any() ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
            var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => MetadataReference.CreateFromFile(path));
            var compilation = CSharpCompilation.Create("snippet", [tree, CSharpSyntaxTree.ParseText(text.Contains("class MyNetwork ", StringComparison.Ordinal) ? Around : Around + Own)], platform, new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable));
            compilation.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Should().BeEmpty(text);
        }
    }

    [Fact]
    public void There_are_snippets() => Documents.Should().HaveCountGreaterThanOrEqualTo(4);
}
