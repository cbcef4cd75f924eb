using SkiaSharp;

namespace Wellbehaved.Figures;

/// <summary>The legend of a panel, below it, where it covers nothing: as many entries in a row as fit.</summary>
internal sealed class Legend : IDisposable
{
    private const float RowHeight = 22;
    private const float Sample = 30;
    private const float Gap = 8;
    private readonly SKFont _font;

    /// <summary>Prepares legends.</summary>
    /// <param name="family">Font family.</param>
    public Legend(string family) => _font = new SKFont(SKTypeface.FromFamilyName(family), 13);

    /// <summary>Whether the axis of a panel does not say it all.</summary>
    public static bool IsNeeded(Panel panel) => panel.Curves.Count > 0 && panel.Curves is not [{ Kind: CurveKind.Measured }];

    /// <summary>Height of a panel's legend.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">Width that it may take.</param>
    public float HeightOf(Panel panel, float width) => IsNeeded(panel) ? (Rows(panel, width).Count * RowHeight) + Gap : 0;

    /// <summary>Draws a panel's legend.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="canvas">Where to; the legend begins at its origin.</param>
    /// <param name="width">Width that it may take.</param>
    public void Draw(Panel panel, SKCanvas canvas, float width)
    {
        if (!IsNeeded(panel))
        {
            return;
        }

        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        var y = RowHeight / 2;
        foreach (var row in Rows(panel, width))
        {
            var x = (width - row.Sum(WidthOf)) / 2;
            foreach (var curve in row)
            {
                using var line = new SKPaint { Color = Palette.Of(curve.Colour), StrokeWidth = curve.Kind == CurveKind.Histogram ? 9 : 2.5f, Style = SKPaintStyle.Stroke, IsAntialias = true };
                line.PathEffect = curve.Kind switch
                {
                    CurveKind.Theory => SKPathEffect.CreateDash([8, 5], 0),
                    CurveKind.Fit => SKPathEffect.CreateDash([2, 4], 0),
                    _ => null,
                };
                line.Color = curve.Kind == CurveKind.Histogram ? line.Color.WithAlpha(90) : line.Color;
                canvas.DrawLine(x, y, x + Sample, y, line);
                canvas.DrawText(curve.Label, x + Sample + Gap, y + 5, SKTextAlign.Left, _font, ink);
                x += WidthOf(curve);
            }

            y += RowHeight;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _font.Dispose();

    private float WidthOf(Curve curve) => Sample + (3 * Gap) + _font.MeasureText(curve.Label);

    private List<List<Curve>> Rows(Panel panel, float width)
    {
        var rows = new List<List<Curve>> { new() };
        foreach (var curve in panel.Curves)
        {
            if (rows[^1].Count > 0 && rows[^1].Sum(WidthOf) + WidthOf(curve) > width)
            {
                rows.Add([]);
            }

            rows[^1].Add(curve);
        }

        return rows;
    }
}
