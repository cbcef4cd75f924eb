using System.Globalization;

namespace Wellbehaved.Bench;

/// <summary>The share of mutants that tests kill. Stryker's own score counts a timeout as a kill; this one does not.</summary>
internal static class MutationScore
{
    /// <summary>Prints the score of each project, and the survivors that are not explained yet.</summary>
    /// <param name="least">Score in percent that each project must reach.</param>
    /// <param name="survivors">The list of explained survivors.</param>
    /// <param name="reports">Stryker's reports.</param>
    /// <returns>Whether each project reaches the score.</returns>
    public static bool Print(double least, string survivors, IEnumerable<string> reports)
    {
        var mutants = MutationReport.Read(reports);
        Console.WriteLine("project   file                                       killed survived uncovered timeout   score");
        foreach (var file in mutants.GroupBy(mutant => mutant.File))
        {
            Row("", file.Key, [.. file]);
        }

        var (reached, projects) = (true, mutants.GroupBy(mutant => mutant.Project).ToArray());
        foreach (var project in projects)
        {
            reached &= Row(project.Key, "", [.. project]) >= least;
        }

        var reasons = Survivors.Reasons(survivors);
        foreach (
            var mutant in mutants.Where(mutant => mutant.Survives && reasons.GetValueOrDefault(mutant.Key, Survivors.Unexplained) == Survivors.Unexplained)
        )
        {
            Console.WriteLine(
                $"not explained in {Path.GetFileName(survivors)}: {mutant.File}:{mutant.Line} [{mutant.Mutator}, {mutant.Status}] "
                    + $"{mutant.Original} -> {mutant.Replacement}"
            );
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{mutants.Count} mutants in {projects.Length} projects; at least {least} % of each must be killed: "
                    + $"{(reached && projects.Length > 0 ? "reached" : "NOT REACHED")}"
            )
        );
        return reached && projects.Length > 0;
    }

    private static double Row(string project, string file, IReadOnlyCollection<SourceMutant> mutants)
    {
        int Count(string status) => mutants.Count(mutant => mutant.Status == status);
        var score = 100.0 * Count("Killed") / mutants.Count;
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{project, -9} {file, -42} {Count("Killed"), 6} {Count("Survived"), 8} {Count("NoCoverage"), 9} {Count("Timeout"), 7} {score, 7:F1}"
            )
        );
        return score;
    }
}
