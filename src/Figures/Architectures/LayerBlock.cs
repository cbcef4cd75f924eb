namespace Wellbehaved.Figures;

/// <summary>A layer as a box with text in it.</summary>
internal sealed class LayerBlock : Block
{
    private const double Most = 210;
    private const double Least = 110;
    private const double PaddingX = 10;
    private const double PaddingY = 6;
    private const double OpacityOfKind = 0.16;

    private readonly IReadOnlyList<IReadOnlyList<TextRun>> _lines;
    private readonly Ink _ink;

    /// <summary>Lays a box out.</summary>
    /// <param name="words">The layer as plain text.</param>
    /// <param name="ink">The colour of its kind.</param>
    public LayerBlock(string words, Ink ink)
    {
        (Words, _ink) = (words, ink);
        _lines = TextMetrics.Wrap(Markup.Escape(Joined(words)), Most - (2 * PaddingX), PanelDrawing.Size);
        Width = Math.Max(Least, _lines.Max(line => TextMetrics.Width(line, PanelDrawing.Size)) + (2 * PaddingX));
    }

    /// <inheritdoc/>
    public override double Width { get; }

    /// <inheritdoc/>
    public override double Height => (_lines.Count * PanelDrawing.LineHeight) + (2 * PaddingY);

    /// <inheritdoc/>
    public override double Axis => Width / 2;

    /// <inheritdoc/>
    public override string Words { get; }

    /// <inheritdoc/>
    public override void Draw(ISurface surface, double left, double top)
    {
        (double, double)[] corners = [(left, top), (left + Width, top), (left + Width, top + Height), (left, top + Height)];
        surface.Area(corners, _ink, OpacityOfKind);
        surface.Line([.. corners, corners[0]], _ink, 1.5);
        for (var i = 0; i < _lines.Count; i++)
        {
            var baseline = top + PaddingY + ((i + 0.5) * PanelDrawing.LineHeight) + (0.36 * PanelDrawing.Size);
            surface.Text(left + Axis, baseline, _lines[i], PanelDrawing.Size, Ink.Text, Anchor.Middle);
        }
    }

    /// <summary>Keeps the name of an option and its value on one line.</summary>
    private static string Joined(string words)
    {
        const char Space = ' ',
            NoBreak = '\u00A0';
        var options = words.Split(", ");
        var end = options[0].IndexOf(Space, StringComparison.Ordinal);
        var first = end < 0 ? options[0] : options[0][..(end + 1)] + options[0][(end + 1)..].Replace(Space, NoBreak);
        return string.Join(", ", options.Skip(1).Select(option => option.Replace(Space, NoBreak)).Prepend(first));
    }
}
