using System.Text;
using Wellbehaved.Audit;
using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>How deep nets are diagnosed.</summary>
internal static class DiagnosisTable
{
    private static readonly (Condition Condition, string Title)[] Columns =
        [(Condition.WellBehaved, "well-behaved"), (Condition.PathologicalSignal, "pathological signal"), (Condition.PathologicalSnr, "pathological SNR"), (Condition.Undecided, "undecided")];

    /// <summary>Writes the table.</summary>
    public static string Of(EvidenceFile<Tally> file)
    {
        var text = new StringBuilder("### Diagnoses\n\nThe four architectures at depth 200 (width 128, batch 32, 48 mappings).\n\n");
        text.Append(Invariant($"| architecture | seeds | {string.Join(" | ", Columns.Select(column => column.Title))} |\n|---|---|{string.Concat(Columns.Select(_ => "---|"))}\n"));
        foreach (var (architecture, (_, tally)) in file.Rows)
        {
            text.Append(Invariant($"| {architecture} | {tally.Runs} | {string.Join(" | ", Columns.Select(column => tally.Of(column.Condition.ToString())))} |\n"));
        }

        return text.ToString();
    }
}
