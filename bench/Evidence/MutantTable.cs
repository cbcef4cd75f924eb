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
            if (file.Rows.TryGetValue(mutant.ToString(), out var row))
            {
                table.Row(mutant.Name, mutant.ClaimId, mutant.Architecture, row.Summary.Runs, row.Summary.Count(VerdictName.Rejected));
            }
        }

        return $"### Wrong implementations\n\n{table}";
    }
}
