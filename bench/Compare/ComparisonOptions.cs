using System.Globalization;

namespace Wellbehaved.Bench;

/// <summary>The options of a comparison.</summary>
internal sealed record ComparisonOptions
{
    /// <summary>The peer in PyTorch.</summary>
    public required string Script { get; init; }

    /// <summary>The page whose tables are written anew; null to print them only.</summary>
    public string? Page { get; init; }

    /// <summary>The table of all runs that a row is added to for each piece of work; null for none.</summary>
    public string? History { get; init; }

    /// <summary>The commit that is measured, for the history.</summary>
    public string Commit { get; init; } = "";

    /// <summary>What descriptions of the work that is measured contain; empty for all work.</summary>
    public string Only { get; init; } = "";

    /// <summary>The sizes that are compared.</summary>
    public CompareSizes Sizes { get; init; } = CompareSizes.Real;

    /// <summary>Rounds that are measured.</summary>
    public int Rounds { get; init; } = CompareSizes.Real.Rounds;

    /// <summary>The peer in NumPy of kernel recursions.</summary>
    public string KernelScript => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Script))!, "compare_numpy_kernels.py");

    /// <summary>The folder of network files.</summary>
    public string Networks => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Script))!, "..", "data", "networks");

    /// <summary>Reads SCRIPT PAGE [--quick] [--rounds N] [--only WORDS] [--history FILE COMMIT]. A quick run, and one of a part, leave the page as it is.</summary>
    public static ComparisonOptions Read(string script, string page, IReadOnlyList<string> rest)
    {
        var options = new ComparisonOptions { Script = script, Page = page };
        for (var i = 0; i < rest.Count; i++)
        {
            options = rest[i] switch
            {
                "--quick" => options with { Sizes = CompareSizes.Quick, Rounds = CompareSizes.Quick.Rounds, Page = null },
                "--rounds" => options with { Rounds = int.Parse(rest[++i], CultureInfo.InvariantCulture) },
                "--only" => options with { Only = rest[++i], Page = null },
                "--history" => options with { History = rest[++i], Commit = rest[++i] },
                var other => throw new ArgumentException($"expected --quick, --rounds N, --only WORDS or --history FILE COMMIT, got {other}", nameof(rest)),
            };
        }

        return options;
    }
}
