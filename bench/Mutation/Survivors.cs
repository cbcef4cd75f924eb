namespace Wellbehaved.Bench;

/// <summary>The list of mutants that no test kills, each with the reason why it may survive. Tab-separated, beside docs/mutation-testing.md.</summary>
internal static class Survivors
{
    /// <summary>The reason of a mutant that nobody has examined yet.</summary>
    public const string Unexplained = "?";

    private const string Header = "reason\tfile\tmutator\toriginal\treplacement\toutcome";

    /// <summary>Reads the reasons.</summary>
    /// <param name="path">The list; if it does not exist, there are no reasons.</param>
    public static Dictionary<(string File, string Mutator, string Original, string Replacement), string> Reasons(string path) =>
        Rows(path).GroupBy(cells => (cells[1], cells[2], cells[3], cells[4])).ToDictionary(group => group.Key, group => group.First()[0]);

    /// <summary>Writes the list anew and keeps its reasons. Entries on files that were not mutated stay.</summary>
    /// <param name="path">The list.</param>
    /// <param name="mutants">All mutants of one or more parts; those killed are left out of the list.</param>
    public static void Write(string path, IReadOnlyList<SourceMutant> mutants)
    {
        var reasons = Reasons(path);
        var mutated = mutants.Select(mutant => mutant.File).ToHashSet();
        var others = Rows(path).Where(cells => !mutated.Contains(cells[1]));
        var survivors = mutants
            .Where(mutant => mutant.Survives)
            .Select(mutant =>
                new[] { reasons.GetValueOrDefault(mutant.Key, Unexplained), mutant.File, mutant.Mutator, mutant.Original, mutant.Replacement, mutant.Status }
            );
        File.WriteAllLines(
            path,
            [Header, .. others.Concat(survivors).OrderBy(cells => cells[1], StringComparer.Ordinal).Select(cells => string.Join('\t', cells))]
        );
    }

    private static IEnumerable<string[]> Rows(string path) => !File.Exists(path) ? [] : File.ReadLines(path).Skip(1).Select(line => line.Split('\t'));
}
