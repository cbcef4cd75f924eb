using Wellbehaved.Audit;
using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>How deep nets are diagnosed.</summary>
internal static class DiagnosisTable
{
    /// <summary>Writes the table.</summary>
    public static string Write(EvidenceFile<Tally> file)
    {
        var table = new MarkdownTable("architecture", "seeds", "what the post says", "named so", "lower 95 % limit", "otherwise");
        foreach (var (key, (_, tally)) in file.Rows)
        {
            var right = DiagnosisStudy.Right(key);
            var named = tally.Count(right.ToString());
            var others = Enum.GetValues<Condition>()
                .Where(condition => condition != right && tally.Count(condition.ToString()) > 0)
                .Select(condition => Invariant($"{tally.Count(condition.ToString())} {Words(condition)}"));
            table.Row(
                key.Replace(" | ", ", ", StringComparison.Ordinal),
                tally.Runs,
                Words(right),
                named,
                Invariant($"{1 - ExactBinomial.UpperLimit(tally.Runs - named, tally.Runs):0.0000}"),
                string.Join(", ", others) is { Length: > 0 } list ? list : "–"
            );
        }

        return "### Diagnoses\n\nThe four architectures from 24 mappings each (fully connected, batch 32): the picture that rests on 95 % "
            + $"intervals.\n\n{table}";
    }

    private static string Words(Condition condition) => DiagnosisWords.Uncapitalised(DiagnosisWords.TitleOf(condition));
}
