using static Wellbehaved.Evidence.EvidenceTables;

namespace Wellbehaved.Evidence;

/// <summary>How many mappings show what the post says of them.</summary>
internal static class ShareTable
{
    /// <summary>Writes the table: a row for each property.</summary>
    public static string Write(EvidenceFile<MappingCounts> file)
    {
        var table = new MarkdownTable(["check", "share of mappings", "mappings", "show it", "share", "at least (95 %)"]);
        foreach (var (key, (_, counts)) in file.Rows)
        {
            foreach (var count in counts.Properties)
            {
                var least = 1 - ExactBinomial.UpperLimit(count.Mappings - count.Shown, count.Mappings);
                var property = count.Property.Replace("share of mappings: ", "", StringComparison.Ordinal);
                var share = Invariant($"{100.0 * count.Shown / count.Mappings:F2} %");
                table.Row([key, property, count.Mappings, count.Shown, share, Invariant($"{100 * least:F2} %")]);
            }
        }

        return "### Shares of mappings\n\nP1 to P7 and A3 hold the share of mappings that show a property against one half, exactly. Where between a "
            + "law and its opposite "
            + "the mark of a property lies was chosen; so these shares are measured, and no guarantee rests on them. They say how soon a test decides. "
            + "The same is true of the rates of Z2, F1, F2, F3 and F7, whose shares are not in this table. "
            + "Batches of mappings are drawn until they decide, so the last column is a binomial limit in good approximation.\n\n"
            + table;
    }
}
