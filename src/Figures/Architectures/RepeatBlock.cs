using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>A repeated unit, drawn once in a frame that states the number of repetitions.</summary>
/// <param name="times">Number of repetitions.</param>
/// <param name="unit">The unit.</param>
internal sealed class RepeatBlock(int times, Block unit) : Block
{
    private const double Padding = 12;
    private const double Label = 28;

    private readonly string _label = string.Create(CultureInfo.InvariantCulture, $"× {times}");

    /// <inheritdoc/>
    public override double Width => Axis - unit.Axis + unit.Width + Padding;

    /// <inheritdoc/>
    public override double Height => Label + unit.Height + 2;

    /// <inheritdoc/>
    public override double Axis => Padding + Math.Max(unit.Axis, LabelWidth + 10);

    /// <inheritdoc/>
    public override string Words => string.Create(CultureInfo.InvariantCulture, $"{times} times ({unit.Words})");

    /// <summary>Bold letters are at most a sixth wider than those of normal weight, which are measured.</summary>
    private double LabelWidth => 7 / 6.0 * TextMetrics.Width(_label, PanelDrawing.Size);

    /// <inheritdoc/>
    public override void Draw(ISurface surface, double left, double top)
    {
        surface.Line([(left, top), (left + Width, top), (left + Width, top + Height), (left, top + Height), (left, top)], Ink.Frame, 1, Dash.Dashed);
        surface.Text(left + Padding, top + (0.5 * Label) + (0.36 * PanelDrawing.Size), TextMetrics.Line(_label), PanelDrawing.Size, Ink.Text, bold: true);
        ColumnBlock.DrawArrow(surface, left + Axis, top, top + Label);
        unit.Draw(surface, left + Axis - unit.Axis, top + Label);
    }
}
