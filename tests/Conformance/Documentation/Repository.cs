using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The checkout that the tests were built from, and the code in its documents.</summary>
internal static partial class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>The fenced blocks of a document.</summary>
    /// <param name="document">Path from the root.</param>
    /// <param name="languages">Their languages.</param>
    public static IEnumerable<(string Language, string Text)> Blocks(string document, params string[] languages) =>
        BlockPattern().Matches(File.ReadAllText(Path.Combine(Root, document))).Select(match => (match.Groups["language"].Value, match.Groups["text"].Value)).Where(block => languages.Contains(block.Item1));

    private static string Find(string folder) => File.Exists(Path.Combine(folder, "Verify.sln")) ? folder : Find(Path.GetDirectoryName(folder)!);

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex BlockPattern();
}
