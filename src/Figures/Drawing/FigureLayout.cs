namespace Wellbehaved.Figures;

/// <summary>The layout of a figure: the title and the origin of the numbers, and below them rows of panels without an empty cell.</summary>
internal sealed class FigureLayout : IDrawing
{
    private const double PanelWidth = 300;

    private readonly Heading _heading;
    private readonly List<Row> _rows = [];

    /// <summary>Lays a figure out.</summary>
    /// <param name="figure">The figure.</param>
    public FigureLayout(Figure figure)
        : this(figure, PanelWidth * figure.Columns, figure.Title) { }

    private FigureLayout(Figure figure, double width, string title)
    {
        Width = width;
        _heading = new Heading(title, figure.Notes, Width);
        var first = figure.Panels.Count % figure.Columns;
        var top = _heading.Height;
        foreach (var panels in (first == 0 ? [] : new[] { figure.Panels.Take(first).ToArray() }).Concat(figure.Panels.Skip(first).Chunk(figure.Columns)))
        {
            PanelDrawing[] drawings = [.. panels.Select(panel => new PanelDrawing(panel, Width / panels.Length))];
            var row = new Row(top, drawings.Max(drawing => drawing.Above), drawings);
            _rows.Add(row);
            top += row.Above + drawings.Max(drawing => drawing.Below);
        }

        Height = Math.Ceiling(top);
    }

    /// <inheritdoc/>
    public double Width { get; }

    /// <inheritdoc/>
    public double Height { get; }

    /// <summary>Lays out a single panel for a page that shows its title itself.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="width">Its width.</param>
    /// <returns>The layout.</returns>
    public static FigureLayout Alone(Panel panel, double width) => new(new Figure(panel.Title, [panel], 1), width, "");

    /// <inheritdoc/>
    public void Draw(ISurface surface)
    {
        // The background is opaque, since the page behind it may be as dark as the text.
        surface.Rectangle(0, 0, Width, Height, Ink.Paper);
        _heading.Draw(surface);

        foreach (var (top, above, drawings) in _rows)
        {
            for (var i = 0; i < drawings.Length; i++)
            {
                drawings[i].Draw(surface, i * Width / drawings.Length, top, above);
            }
        }
    }

    private readonly record struct Row(double Top, double Above, PanelDrawing[] Drawings);
}
