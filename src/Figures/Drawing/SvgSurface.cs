using System.Globalization;
using System.Net;
using System.Text;

namespace Wellbehaved.Figures;

/// <summary>Writes SVG without a font or a library: text remains text, and colours change where the reader prefers dark pages.</summary>
internal sealed class SvgSurface : ISurface
{
    /// <summary>The family whose widths <see cref="TextMetrics"/> knows, one with the same widths, and the reader's default.</summary>
    private const string Families = "'DejaVu Sans',Verdana,sans-serif";

    private readonly StringBuilder _content = new();
    private readonly SortedDictionary<string, Ink> _fills = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Ink> _strokes = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public void Rectangle(double x, double y, double width, double height, Ink ink) =>
        Append($"<rect x=\"{x:0.##}\" y=\"{y:0.##}\" width=\"{width:0.##}\" height=\"{height:0.##}\" {Fill(ink)}/>\n");

    /// <inheritdoc/>
    public void Line(IReadOnlyList<(double X, double Y)> points, Ink ink, double thickness, Dash dash)
    {
        var pattern = dash switch
        {
            Dash.Dashed => " stroke-dasharray=\"8 5\"",
            Dash.Dotted => " stroke-dasharray=\"2 4\"",
            _ => "",
        };
        Append($"<path d=\"{PathThrough(points)}\" fill=\"none\" {Stroke(ink)} stroke-width=\"{thickness:0.##}\" stroke-linejoin=\"round\"{pattern}/>\n");
    }

    /// <inheritdoc/>
    public void Area(IReadOnlyList<(double X, double Y)> points, Ink ink, double opacity) =>
        Append($"<path d=\"{PathThrough(points)}Z\" {Fill(ink)} fill-opacity=\"{opacity:0.##}\"/>\n");

    /// <inheritdoc/>
    public void Dot(double x, double y, double radius, Ink ink) => Append($"<circle cx=\"{x:0.##}\" cy=\"{y:0.##}\" r=\"{radius:0.##}\" {Fill(ink)}/>\n");

    /// <inheritdoc/>
    public void Text(double x, double y, IReadOnlyList<TextRun> runs, double size, Ink ink, Anchor anchor, bool bold)
    {
        var place = anchor switch
        {
            Anchor.Middle => " text-anchor=\"middle\"",
            Anchor.End => " text-anchor=\"end\"",
            _ => "",
        };
        Append($"<text x=\"{x:0.##}\" y=\"{y:0.##}\" font-size=\"{size:0.##}\" {Fill(ink)}{place}{(bold ? " font-weight=\"bold\"" : "")}>");
        double shift = 0;
        foreach (var run in runs)
        {
            var wanted = run.Style switch
            {
                TextStyle.Lowered => TextMetrics.Lowering * size,
                TextStyle.Raised => -TextMetrics.Raising * size,
                _ => 0,
            };
            var move = wanted == shift ? "" : string.Create(CultureInfo.InvariantCulture, $" dy=\"{wanted - shift:0.##}\"");
            shift = wanted;
            var text = WebUtility.HtmlEncode(run.Text);
            Append(
                run.Style switch
                {
                    TextStyle.Italic => (FormattableString)$"<tspan{move} font-style=\"italic\">{text}</tspan>",
                    TextStyle.Lowered or TextStyle.Raised => $"<tspan{move} font-size=\"{TextMetrics.ScriptSize * size:0.##}\">{text}</tspan>",
                    _ when move.Length > 0 => $"<tspan{move}>{text}</tspan>",
                    _ => $"{text}",
                }
            );
        }

        Append($"</text>\n");
    }

    /// <summary>The picture.</summary>
    /// <param name="width">Its width.</param>
    /// <param name="height">Its height.</param>
    /// <param name="id">Its id. The ids inside it begin with this one, so that pictures on one page have different ids.</param>
    /// <param name="title">Its title.</param>
    /// <param name="words">What it shows, in words.</param>
    /// <returns>An SVG element.</returns>
    public string ToSvg(double width, double height, string id, string title, string words)
    {
        var dark = new StringBuilder();
        foreach (var (name, ink) in _fills)
        {
            dark.Append(CultureInfo.InvariantCulture, $"#{id} .f-{name}{{fill:{ink.Dark}}}");
        }

        foreach (var (name, ink) in _strokes)
        {
            dark.Append(CultureInfo.InvariantCulture, $"#{id} .s-{name}{{stroke:{ink.Dark}}}");
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"<svg xmlns=\"http://www.w3.org/2000/svg\" id=\"{id}\" width=\"{width:0.##}\" height=\"{height:0.##}\" viewBox=\"0 0 {width:0.##} "
                + $"{height:0.##}\" font-family=\"{Families}\" role=\"img\" aria-labelledby=\"{id}-title {id}-words\">\n<title "
                + $"id=\"{id}-title\">{WebUtility.HtmlEncode(title)}</title>\n<desc "
                + $"id=\"{id}-words\">{WebUtility.HtmlEncode(words)}</desc>\n<style>#{id}{{max-width:100%;height:auto}}@media screen and "
                + $"(prefers-color-scheme:dark){{{dark}}}</style>\n{_content}</svg>"
        );
    }

    private static string PathThrough(IReadOnlyList<(double X, double Y)> points) =>
        string.Concat(
            points.Select((point, i) => string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? "M" : i == 1 ? "L" : " ")}{point.X:0.#} {point.Y:0.#}"))
        );

    private string Fill(Ink ink)
    {
        _fills[ink.Name] = ink;
        return $"class=\"f-{ink.Name}\" fill=\"{ink.Light}\"";
    }

    private string Stroke(Ink ink)
    {
        _strokes[ink.Name] = ink;
        return $"class=\"s-{ink.Name}\" stroke=\"{ink.Light}\"";
    }

    private void Append(FormattableString text) => _content.Append(text.ToString(CultureInfo.InvariantCulture));
}
