using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>How often random tables are given wrong words.</summary>
internal static class TableTable
{
    /// <summary>Writes the table.</summary>
    public static string Write(EvidenceFile<Tally> file)
    {
        var table = new MarkdownTable(["law", "tables", "wrong word", "wrong", "right word", "no word"]);
        foreach (var (kind, (_, tally)) in file.Rows)
        {
            var wrong = WrongOf(tally);
            var words = string.Join(", ", tally.Outcomes.Keys.Where(IsWrong).Select(outcome => outcome["wrong ".Length..]));
            table.Row([
                kind,
                tally.Runs,
                wrong,
                Invariant($"{100.0 * wrong / tally.Runs:F1} %{(words.Length > 0 ? $" ({words})" : "")}"),
                tally.Count("right"),
                tally.Count("open"),
            ]);
        }

        var (all, ofThem) = (file.Rows.Values.Sum(row => row.Summary.Runs), file.Rows.Values.Sum(row => WrongOf(row.Summary)));
        return "### Diagnoses of random tables\n\nTables of known law with noise, most laws with outliers in up to a quarter of their tables: 12 to 200 "
            + "mappings, depths 16 to 400. *At* a border every word that speaks about one of its sides is wrong, *near* it (within 0.1 of a shape or "
            + "0.05 of a power) the words of the other side; "
            + "well *inside* one word is right. Of growth that makes steps or bends *no law* is right, at either level, or *faster than "
            + "exponentially* where its rate rises so. The picture promises 5 % wrong words at most, asymptotically in the number of mappings. "
            + $"{ofThem:N0} of {all:N0} tables were given a wrong word.\n\n{table}";
    }

    /// <summary>How many tables were given a wrong word.</summary>
    private static long WrongOf(Tally tally) => tally.Outcomes.Where(outcome => IsWrong(outcome.Key)).Sum(outcome => outcome.Value.Count);

    private static bool IsWrong(string outcome) => outcome.StartsWith("wrong ", StringComparison.Ordinal);
}
