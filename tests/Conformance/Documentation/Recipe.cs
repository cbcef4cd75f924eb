namespace Wellbehaved.Tests.Conformance;

/// <summary>A recipe of the cookbook: a question, and blocks that answer it.</summary>
/// <param name="Question">The heading.</param>
/// <param name="Blocks">Its fenced blocks, in their order.</param>
internal sealed record Recipe(string Question, IReadOnlyList<(string Language, string Text)> Blocks)
{
    /// <summary>The page of all recipes.</summary>
    public const string Page = "docs/cookbook.md";

    private const string Heading = "## ";

    /// <summary>All recipes, in the order of the page.</summary>
    public static IReadOnlyList<Recipe> All { get; } =
    [.. Repository.Text(Page).Split("\n" + Heading).Skip(1).Select(text => new Recipe(text.Split('\n')[0], [.. Repository.BlocksOf(text)]))];

    /// <summary>The modules of Python that it needs, separated by commas; empty for none.</summary>
    public string Modules
    {
        get
        {
            var code = string.Concat(Blocks.Where(block => block.Language != ShownOutput.Output).Select(block => block.Text));
            return code.Contains("torch", StringComparison.Ordinal) ? "numpy, torch"
                : code.Contains("wellbehaved.read", StringComparison.Ordinal) ? "numpy, pandas"
                : code.Contains("python3", StringComparison.Ordinal) ? "numpy"
                : "";
        }
    }

    /// <summary>The recipe that answers a question.</summary>
    public static Recipe Find(string question) => All.Single(recipe => recipe.Question == question);
}
