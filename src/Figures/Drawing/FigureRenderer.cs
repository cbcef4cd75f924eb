using System.Globalization;
using System.Net;
using System.Text;
using ScottPlot;
using SkiaSharp;

namespace Wellbehaved.Figures;

/// <summary>Draws figures: SVG, PNG and PDF.</summary>
public static class FigureRenderer
{
    private const int PanelWidth = 520;
    private const int PanelHeight = 340;
    private const int TitleHeight = 44;
    private const float PointsPerPixel = 0.75f;

    /// <summary>Room beyond the curves at the ends of an axis that panels share, as a share of it.</summary>
    private const double EdgeOfSharedAxis = 0.05;

    /// <summary>Families without serifs that have Greek letters and subscripts, the most common ones first.</summary>
    private static readonly string[] Families = ["DejaVu Sans", "Noto Sans", "Liberation Sans", "Arial", "Helvetica", "Segoe UI"];

    private static readonly string FontFamily = Families.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? SKFontManager.Default.FontFamilies.FirstOrDefault() ?? Families[0];

    /// <summary>The formats that can be drawn, by the ending of the file's name.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".svg", ".png", ".pdf"];

    /// <summary>Draws a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="ending">One of <see cref="Endings"/>.</param>
    /// <returns>The file's content.</returns>
    /// <exception cref="ArgumentException">The ending is none of these.</exception>
    public static byte[] Draw(Figure figure, string ending)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return ending switch
        {
            ".svg" => Encoding.UTF8.GetBytes(ToSvg(figure)),
            ".png" => ToPng(figure),
            ".pdf" => ToPdf(figure),
            _ => throw new ArgumentException($"expected one of {string.Join(", ", Endings)}, got '{ending}'", nameof(ending)),
        };
    }

    /// <summary>Draws a figure as an SVG element that can stand in a page.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="idPrefix">Begins the ids within, so that figures on one page do not share any.</param>
    /// <returns>The element, with the figure in words for screen readers.</returns>
    public static string ToSvg(Figure figure, string idPrefix = "figure")
    {
        ArgumentNullException.ThrowIfNull(figure);
        using var stream = new MemoryStream();
        var (width, height) = SizeOf(figure);
        using (var canvas = SKSvgCanvas.Create(SKRect.Create(width, height), stream))
        {
            Draw(figure, canvas);
        }

        var text = Encoding.UTF8.GetString(stream.ToArray());
        var begin = text.IndexOf("<svg", StringComparison.Ordinal);
        var open = text.IndexOf('>', begin);
        var attributes = string.Create(CultureInfo.InvariantCulture, $" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{idPrefix}-title {idPrefix}-words\"");
        var words = $"<title id=\"{idPrefix}-title\">{WebUtility.HtmlEncode(figure.Title)}</title><desc id=\"{idPrefix}-words\">{WebUtility.HtmlEncode(figure.Words)}</desc>";

        // Wiping a picture to transparency becomes a black rectangle, covered but for its edges.
        text = text.Replace($"width=\"{width}\" height=\"{height}\"/>", "width=\"0\" height=\"0\"/>", StringComparison.Ordinal);

        // Skia numbers its clip paths from zero in every picture.
        var content = text[(open + 1)..].Replace("id=\"cl_", $"id=\"{idPrefix}-cl_", StringComparison.Ordinal).Replace("url(#cl_", $"url(#{idPrefix}-cl_", StringComparison.Ordinal);
        return $"{text[begin..open]}{attributes}>{words}{content}";
    }

    private static byte[] ToPng(Figure figure)
    {
        const int scale = 2;
        var (width, height) = SizeOf(figure);
        using var surface = SKSurface.Create(new SKImageInfo(scale * width, scale * height));
        surface.Canvas.Scale(scale);
        Draw(figure, surface.Canvas);
        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Png, 100);
        return data.ToArray();
    }

    private static byte[] ToPdf(Figure figure)
    {
        using var stream = new MemoryStream();
        var (width, height) = SizeOf(figure);
        using (var document = SKDocument.CreatePdf(stream, new SKDocumentPdfMetadata { Title = figure.Title, Creator = "wellbehaved" }))
        {
            var canvas = document.BeginPage(width * PointsPerPixel, height * PointsPerPixel);
            canvas.Scale(PointsPerPixel);
            Draw(figure, canvas);
            document.EndPage();
            document.Close();
        }

        return stream.ToArray();
    }

    private static (int Width, int Height) SizeOf(Figure figure)
    {
        var rows = (figure.Panels.Count + figure.Columns - 1) / figure.Columns;
        return (Math.Min(figure.Columns, figure.Panels.Count) * PanelWidth, TitleHeight + (rows * (PanelHeight + LegendHeightOf(figure))));
    }

    /// <summary>All legends are given the height that the largest one needs.</summary>
    private static int LegendHeightOf(Figure figure)
    {
        using var legend = new Legend(FontFamily);
        return (int)Math.Ceiling(figure.Panels.Max(panel => legend.HeightOf(panel, PanelWidth)));
    }

    private static void Draw(Figure figure, SKCanvas canvas)
    {
        canvas.Clear(SKColors.White);
        using var font = new SKFont(SKTypeface.FromFamilyName(FontFamily), 20);
        using var paint = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.DrawText(figure.Title, SizeOf(figure).Width / 2f, 30, SKTextAlign.Center, font, paint);
        using var legend = new Legend(FontFamily);
        var height = PanelHeight + LegendHeightOf(figure);
        for (var i = 0; i < figure.Panels.Count; i++)
        {
            var (row, column) = Math.DivRem(i, figure.Columns);
            var plot = PlotOf(figure.Panels[i]);

            // The library wipes all that it may draw on.
            canvas.Save();
            canvas.Translate(column * PanelWidth, TitleHeight + (row * height));
            canvas.ClipRect(SKRect.Create(PanelWidth, PanelHeight));
            plot.Render(canvas, new PixelRect(0, PanelWidth, PanelHeight, 0));
            canvas.Restore();
            canvas.Save();
            canvas.Translate(column * PanelWidth, TitleHeight + (row * height) + PanelHeight);
            legend.Draw(figure.Panels[i], canvas, PanelWidth);
            canvas.Restore();
        }
    }

    private static Plot PlotOf(Panel panel)
    {
        var plot = new Plot();
        plot.Font.Set(FontFamily);
        plot.FigureBackground.Color = Colors.White;
        plot.Title(panel.Title, 16);
        plot.XLabel(panel.XLabel, 14);
        plot.YLabel(panel.YLabel, 14);
        (plot.Axes.Bottom.Label.Bold, plot.Axes.Left.Label.Bold) = (false, false);
        plot.Grid.MajorLineColor = Colors.Black.WithAlpha(0.08);
        foreach (var reference in panel.References)
        {
            var line = plot.Add.HorizontalLine(reference, 1, Colors.Gray);
            line.EnableAutoscale = true;
        }

        foreach (var curve in panel.Curves)
        {
            Add(plot, curve);
        }

        if (panel.Curves.Count == 0)
        {
            var note = plot.Add.Annotation(panel.Missing ?? "nothing to show", Alignment.MiddleCenter);
            note.LabelBackgroundColor = Colors.Transparent;
            note.LabelBorderWidth = 0;
            note.LabelShadowColor = Colors.Transparent;
            plot.HideGrid();
            plot.Axes.Bottom.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
            plot.Axes.Left.TickGenerator = new ScottPlot.TickGenerators.EmptyTickGenerator();
        }
        else
        {
            plot.Axes.AutoScale();
            if (panel.YLimits is { } shared)
            {
                plot.Axes.SetLimitsY(shared.Low - (EdgeOfSharedAxis * (shared.High - shared.Low)), shared.High + (EdgeOfSharedAxis * (shared.High - shared.Low)));
            }

            var limits = plot.Axes.GetLimits();
            Divide(plot.Axes.Bottom, panel.XScale, limits.Left, limits.Right);
            Divide(plot.Axes.Left, panel.YScale, limits.Bottom, limits.Top);
            plot.HideLegend();
        }

        return plot;
    }

    private static void Add(Plot plot, Curve curve)
    {
        var colour = Palette.Colour(curve.Colour);
        if (curve is { Low: { } low, High: { } high })
        {
            var band = plot.Add.FillY(curve.X, low, high);
            band.FillColor = colour.WithAlpha(0.2);
            band.LineWidth = 0;
            band.MarkerSize = 0;
        }

        if (curve.Kind == CurveKind.Histogram)
        {
            var (x, y) = Steps(curve);
            var area = plot.Add.FillY(x, new double[x.Length], y);
            area.FillColor = colour.WithAlpha(0.25);
            area.LineWidth = 0;
            area.MarkerSize = 0;
            plot.Add.ScatterLine(x, y, colour);
            return;
        }

        var line = plot.Add.ScatterLine(curve.X, curve.Y, colour);
        line.LineWidth = curve.Kind == CurveKind.Theory ? 2.5f : 2;
        line.LinePattern = curve.Kind switch
        {
            CurveKind.Theory => LinePattern.Dashed,
            CurveKind.Fit => LinePattern.Dotted,
            _ => LinePattern.Solid,
        };
        if (curve.X.Length == 1)
        {
            line.MarkerSize = 8;
            line.MarkerShape = MarkerShape.FilledCircle;
        }
    }

    private static (double[] X, double[] Y) Steps(Curve curve)
    {
        var (x, y) = (new List<double> { curve.X[0] }, new List<double> { 0 });
        for (var i = 0; i < curve.X.Length - 1; i++)
        {
            x.AddRange([curve.X[i], curve.X[i + 1]]);
            y.AddRange([curve.Y[i], curve.Y[i]]);
        }

        x.Add(curve.X[^1]);
        y.Add(0);
        return ([.. x], [.. y]);
    }

    private static void Divide(IAxis axis, AxisScale scale, double low, double high)
    {
        if (scale == AxisScale.Logarithmic)
        {
            axis.TickGenerator = LogarithmicTicks.Between(low, high);
        }
    }
}
