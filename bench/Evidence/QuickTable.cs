using System.Text;
using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>What quick runs on the reference come to.</summary>
internal static class QuickTable
{
    /// <summary>Writes the table: whole runs, and the checks that did not always hold.</summary>
    public static string Of(EvidenceFile<Tally> file)
    {
        var text = new StringBuilder("### Quick runs on the reference\n\n");
        text.Append("| | runs | hold | rejected | inconclusive | upper 95 % limit of the inconclusive rate | first inconclusive or rejected seed |\n|---|---|---|---|---|---|---|\n");
        var always = 0;
        foreach (var (key, (_, tally)) in file.Rows.OrderBy(row => row.Key == QuickStudy.WholeRun ? 0 : 1).ThenBy(row => row.Key, StringComparer.Ordinal))
        {
            if (key != QuickStudy.WholeRun && tally.Of(VerdictName.Holds) == tally.Runs)
            {
                always++;
                continue;
            }

            var (rejected, inconclusive) = (tally.Of(VerdictName.Rejected), tally.Of(VerdictName.Inconclusive));
            var first = tally.Outcomes.Where(outcome => outcome.Key != VerdictName.Holds).Select(outcome => (ulong?)outcome.Value.First).Min();
            text.Append(Invariant($"| {(key == QuickStudy.WholeRun ? "whole runs" : key)} | {tally.Runs} | {tally.Of(VerdictName.Holds)} | {rejected} | {inconclusive} | {Probability(ExactBinomial.UpperLimit(inconclusive, tally.Runs))} | {(first is null ? "–" : Invariant($"{first}"))} |\n"));
        }

        return text.Append(Invariant($"\n{always} other checks held in each of their runs.\n")).ToString();
    }
}
