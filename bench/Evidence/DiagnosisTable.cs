using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>How deep nets are diagnosed.</summary>
internal static class DiagnosisTable
{
    private static readonly (Condition Condition, string Title)[] Columns =
    [
        (Condition.WellBehaved, "well-behaved"),
        (Condition.PathologicalSignal, "pathological signal"),
        (Condition.PathologicalSnr, "pathological SNR"),
        (Condition.PathologicalPoint, "pathological point"),
        (Condition.Undecided, "undecided"),
    ];

    /// <summary>Writes the table.</summary>
    public static string Of(EvidenceFile<Tally> file)
    {
        var table = new MarkdownTable(["architecture", "seeds", .. Columns.Select(column => column.Title)]);
        foreach (var (architecture, (_, tally)) in file.Rows)
        {
            table.Row([architecture, tally.Runs, .. Columns.Select(column => (object)tally.Of(column.Condition.ToString()))]);
        }

        return $"### Diagnoses\n\nThe four architectures at depth 200 (width 128, batch 32, 48 mappings).\n\n{table}";
    }
}
