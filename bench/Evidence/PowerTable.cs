using Wellbehaved.Audit;

namespace Wellbehaved.Evidence;

/// <summary>How often defects of known size are rejected.</summary>
internal static class PowerTable
{
    private const string Words = """
        How often a check rejects a defect of half its discrepancy δ, of δ and of 2 δ, does not decide, or holds. An element that is off is so by half
        a tolerance, one, and two. A test of a mean goes on until its interval excludes the claim or lies inside ±δ: at half of δ
        either may come first. A check rejects if any of its quantities and networks does, so it may see less than the δ of one of them.
        """;

    /// <summary>Writes the table.</summary>
    public static string Write(EvidenceFile<Tally> file)
    {
        var table = new MarkdownTable("claim", "architecture", "defect", "δ", "seeds", "½ δ: rejected, inconclusive, holds", "δ", "2 δ");
        foreach (var dial in Dials.List)
        {
            Tally?[] cells = [.. Dial.Sizes.Select(size => file.Rows.TryGetValue(PowerStudy.KeyOf(dial, size), out var row) ? row.Summary : null)];
            object[] head = [dial.ClaimId, dial.Architecture, dial.Defect, dial.Discrepancy, cells.Max(cell => cell?.Runs ?? 0)];
            table.Row([.. head, .. cells.Select(Cell)]);
        }

        var reasons = Suite.Checks.GroupBy(Dials.WhyNone).Where(reason => reason.Key is not null);
        var lines = reasons.Select(reason => $"- {string.Join(", ", reason.Select(Signature.NameOf))}: {reason.Key}.\n");
        return $"### Power\n\n{Words}\n\n{table}\nChecks without such a defect:\n\n{string.Concat(lines)}";
    }

    private static string Cell(Tally? tally) =>
        tally is null
            ? "not run"
            : EvidenceTables.Invariant($"{tally.Count(VerdictName.Rejected)}, {tally.Count(VerdictName.Inconclusive)}, {tally.Count(VerdictName.Holds)}");
}
