namespace Wellbehaved.Figures;

/// <summary>A panel laid out for a width: title and vertical label above the frame, where there is room for them without turning them, ticks beside the frame,
/// the legend and what is missing below.</summary>
internal sealed class PanelDrawing
{
    /// <summary>Size of text in pixels. Where two panels share the 390 pixels of a phone, subscripts still have a size of eight.</summary>
    public const double Size = 16;

    /// <summary>Height of a line.</summary>
    public const double LineHeight = 22;

    /// <summary>Margin at the edges.</summary>
    public const double Padding = 10;

    private const double FrameHeight = 190;
    private const int MostTicksY = 6;
    private const double TickLength = 5;
    private const double MinorTickLength = 3;
    private const double TickLabelRoom = 30;
    private const double MarginX = 0.02;
    private const double MarginY = 0.06;

    private readonly Panel _panel;
    private readonly double _width;
    private readonly IReadOnlyList<IReadOnlyList<TextRun>> _title;
    private readonly IReadOnlyList<IReadOnlyList<TextRun>> _label;
    private readonly IReadOnlyList<IReadOnlyList<TextRun>> _missing;
    private readonly Legend _legend;

    /// <summary>Lays a panel out.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">Its width.</param>
    public PanelDrawing(Panel panel, double width)
    {
        (_panel, _width) = (panel, width);
        var inner = width - (2 * Padding);
        _title = TextMetrics.Wrap(panel.Title, inner, Size, bold: true);
        _label = panel.Curves.Count == 0 ? [] : TextMetrics.Wrap(panel.YLabel, inner, Size);
        _missing = TextMetrics.Wrap(
            panel.Missing ?? (panel.Curves.Count == 0 ? "nothing to show" : ""),
            inner - (panel.Curves.Count == 0 ? 2 * Padding : 0),
            Size
        );
        _legend = new Legend(panel, inner, Size, LineHeight);
    }

    /// <summary>Height that is needed above the frame.</summary>
    public double Above => Padding + ((_title.Count + _label.Count) * LineHeight) + Padding;

    /// <summary>Height that is needed below the upper edge of the frame.</summary>
    public double Below =>
        IsEmpty
            ? Math.Max(FrameHeight, (_missing.Count * LineHeight) + (2 * Padding)) + Padding
            : FrameHeight
                + TickLabelRoom
                + LineHeight
                + (_legend.Height > 0 ? 8 + _legend.Height : 0)
                + (_missing.Count > 0 ? 8 + (_missing.Count * LineHeight) : 0)
                + Padding;

    private bool IsEmpty => _panel.Curves.Count == 0;

    /// <summary>Draws the panel.</summary>
    /// <param name="surface">The surface to draw on.</param>
    /// <param name="left">Its left edge.</param>
    /// <param name="top">Its upper edge.</param>
    /// <param name="above">Height above the frame; panels in a row share it so that their frames are aligned.</param>
    public void Draw(ISurface surface, double left, double top, double above)
    {
        var baseline = top + above - Above + Padding + Size;
        foreach (var line in _title)
        {
            surface.Text(left + Padding, baseline, line, Size, Ink.Text, bold: true);
            baseline += LineHeight;
        }

        foreach (var line in _label)
        {
            surface.Text(left + Padding, baseline, line, Size, Ink.Quiet);
            baseline += LineHeight;
        }

        var frame = top + above;
        if (IsEmpty)
        {
            DrawMissingAlone(surface, left, frame);
            return;
        }

        DrawFrame(surface, left, frame);
        var below = frame + FrameHeight + TickLabelRoom + LineHeight + 8;
        _legend.Draw(surface, left + Padding, below);
        below += _legend.Height > 0 ? _legend.Height + 8 : 0;
        DrawLines(surface, _missing, left + Padding, below, Anchor.Start);
    }

    private static void DrawLines(ISurface surface, IReadOnlyList<IReadOnlyList<TextRun>> lines, double x, double top, Anchor anchor)
    {
        for (var i = 0; i < lines.Count; i++)
        {
            surface.Text(x, top + (0.5 * LineHeight) + (0.36 * Size) + (i * LineHeight), lines[i], Size, Ink.Quiet, anchor);
        }
    }

    private void DrawMissingAlone(ISurface surface, double left, double frame)
    {
        var height = Below - Padding;
        DrawBox(surface, left + Padding, left + _width - Padding, frame, frame + height);
        DrawLines(surface, _missing, left + (_width / 2), frame + ((height - (_missing.Count * LineHeight)) / 2), Anchor.Middle);
    }

    private static void DrawBox(ISurface surface, double left, double right, double top, double bottom) =>
        surface.Line([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)], Ink.Frame, 1);

    private void DrawFrame(ISurface surface, double left, double top)
    {
        var bottom = top + FrameHeight;
        var (lowY, highY) = EndsOfY();
        var vertical = new Axis(lowY, highY, bottom, top);
        var ticksY = Divide(_panel.YScale, lowY, highY, MostTicksY, whole: false);
        var from =
            left
            + Padding
            + ticksY.Where(tick => tick.Label is not null).Select(tick => TextMetrics.Width(tick.Label!, Size)).DefaultIfEmpty(0).Max()
            + TickLength
            + 4;
        var to = left + _width - (2 * Padding);
        var (lowX, highX) = Axis.Ends([.. _panel.Curves.SelectMany(curve => curve.X)], MarginX);
        var horizontal = new Axis(lowX, highX, from, to);
        var ticksX = TicksThatFit(horizontal);

        foreach (var tick in ticksX.Where(tick => tick.Label is not null))
        {
            surface.Line([(horizontal.At(tick.Position), top), (horizontal.At(tick.Position), bottom)], Ink.Grid, 1);
        }

        foreach (var tick in ticksY.Where(tick => tick.Label is not null))
        {
            surface.Line([(from, vertical.At(tick.Position)), (to, vertical.At(tick.Position))], Ink.Grid, 1);
        }

        foreach (var reference in _panel.References)
        {
            surface.Line([(from, vertical.At(reference.Value)), (to, vertical.At(reference.Value))], Ink.Frame, 1.5);
        }

        foreach (var cell in _panel.Cells)
        {
            var (cellLeft, cellRight, cellLow, cellHigh) = (horizontal.At(cell.Left), horizontal.At(cell.Right), vertical.At(cell.Low), vertical.At(cell.High));
            surface.Area(
                [(cellLeft, cellLow), (cellRight, cellLow), (cellRight, cellHigh), (cellLeft, cellHigh)],
                Ink.OfCurve(0),
                Math.Clamp(cell.Share, 0, 1)
            );
            surface.Line([(cellLeft, cellLow), (cellRight, cellLow), (cellRight, cellHigh), (cellLeft, cellHigh), (cellLeft, cellLow)], Ink.Grid, 1);
        }

        CurveDrawing.Draw(surface, _panel.Curves, horizontal, vertical);
        DrawBox(surface, from, to, top, bottom);
        foreach (var tick in ticksX)
        {
            var x = horizontal.At(tick.Position);
            surface.Line([(x, bottom), (x, bottom + (tick.Label is null ? MinorTickLength : TickLength))], Ink.Frame, 1);
            if (tick.Label is { } label)
            {
                surface.Text(x, bottom + TickLength + 4 + Size, TextMetrics.Line(label), Size, Ink.Text, Anchor.Middle);
            }
        }

        foreach (var tick in ticksY)
        {
            var y = vertical.At(tick.Position);
            surface.Line([(from, y), (from - (tick.Label is null ? MinorTickLength : TickLength), y)], Ink.Frame, 1);
            if (tick.Label is { } label)
            {
                surface.Text(from - TickLength - 4, y + (0.36 * Size), TextMetrics.Line(label), Size, Ink.Text, Anchor.End);
            }
        }

        surface.Text((from + to) / 2, bottom + TickLabelRoom + Size, TextMetrics.Line(_panel.XLabel), Size, Ink.Quiet, Anchor.Middle);
    }

    private (double Low, double High) EndsOfY()
    {
        double[] values =
        [
            .. _panel.Curves.SelectMany(curve => curve.Y.Concat(curve.Low ?? []).Concat(curve.High ?? [])),
            .. _panel.References.Select(reference => reference.Value),
        ];
        var (low, high) = Axis.Ends(_panel.YLimits is { } shared ? [shared.Low, shared.High] : values, MarginY);
        return _panel.BeginsAtZero ? (0, Math.Max(high, double.Epsilon)) : (low, high);
    }

    /// <summary>As many ticks as fit: their labels do not touch each other and end within the panel.</summary>
    private IReadOnlyList<Tick> TicksThatFit(Axis axis)
    {
        var whole =
            _panel.XScale == AxisScale.Linear
            && (_panel.Cells.Count > 0 || _panel.Curves.All(curve => curve.Kind != CurveKind.Histogram && curve.X.All(double.IsInteger)));
        for (var most = 8; most > 1; most--)
        {
            var ticks = Divide(_panel.XScale, axis.Low, axis.High, most, whole);
            (double Middle, double Half)[] labels =
            [
                .. ticks
                    .Where(tick => tick.Label is not null)
                    .OrderBy(tick => tick.Position)
                    .Select(tick => (axis.At(tick.Position), TextMetrics.Width(tick.Label!, Size) / 2)),
            ];
            if (
                labels.Zip(labels.Skip(1), (one, next) => next.Middle - next.Half - one.Middle - one.Half).All(gap => gap >= 12)
                && labels.All(label => label.Middle + label.Half <= axis.To + Padding + 6)
            )
            {
                return ticks;
            }
        }

        return [.. Divide(_panel.XScale, axis.Low, axis.High, 1, whole).Take(1)];
    }

    private static IReadOnlyList<Tick> Divide(AxisScale scale, double low, double high, int most, bool whole) =>
        scale switch
        {
            AxisScale.Linear => LinearTicks.Between(low, high, most, whole),
            AxisScale.Logarithmic => LogarithmicTicks.Between(low, high, most),
            _ => throw new ArgumentOutOfRangeException(nameof(scale), scale, "expected a scale"),
        };
}
