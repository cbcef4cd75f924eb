using System.Text;
using Wellbehaved.Audit;
using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>How often defects of known size are rejected.</summary>
internal static class PowerTable
{
    /// <summary>Writes the table.</summary>
    public static string Of(EvidenceFile<Tally> file)
    {
        var text = new StringBuilder("### Power\n\n");
        text.Append("How often a check rejects a defect of half its discrepancy δ, of δ and of 2 δ, does not decide, or holds. An element that is off is so by half a tolerance, one, and two.\n\n");
        text.Append("| claim | architecture | defect | δ | seeds | ½ δ: rejected, inconclusive, holds | δ | 2 δ |\n|---|---|---|---|---|---|---|---|\n");
        foreach (var dial in Dials.List)
        {
            Tally?[] cells = [.. Dial.Sizes.Select(size => file.Rows.TryGetValue(PowerStudy.KeyOf(dial, size), out var row) ? row.Summary : null)];
            if (cells.Any(cell => cell is not null))
            {
                text.Append(Invariant($"| {dial.ClaimId} | {dial.Architecture} | {dial.Defect} | {dial.Discrepancy} | {cells.Max(cell => cell?.Runs ?? 0)} | {string.Join(" | ", cells.Select(Cell))} |\n"));
            }
        }

        text.Append("\nChecks without such a defect:\n\n");
        foreach (var reason in Suite.Checks.Select(check => (Name: Signature.NameOf(check), Reason: Dials.WhyNone(check))).Where(pair => pair.Reason is not null).GroupBy(pair => pair.Reason))
        {
            text.Append(Invariant($"- {string.Join(", ", reason.Select(pair => pair.Name))}: {reason.Key}.\n"));
        }

        return text.ToString();
    }

    private static string Cell(Tally? tally) => tally is null ? "not run" : Invariant($"{tally.Of(VerdictName.Rejected)}, {tally.Of(VerdictName.Inconclusive)}, {tally.Of(VerdictName.Holds)}");
}
