using SkiaSharp;

namespace Wellbehaved.Figures;

/// <summary>Draws with Skia, for PNG and PDF.</summary>
internal sealed class SkiaSurface(SKCanvas canvas) : ISurface, IDisposable
{
    /// <summary>Sans-serif font families that have Greek letters, in order of preference.</summary>
    private static readonly string[] Families = ["DejaVu Sans", "Verdana", "Noto Sans", "Liberation Sans", "Arial", "Helvetica", "Segoe UI"];

    private static readonly string Family =
        Families.FirstOrDefault(SKFontManager.Default.FontFamilies.Contains) ?? SKFontManager.Default.FontFamilies.FirstOrDefault() ?? Families[0];

    private readonly SKTypeface _upright = SKTypeface.FromFamilyName(Family);
    private readonly SKTypeface _italic = SKTypeface.FromFamilyName(Family, SKFontStyle.Italic);
    private readonly SKTypeface _bold = SKTypeface.FromFamilyName(Family, SKFontStyle.Bold);

    /// <inheritdoc/>
    public void Rectangle(double x, double y, double width, double height, Ink ink)
    {
        using var paint = Paint(ink, SKPaintStyle.Fill);
        canvas.DrawRect((float)x, (float)y, (float)width, (float)height, paint);
    }

    /// <inheritdoc/>
    public void Line(IReadOnlyList<(double X, double Y)> points, Ink ink, double thickness, Dash dash)
    {
        using var paint = Paint(ink, SKPaintStyle.Stroke);
        using var effect = dash switch
        {
            Dash.Dashed => SKPathEffect.CreateDash([8, 5], 0),
            Dash.Dotted => SKPathEffect.CreateDash([2, 4], 0),
            _ => null,
        };
        (paint.StrokeWidth, paint.StrokeJoin, paint.PathEffect) = ((float)thickness, SKStrokeJoin.Round, effect);
        using var path = Path(points);
        canvas.DrawPath(path, paint);
    }

    /// <inheritdoc/>
    public void Area(IReadOnlyList<(double X, double Y)> points, Ink ink, double opacity)
    {
        using var paint = Paint(ink, SKPaintStyle.Fill);
        paint.Color = paint.Color.WithAlpha((byte)(255 * opacity));
        using var path = Path(points);
        path.Close();
        canvas.DrawPath(path, paint);
    }

    /// <inheritdoc/>
    public void Dot(double x, double y, double radius, Ink ink)
    {
        using var paint = Paint(ink, SKPaintStyle.Fill);
        canvas.DrawCircle((float)x, (float)y, (float)radius, paint);
    }

    /// <inheritdoc/>
    public void Text(double x, double y, IReadOnlyList<TextRun> runs, double size, Ink ink, Anchor anchor, bool bold)
    {
        using var paint = Paint(ink, SKPaintStyle.Fill);
        SKFont[] fonts =
        [
            .. runs.Select(run => new SKFont(
                bold ? _bold
                    : run.Style == TextStyle.Italic ? _italic
                    : _upright,
                (float)(run.Style is TextStyle.Lowered or TextStyle.Raised ? TextMetrics.ScriptSize * size : size)
            )),
        ];
        float[] widths = [.. runs.Zip(fonts, (run, font) => font.MeasureText(run.Text))];
        var left =
            (float)x
            - (
                anchor == Anchor.Middle ? widths.Sum() / 2
                : anchor == Anchor.End ? widths.Sum()
                : 0
            );
        for (var i = 0; i < runs.Count; i++)
        {
            var shift = runs[i].Style switch
            {
                TextStyle.Lowered => TextMetrics.Lowering * size,
                TextStyle.Raised => -TextMetrics.Raising * size,
                _ => 0,
            };
            canvas.DrawText(runs[i].Text, left, (float)(y + shift), SKTextAlign.Left, fonts[i], paint);
            left += widths[i];
            fonts[i].Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _upright.Dispose();
        _italic.Dispose();
        _bold.Dispose();
    }

    private static SKPaint Paint(Ink ink, SKPaintStyle style) =>
        new()
        {
            Color = SKColor.Parse(ink.Light),
            Style = style,
            IsAntialias = true,
        };

    private static SKPath Path(IReadOnlyList<(double X, double Y)> points)
    {
        var path = new SKPath();
        path.MoveTo((float)points[0].X, (float)points[0].Y);
        foreach (var (x, y) in points.Skip(1))
        {
            path.LineTo((float)x, (float)y);
        }

        return path;
    }
}
