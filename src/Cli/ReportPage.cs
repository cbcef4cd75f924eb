using System.Globalization;
using System.Text;
using Wellbehaved.Figures;

namespace Wellbehaved.Cli;

/// <summary>A report on a network as one self-contained page without scripts.</summary>
internal static class ReportPage
{
    /// <summary>What this page adds to the style of an audit's page: a table that is wider than the window scrolls by itself.</summary>
    private const string Style =
        ".wide { overflow-x: auto; }\n@media (min-width: 62rem) { .wide td, .wide th { white-space: nowrap; } .wide td.long { white-space: normal; "
        + "overflow-wrap: anywhere; } }\n";

    /// <summary>A paragraph that begins with this word is a command and is shown as code.</summary>
    private const string Command = "wellbehaved ";

    /// <summary>Cells with more characters than this may be broken into lines.</summary>
    private const int Long = 40;

    /// <summary>Writes a report.</summary>
    /// <param name="report">The report.</param>
    public static string Write(IReport report)
    {
        var (page, title) = (new StringBuilder(), report.Title);
        page.Append(
            CultureInfo.InvariantCulture,
            $"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, "
                + $"initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light "
                + $"dark\">\n<title>{Escaped(title)}</title>\n<style>\n{HtmlReport.Style}{Style}</style>\n</head>\n<body>\n"
        );
        page.Append(
            CultureInfo.InvariantCulture,
            $"<header class=\"{report.Mood}\">\n<h1>{Escaped(title)}</h1>\n<p class=\"verdict\">{Prose.Html(report.Answer[0])}</p>\n</header>\n<main>\n"
        );
        page.AppendJoin("", report.Answer.Skip(1).Select(sentence => $"<p>{Prose.Html(sentence)}</p>\n"));
        page.Append("<figure>\n<div class=\"panels\">\n")
            .AppendJoin("\n", report.Figures)
            .Append(CultureInfo.InvariantCulture, $"\n</div>\n<figcaption>{report.Caption}</figcaption>\n</figure>\n");
        foreach (var (heading, paragraphs, header, rows) in report.Sections())
        {
            page.Append("<h2>").Append(Escaped(heading)).Append("</h2>\n");
            if (paragraphs.Count > 0)
            {
                page.Append("<ul>")
                    .AppendJoin(
                        "",
                        paragraphs.Select(paragraph =>
                            $"<li>{(paragraph.StartsWith(Command, StringComparison.Ordinal) ? $"<code>{Escaped(paragraph)}</code>" : Prose.Html(paragraph))}</li>\n"
                        )
                    )
                    .Append("</ul>\n");
            }

            if (header.Count > 0)
            {
                AppendTable(page, header, rows);
            }
        }

        if (report.Drawing is { } drawing)
        {
            page.Append("<h2>Layers</h2>\n<figure class=\"panels\">\n").Append(drawing).Append("\n</figure>\n");
        }

        return page.Append("</main>\n</body></html>\n").ToString();
    }

    /// <summary>Appends a table. On a narrow screen the cells of a row stand below each other, each with the title of its column.</summary>
    private static void AppendTable(StringBuilder page, IReadOnlyList<string> header, IReadOnlyList<string[]> rows)
    {
        page.Append("<div class=\"wide\"><table class=\"evidence\">\n");
        if (header.Any(cell => cell.Length > 0))
        {
            page.Append("<thead><tr>")
                .AppendJoin(
                    "",
                    header.Select(
                        (cell, column) =>
                            $"<th scope=\"col\"{(rows.Any(row => IsNumber(row[column])) ? " class=\"number\"" : string.Empty)}>{Prose.Html(cell)}</th>"
                    )
                )
                .Append("</tr></thead>\n");
        }

        page.Append("<tbody>\n");
        foreach (var row in rows)
        {
            page.Append("<tr>")
                .AppendJoin("", row.Select((cell, column) => column == 0 ? $"<th scope=\"row\">{Escaped(cell)}</th>" : Cell(cell, header[column])))
                .Append("</tr>\n");
        }

        page.Append("</tbody>\n</table></div>\n");
    }

    private static string Cell(string text, string title)
    {
        var of = title.Length == 0 ? string.Empty : $" data-of=\"{Prose.Attribute(title)}\"";
        return IsNumber(text) ? $"<td class=\"number\"{of}>{Prose.Html(text)}</td>"
            : text.Length > Long ? $"<td class=\"long\"{of}>{Escaped(text)}</td>"
            : $"<td{of}>{Prose.Html(text)}</td>";
    }

    private static bool IsNumber(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    private static string Escaped(string text) => ForeignText.InHtml(text);
}
