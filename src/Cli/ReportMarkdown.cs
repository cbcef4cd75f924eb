using System.Globalization;
using System.Text;

namespace Wellbehaved.Cli;

/// <summary>A report on a network as Markdown.</summary>
internal static class ReportMarkdown
{
    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    public static string Write(IReport report)
    {
        var text = new StringBuilder($"# {ForeignText.InMarkdown(report.Title)}\n\n{string.Join("\n\n", report.Answer.Select(ForeignText.InMarkdown))}\n");
        foreach (var (title, paragraphs, header, rows) in report.Sections())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n");
            foreach (var paragraph in paragraphs)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {ForeignText.InMarkdown(paragraph)}\n");
            }

            if (header.Count > 0)
            {
                text.Append(paragraphs.Count > 0 ? "\n" : "");
                text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", header.Select(InCell))} |\n|{string.Concat(header.Select(_ => "---|"))}\n");
                foreach (var row in rows)
                {
                    text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", row.Select(InCell))} |\n");
                }
            }
        }

        return text.ToString();
    }

    /// <summary>The text of a cell. Signs that begin a list or a heading at the start of a line have no such meaning in a cell and are kept.</summary>
    private static string InCell(string text)
    {
        const string Begun = ". ";
        var cell = ForeignText.InMarkdown(Begun + text);
        return cell.Length > Begun.Length ? cell[Begun.Length..] : "";
    }
}
