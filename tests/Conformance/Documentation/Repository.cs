namespace Wellbehaved.Tests.Conformance;

/// <summary>The checkout that the tests were built from, its documents, and the code in them.</summary>
internal static class Repository
{
    private const string Fence = "```";
    private static readonly string[] Homes = ["docs", "data", "src", "python", "examples", "deploy"];
    private static readonly string[] BuildFolders = ["bin", "obj"];

    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>Everything that is written for readers, by its path from the root.</summary>
    public static IReadOnlyList<string> Documents { get; } =
    [
        .. Directory
            .EnumerateFiles(Root, "*.md")
            .Concat(Homes.SelectMany(home => Directory.EnumerateFiles(Path.Combine(Root, home), "*.md", SearchOption.AllDirectories)))
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(document => !document.Split('/').Intersect(BuildFolders).Any())
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The text of a document.</summary>
    /// <param name="document">Path from the root.</param>
    public static string Text(string document) => File.ReadAllText(Path.Combine(Root, document)).ReplaceLineEndings("\n");

    /// <summary>The fenced blocks of a document, in their order; without a language it is empty.</summary>
    /// <param name="document">Path from the root.</param>
    public static IEnumerable<(string Language, string Text)> AllBlocks(string document) => BlocksOf(Text(document));

    /// <summary>The fenced blocks of a text, in their order.</summary>
    /// <param name="text">The text.</param>
    public static IEnumerable<(string Language, string Text)> BlocksOf(string text)
    {
        List<string>? block = null;
        var language = string.Empty;
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith(Fence, StringComparison.Ordinal))
            {
                block?.Add(line + "\n");
            }
            else if (block is null)
            {
                (block, language) = ([], line[Fence.Length..].Trim());
            }
            else
            {
                yield return (language, string.Concat(block));
                block = null;
            }
        }
    }

    /// <summary>The fenced blocks of some languages.</summary>
    /// <param name="document">Path from the root.</param>
    /// <param name="languages">The languages.</param>
    public static IEnumerable<(string Language, string Text)> Blocks(string document, params string[] languages) =>
        AllBlocks(document).Where(block => languages.Contains(block.Language));

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Verify.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);
}
