using System.Text;

namespace Wellbehaved.Cli;

/// <summary>The report of a network in an ONNX file as one page without scripts, which needs nothing else.</summary>
internal static class OnnxPage
{
    private const string Style = "body{font:15px/1.5 sans-serif;margin:2em auto;max-width:75em;padding:0 1em}table{border-collapse:collapse}th,td{text-align:left;padding:.2em .8em;border-bottom:1px solid #ddd}"
        + "@media (prefers-color-scheme:dark){body{background:#111;color:#ddd}svg{background:#fff}th,td{border-color:#444}}";

    /// <summary>Writes it.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="title">Its title.</param>
    /// <param name="figure">The moments by depth, as SVG.</param>
    public static string Of(OnnxReport report, string title, string figure)
    {
        var page = new StringBuilder($"<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{Escaped(title)}</title><style>{Style}</style></head><body>\n<h1>{Escaped(title)}</h1>\n");
        foreach (var (heading, paragraphs, header, rows) in report.Sections())
        {
            page.Append("<h2>").Append(Escaped(heading)).Append("</h2>\n");
            foreach (var paragraph in paragraphs)
            {
                page.Append("<p>").Append(Escaped(paragraph)).Append("</p>\n");
            }

            if (header.Count > 0)
            {
                page.Append("<table><tr>").AppendJoin("", header.Select(cell => $"<th>{Escaped(cell)}</th>")).Append("</tr>\n");
                foreach (var row in rows)
                {
                    page.Append("<tr>").AppendJoin("", row.Select(cell => $"<td>{Escaped(cell)}</td>")).Append("</tr>\n");
                }

                page.Append("</table>\n");
            }
            else
            {
                page.Append(figure[Math.Max(0, figure.IndexOf("<svg", StringComparison.Ordinal))..]).Append('\n');
            }
        }

        return page.Append("</body></html>\n").ToString();
    }

    private static string Escaped(string text) => ForeignText.InHtml(text);
}
