using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>The verdicts of quick runs on the reference.</summary>
internal static class QuickTable
{
    /// <summary>Writes the table: whole runs of the four architectures, and the checks that did not always hold.</summary>
    public static string Write(EvidenceFile<Tally> file)
    {
        var table = new MarkdownTable(
            "",
            "runs",
            "hold",
            "rejected",
            "inconclusive",
            "upper 95 % limit of the inconclusive rate",
            "first seed that did not hold"
        );
        var always = 0;
        foreach (var (key, (_, tally)) in file.Rows.OrderBy(row => row.Key == QuickStudy.WholeRun ? 0 : 1).ThenBy(row => row.Key, StringComparer.Ordinal))
        {
            var whole = key == QuickStudy.WholeRun;
            if (!whole && tally.Count(VerdictName.Holds) == tally.Runs)
            {
                always++;
                continue;
            }

            var inconclusive = tally.Count(VerdictName.Inconclusive);
            var first = tally.Outcomes.Where(outcome => outcome.Key != VerdictName.Holds).Select(outcome => (ulong?)outcome.Value.First).Min();
            object[] counts = [tally.Runs, tally.Count(VerdictName.Holds), tally.Count(VerdictName.Rejected), inconclusive];
            table.Row([
                whole ? "whole runs of the four architectures" : key,
                .. counts,
                Probability(ExactBinomial.UpperLimit(inconclusive, tally.Runs)),
                first is null ? "–" : first,
            ]);
        }

        return Invariant($"### Quick runs on the reference\n\n{table}\n{always} other checks held in each of their runs.\n");
    }
}
