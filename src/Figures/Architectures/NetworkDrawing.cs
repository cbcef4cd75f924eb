using System.Globalization;
using Wellbehaved.Networks;

namespace Wellbehaved.Figures;

/// <summary>
/// A drawing of a network's layers. The signal flows from top to bottom, a repeated unit is drawn once, the branch and the skip connection of a residual layer
/// are side by side, and colours distinguish the kinds of layers.
/// </summary>
internal sealed class NetworkDrawing : IDrawing
{
    /// <summary>Least width of a drawing. Scaled to the screen of a phone, text of 16 pixels then still has about ten.</summary>
    private const double LeastWidth = 360;

    /// <summary>The greatest number of boxes of a drawing; each takes a thousand characters, and nobody looks at more.</summary>
    public const int MostBoxes = 2000;

    private readonly Heading _heading;
    private readonly ColumnBlock _layers;

    /// <summary>Lays a network out.</summary>
    /// <param name="network">The network.</param>
    /// <exception cref="ArgumentException">It has more than <see cref="MostBoxes"/> boxes.</exception>
    public NetworkDrawing(Network network)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (WhyNot(network) is { } reason)
        {
            throw new ArgumentException(reason, nameof(network));
        }

        Title = Markup.Escape(ForeignText.OnOneLine(network.Name));
        Caption = string.Create(CultureInfo.InvariantCulture, $"{network.Input} → {network.Output}, {network.Depth} {(network.Depth == 1 ? "unit" : "units")}");
        _layers = new ColumnBlock([(new LayerBlock("input", Ink.Frame), network.Input), .. Parts(network.Layers, network.Input)]);
        Width = Math.Max(LeastWidth, _layers.Width + (2 * PanelDrawing.Padding));
        _heading = new Heading(Title, [Caption], Width);
        Height = Math.Ceiling(Head + _layers.Height + (2 * PanelDrawing.Padding));
    }

    /// <summary>The network's name, as <see cref="Markup"/>.</summary>
    public string Title { get; }

    /// <summary>The picture in words.</summary>
    public string Words => $"{Markup.Plain(Title)}, {Caption}: {_layers.Words}.";

    /// <inheritdoc/>
    public double Width { get; }

    /// <inheritdoc/>
    public double Height { get; }

    /// <summary>Shapes of input and output, and the depth.</summary>
    private string Caption { get; }

    private double Head => _heading.Height + PanelDrawing.Padding;

    /// <summary>Why a network is not drawn: it has too many boxes. They are counted before any is made.</summary>
    /// <param name="network">The network.</param>
    /// <returns>What was expected and found; null if it can be drawn.</returns>
    public static string? WhyNot(Network network) =>
        Boxes(network.Layers) is > MostBoxes and var boxes
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"expected a network of at most {MostBoxes} boxes to draw, got {boxes} of {ForeignText.OnOneLine(network.Name)}; a repeat draws its unit once"
            )
            : null;

    /// <inheritdoc/>
    public void Draw(ISurface surface)
    {
        surface.Rectangle(0, 0, Width, Height, Ink.Paper);
        _heading.Draw(surface);

        _layers.Draw(surface, (Width - _layers.Width) / 2, Head);
    }

    private static long Boxes(Layers layers) =>
        layers.Sum(layer =>
            layer switch
            {
                Repeat repeat => 1 + Boxes(repeat.Unit),
                Residual residual => 1 + Boxes(residual.Branch) + Boxes(residual.Skip),
                _ => 1,
            }
        );

    private static ColumnBlock Column(Layers layers, Shape input) => new(Parts(layers, input));

    private static List<(Block Block, Shape? Shape)> Parts(Layers layers, Shape input)
    {
        var (parts, shape) = (new List<(Block Block, Shape? Shape)>(), input);
        foreach (var layer in layers)
        {
            var output = layer.OutputOf(shape);
            parts.Add((BlockOf(layer, shape), output == shape ? null : output));
            shape = output;
        }

        return parts;
    }

    private static Block BlockOf(Layer layer, Shape input) =>
        layer switch
        {
            Repeat repeat => new RepeatBlock(repeat.Times, Column(repeat.Unit, input)),
            Residual residual => new ResidualBlock(
                Column(residual.Branch, input),
                Column(residual.Skip, input),
                Note(residual.BranchScale, residual.Survival),
                Note(residual.SkipScale, 1)
            ),
            Convolution or Dense or Attention => new LayerBlock(LayerText.Write(layer, input), Ink.OfCurve(0)),
            Norm => new LayerBlock(LayerText.Write(layer, input), Ink.OfCurve(3)),
            Activation => new LayerBlock(LayerText.Write(layer, input), Ink.OfCurve(1)),
            Pooling or GlobalAveragePool => new LayerBlock(LayerText.Write(layer, input), Ink.OfCurve(2)),
            Dropout or Scaling or Flatten => new LayerBlock(LayerText.Write(layer, input), Ink.Frame),
            _ => throw new UnknownLayerException(layer),
        };

    private static string? Note(ResidualScale scale, double survival)
    {
        string[] said =
        [
            .. scale == ResidualScale.One ? [] : new[] { $"× {scale}" },
            .. survival == 1 ? [] : new[] { string.Create(CultureInfo.InvariantCulture, $"kept with probability {survival}") },
        ];
        return said.Length == 0 ? null : string.Join(", ", said);
    }
}
