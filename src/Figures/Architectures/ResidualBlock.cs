namespace Wellbehaved.Figures;

/// <summary>A residual layer: the branch on the left, the skip connection beside it, and the sum of both below.</summary>
internal sealed class ResidualBlock : Block
{
    private const double Split = 16;
    private const double Radius = 10;
    private const double Gap = 22;
    private const double NoteGap = 6;

    private readonly ColumnBlock _branch;
    private readonly ColumnBlock _skip;
    private readonly string? _branchNote;
    private readonly string? _skipNote;

    /// <summary>Lays a residual out.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="skip">The layers of the skip connection; it is the identity if there are none.</param>
    /// <param name="branchNote">What happens at the end of the branch, such as a scaling; null if nothing does.</param>
    /// <param name="skipNote">The same for the skip connection.</param>
    public ResidualBlock(ColumnBlock branch, ColumnBlock skip, string? branchNote, string? skipNote) =>
        (_branch, _skip, _branchNote, _skipNote) = (branch, skip, branchNote, skipNote);

    /// <inheritdoc/>
    public override double Width => SkipX + Math.Max(_skip.Width - _skip.Axis, NoteWidth(_skipNote)) + 4;

    /// <inheritdoc/>
    public override double Height => Split + Inner + (2 * Radius);

    /// <inheritdoc/>
    public override double Axis => Math.Max(_branch.Axis, Radius);

    /// <inheritdoc/>
    public override string Words => $"residual with the branch [{Said(_branch)}]{Said(_branchNote)} added to the skip [{Said(_skip)}]{Said(_skipNote)}";

    private double Inner => Math.Max(Math.Max(_branch.Height, _skip.Height) + (_branchNote is null && _skipNote is null ? 0 : PanelDrawing.LineHeight), 30);

    private double SkipX => Axis + Math.Max(Math.Max(_branch.Width - _branch.Axis, NoteWidth(_branchNote)), 2 * Radius) + Gap + _skip.Axis;

    /// <inheritdoc/>
    public override void Draw(ISurface surface, double left, double top)
    {
        var (x, skipX, bottom) = (left + Axis, left + SkipX, top + Split + Inner);
        surface.Line([(x, top), (x, top + Split)], Ink.Frame, 1.5);
        surface.Line([(x, top + 2), (skipX, top + 2), (skipX, top + Split)], Ink.Frame, 1.5);
        _branch.Draw(surface, x - _branch.Axis, top + Split);
        _skip.Draw(surface, skipX - _skip.Axis, top + Split);
        if (top + Split + _branch.Height < bottom)
        {
            ColumnBlock.DrawArrow(surface, x, top + Split + _branch.Height, bottom);
        }

        surface.Line([(skipX, top + Split + _skip.Height), (skipX, bottom + Radius), (x + Radius, bottom + Radius)], Ink.Frame, 1.5);
        surface.Line([(x + Radius + 5, bottom + Radius - 4), (x + Radius, bottom + Radius), (x + Radius + 5, bottom + Radius + 4)], Ink.Frame, 1.5);
        DrawNote(surface, _branchNote, x, bottom);
        DrawNote(surface, _skipNote, skipX, bottom);
        DrawSum(surface, x, bottom + Radius);
    }

    /// <summary>Writes a note beside the end of a path.</summary>
    private static void DrawNote(ISurface surface, string? note, double x, double bottom)
    {
        if (note is not null)
        {
            surface.Text(x + NoteGap, bottom - 6, TextMetrics.Line(Markup.Escape(note)), PanelDrawing.Size, Ink.Text);
        }
    }

    private static void DrawSum(ISurface surface, double x, double y)
    {
        const int Corners = 24;
        var angles = Enumerable.Range(0, Corners + 1).Select(i => 2 * Math.PI * i / Corners);
        surface.Line([.. angles.Select(angle => (x + (Radius * Math.Cos(angle)), y + (Radius * Math.Sin(angle))))], Ink.Frame, 1.5);
        surface.Line([(x - 5, y), (x + 5, y)], Ink.Text, 1.5);
        surface.Line([(x, y - 5), (x, y + 5)], Ink.Text, 1.5);
    }

    private static double NoteWidth(string? note) => note is null ? 0 : NoteGap + TextMetrics.Width(Markup.Escape(note), PanelDrawing.Size);

    private static string Said(ColumnBlock path) => path.Words.Length == 0 ? "identity" : path.Words;

    private static string Said(string? note) => note is null ? string.Empty : $", {note},";
}
