namespace Wellbehaved.Figures;

/// <summary>The heading of a drawing: a title in bold and notes below it, wrapped to the drawing's width.</summary>
internal sealed class Heading
{
    private const double TitleSize = 18;
    private const double TitleLineHeight = 25;

    private readonly IReadOnlyList<IReadOnlyList<TextRun>> _title;
    private readonly IReadOnlyList<IReadOnlyList<TextRun>> _notes;

    /// <summary>Lays out a heading.</summary>
    /// <param name="title">The title, as <see cref="Markup"/>; may be empty.</param>
    /// <param name="notes">Notes, as <see cref="Markup"/>.</param>
    /// <param name="width">Width of the drawing, margins included.</param>
    public Heading(string title, IEnumerable<string> notes, double width)
    {
        var room = width - (2 * PanelDrawing.Padding);
        _title = TextMetrics.Wrap(title, room, TitleSize, bold: true);
        _notes = [.. notes.SelectMany(note => TextMetrics.Wrap(note, room, PanelDrawing.Size))];
    }

    /// <summary>Height with the margin above it; 0 if there are neither title nor notes.</summary>
    public double Height =>
        _title.Count + _notes.Count == 0 ? 0 : PanelDrawing.Padding + (_title.Count * TitleLineHeight) + (_notes.Count * PanelDrawing.LineHeight);

    /// <summary>Draws the heading at the upper left.</summary>
    /// <param name="surface">The surface to draw on.</param>
    public void Draw(ISurface surface)
    {
        var baseline = PanelDrawing.Padding + TitleSize;
        foreach (var line in _title)
        {
            surface.Text(PanelDrawing.Padding, baseline, line, TitleSize, Ink.Text, bold: true);
            baseline += TitleLineHeight;
        }

        foreach (var line in _notes)
        {
            surface.Text(PanelDrawing.Padding, baseline, line, PanelDrawing.Size, Ink.Quiet);
            baseline += PanelDrawing.LineHeight;
        }
    }
}
