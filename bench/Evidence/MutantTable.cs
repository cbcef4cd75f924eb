using System.Text;
using Wellbehaved.Tests.Conformance;
using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>How often wrong implementations are rejected.</summary>
internal static class MutantTable
{
    /// <summary>Writes the table.</summary>
    public static string Of(EvidenceFile<Tally> file)
    {
        var text = new StringBuilder("### Wrong implementations\n\n| wrong implementation | claim | architecture | seeds | rejected |\n|---|---|---|---|---|\n");
        foreach (var mutant in AllMutants.List)
        {
            if (file.Rows.TryGetValue(mutant.ToString(), out var row))
            {
                text.Append(Invariant($"| {mutant.Name} | {mutant.ClaimId} | {mutant.Architecture} | {row.Summary.Runs} | {row.Summary.Of(VerdictName.Rejected)} |\n"));
            }
        }

        return text.ToString();
    }
}
