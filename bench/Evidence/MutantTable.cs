namespace Wellbehaved.Evidence;

/// <summary>How often wrong implementations are rejected.</summary>
internal static class MutantTable
{
    /// <summary>Writes the table.</summary>
    public static string Write(EvidenceFile<Tally> file)
    {
        var table = new MarkdownTable("wrong implementation", "claim", "architecture", "seeds", "rejected");
        foreach (var mutant in MutantStudy.All)
        {
            object[] counts = file.Rows.TryGetValue(mutant.ToString(), out var row)
                ? [row.Summary.Runs, row.Summary.Count(VerdictName.Rejected)]
                : ["not run", "–"];
            table.Row([mutant.Name, mutant.ClaimId, mutant.Architecture, .. counts]);
        }

        return $"### Wrong implementations\n\n{table}";
    }
}
