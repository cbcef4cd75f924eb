using System.Globalization;
using System.Text;
using Wellbehaved.Figures;

namespace Wellbehaved.Cli;

/// <summary>The report of a network in an ONNX file as one page without scripts, which needs nothing else.</summary>
internal static class OnnxPage
{
    /// <summary>What this page needs beyond the style of an audit's: tables that are wider than the window move by themselves.</summary>
    private const string Style = ".wide { overflow-x: auto; }\n.wide svg { max-width: 100%; height: auto; background: #ffffff; }\n.wide td, .wide th { white-space: nowrap; }\n.wide td.long { white-space: normal; overflow-wrap: anywhere; }\n";

    /// <summary>Cells longer than this are broken.</summary>
    private const int Long = 40;

    /// <summary>Writes it.</summary>
    /// <param name="report">What it says.</param>
    /// <param name="title">Its title.</param>
    /// <param name="figure">The moments by depth, as SVG.</param>
    public static string Of(OnnxReport report, string title, string figure)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n<title>{Escaped(title)}</title>\n<style>\n{HtmlReport.Style}{Style}</style>\n</head>\n<body>\n");
        page.Append(CultureInfo.InvariantCulture, $"<header class=\"{report.Mood}\">\n<h1>{Escaped(title)}</h1>\n<p class=\"verdict\">{Escaped(report.Answer[0])}</p>\n</header>\n<main>\n");
        page.AppendJoin("", report.Answer.Skip(1).Select(sentence => $"<p>{Escaped(sentence)}</p>\n"));
        page.Append("<div class=\"wide\">").Append(figure[Math.Max(0, figure.IndexOf("<svg", StringComparison.Ordinal))..]).Append("</div>\n");
        foreach (var (heading, paragraphs, header, rows) in report.Sections())
        {
            page.Append("<h2>").Append(Escaped(heading)).Append("</h2>\n");
            if (paragraphs.Count > 0)
            {
                page.Append("<ul>").AppendJoin("", paragraphs.Select(paragraph => $"<li>{Escaped(paragraph)}</li>\n")).Append("</ul>\n");
            }

            if (header.Count > 0)
            {
                page.Append("<div class=\"wide\"><table>");
                if (header.Any(cell => cell.Length > 0))
                {
                    page.Append("<tr>").AppendJoin("", header.Select(cell => $"<th>{Escaped(cell)}</th>")).Append("</tr>\n");
                }

                foreach (var row in rows)
                {
                    page.Append("<tr>").AppendJoin("", row.Select(Cell)).Append("</tr>\n");
                }

                page.Append("</table></div>\n");
            }
        }

        return page.Append("</main>\n</body></html>\n").ToString();
    }

    private static string Cell(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? $"<td class=\"number\">{Escaped(text)}</td>"
        : text.Length > Long ? $"<td class=\"long\">{Escaped(text)}</td>"
        : $"<td>{Escaped(text)}</td>";

    private static string Escaped(string text) => ForeignText.InHtml(text);
}
