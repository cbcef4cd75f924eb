using Wellbehaved.Networks;

namespace Wellbehaved.Figures;

/// <summary>Layers below each other, with arrows between them; where the shape of the features changes, it stands beside the arrow.</summary>
internal sealed class ColumnBlock : Block
{
    /// <summary>Length of an arrow.</summary>
    public const double Arrow = 26;

    private const double Head = 4;
    private const double Gap = 7;

    private readonly (Block Block, string? Shape)[] _parts;
    private readonly double _right;

    /// <summary>Lays a column out.</summary>
    /// <param name="parts">The parts from the first to the last, each with the shape of its output where that differs from its input's.</param>
    public ColumnBlock(IReadOnlyList<(Block Block, Shape? Shape)> parts)
    {
        _parts = [.. parts.Select(part => (part.Block, part.Shape?.ToString()))];
        Axis = _parts.Select(part => part.Block.Axis).DefaultIfEmpty(0).Max();
        _right = _parts
            .Select(part => Math.Max(part.Block.Width - part.Block.Axis, part.Shape is { } shape ? Gap + TextMetrics.Width(shape, PanelDrawing.Size) : 0))
            .DefaultIfEmpty(0)
            .Max();

        // Once: a part in a part in a part … that asked the next one twice would ask the last one billions of times.
        Height = _parts.Sum(part => part.Block.Height + Arrow);
        Words = string.Join("; ", _parts.Select(part => part.Block.Words + (part.Shape is { } shape ? $", which gives {shape}" : string.Empty)));
    }

    /// <inheritdoc/>
    public override double Width => Axis + _right;

    /// <inheritdoc/>
    public override double Height { get; }

    /// <inheritdoc/>
    public override double Axis { get; }

    /// <inheritdoc/>
    public override string Words { get; }

    /// <inheritdoc/>
    public override void Draw(ISurface surface, double left, double top)
    {
        var y = top;
        foreach (var (block, shape) in _parts)
        {
            block.Draw(surface, left + Axis - block.Axis, y);
            y += block.Height;
            DrawArrow(surface, left + Axis, y, y + Arrow);
            if (shape is not null)
            {
                surface.Text(left + Axis + Gap, y + (0.5 * Arrow) + (0.36 * PanelDrawing.Size), TextMetrics.Line(shape), PanelDrawing.Size, Ink.Quiet);
            }

            y += Arrow;
        }
    }

    /// <summary>Draws an arrow downwards.</summary>
    public static void DrawArrow(ISurface surface, double x, double from, double to)
    {
        surface.Line([(x, from), (x, to)], Ink.Frame, 1.5);
        surface.Line([(x - Head, to - Head - 1), (x, to), (x + Head, to - Head - 1)], Ink.Frame, 1.5);
    }
}
