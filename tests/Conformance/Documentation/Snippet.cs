using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A piece of C# in a document, as a project of the reader's would compile it.</summary>
internal static class Snippet
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

    /// <summary>Compiles a program, or a library where there are no statements outside of types.</summary>
    /// <param name="text">The code.</param>
    public static CSharpCompilation Compile(string text)
    {
        var tree = CSharpSyntaxTree.ParseText(text);
        var kind = tree.GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>().Any()
            ? OutputKind.ConsoleApplication
            : OutputKind.DynamicallyLinkedLibrary;
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
            .Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path));
        var around = text.Contains("class MyNetwork ", StringComparison.Ordinal) ? Around : Around + Own;
        return CSharpCompilation.Create(
            "recipe",
            [tree, CSharpSyntaxTree.ParseText(around)],
            platform,
            new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable)
        );
    }
}
