namespace Wellbehaved.Figures;

/// <summary>The legend, below its panel so that it covers nothing. It lists curves and reference lines, as many in a row as fit.</summary>
internal sealed class Legend
{
    private const double Sample = 26;
    private const double Gap = 6;
    private const double Between = 14;
    private readonly List<Placed> _entries = [];

    /// <summary>Lays a legend out.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">Available width.</param>
    /// <param name="size">Size of its text.</param>
    /// <param name="lineHeight">Height of a line.</param>
    public Legend(Panel panel, double width, double size, double lineHeight)
    {
        // A single measured curve needs no legend, since the axis names it.
        var needed = panel.Curves.Count > 0 && (panel.Curves is not [{ Kind: CurveKind.Measured }] || panel.References.Count > 0);
        Entry[] entries = needed
            ?
            [
                .. panel.Curves.Select(curve => new Entry(curve.Label, Ink.OfCurve(curve.Colour), curve.Kind, CurveDrawing.IsDot(curve))),
                .. panel.References.Where(reference => reference.Label.Length > 0).Select(reference => new Entry(reference.Label, Ink.Frame, null, false)),
            ]
            : [];
        var (x, y) = (0.0, 0.0);
        foreach (var entry in entries)
        {
            var lines = TextMetrics.Wrap(entry.Label, width - Sample - Gap, size);
            var taken = Sample + Gap + lines.Select(line => TextMetrics.Width(line, size)).DefaultIfEmpty(0).Max();
            if (x > 0 && x + taken > width)
            {
                (x, y) = (0, Height);
            }

            _entries.Add(new Placed(entry, lines, x, y));
            Height = Math.Max(Height, y + (lines.Count * lineHeight));
            x += taken + Between;
        }

        (Size, LineHeight) = (size, lineHeight);
    }

    /// <summary>Height of the legend.</summary>
    public double Height { get; }

    private double Size { get; }

    private double LineHeight { get; }

    /// <summary>Draws the legend.</summary>
    /// <param name="surface">The surface to draw on.</param>
    /// <param name="left">Its left edge.</param>
    /// <param name="top">Its upper edge.</param>
    public void Draw(ISurface surface, double left, double top)
    {
        foreach (var (entry, lines, x, y) in _entries)
        {
            var middle = top + y + (LineHeight / 2);
            (double, double)[] sample = [(left + x, middle), (left + x + Sample, middle)];
            if (entry.IsDot)
            {
                surface.Dot(left + x + (Sample / 2), middle, CurveDrawing.RadiusOfDot, entry.Ink);
            }
            else if (entry.Kind == CurveKind.Histogram)
            {
                surface.Area(
                    [(left + x, middle - 5), (left + x + Sample, middle - 5), (left + x + Sample, middle + 5), (left + x, middle + 5)],
                    entry.Ink,
                    CurveDrawing.OpacityOfHistogram
                );
                surface.Line([(left + x, middle - 5), (left + x + Sample, middle - 5)], entry.Ink, CurveDrawing.Thickness);
            }
            else
            {
                surface.Line(
                    sample,
                    entry.Ink,
                    entry.Kind is null ? 1.5 : CurveDrawing.Thickness,
                    entry.Kind is { } kind ? CurveDrawing.DashOf(kind) : Dash.Solid
                );
            }

            for (var i = 0; i < lines.Count; i++)
            {
                surface.Text(left + x + Sample + Gap, middle + (0.36 * Size) + (i * LineHeight), lines[i], Size, Ink.Text);
            }
        }
    }

    private readonly record struct Entry(string Label, Ink Ink, CurveKind? Kind, bool IsDot);

    private readonly record struct Placed(Entry Entry, IReadOnlyList<IReadOnlyList<TextRun>> Lines, double X, double Y);
}
