using System.Text;

namespace Wellbehaved.Figures;

/// <summary>Draws figures as SVG, PNG and PDF. SVG needs no native library; Skia is only loaded for the other two.</summary>
internal static class FigureRenderer
{
    /// <summary>Width of a panel with a picture of its own; three of them fit the width of a page.</summary>
    private const double WidthAlone = 380;

    /// <summary>The formats that can be drawn, by the ending of the file's name.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".svg", ".png", ".pdf"];

    /// <summary>Draws a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="ending">One of <see cref="Endings"/>.</param>
    /// <returns>The file's content.</returns>
    /// <exception cref="ArgumentException">The ending is not one of these.</exception>
    public static byte[] Draw(Figure figure, string ending)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return Draw(new FigureLayout(figure), ending, figure.Title, figure.Words);
    }

    /// <summary>Draws the layers of a network.</summary>
    /// <param name="drawing">The layers, laid out.</param>
    /// <param name="ending">One of <see cref="Endings"/>.</param>
    /// <returns>The file's content.</returns>
    /// <exception cref="ArgumentException">The ending is not one of these.</exception>
    internal static byte[] Draw(NetworkDrawing drawing, string ending)
    {
        ArgumentNullException.ThrowIfNull(drawing);
        return Draw(drawing, ending, drawing.Title, drawing.Words);
    }

    /// <summary>Draws a figure as an SVG element that can be embedded in a page.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="id">Its id. The ids inside it begin with this one, so that figures on one page have different ids.</param>
    /// <returns>The element, with a description of the figure for screen readers.</returns>
    public static string ToSvg(Figure figure, string id = "figure")
    {
        ArgumentNullException.ThrowIfNull(figure);
        return ToSvg(new FigureLayout(figure), id, figure.Title, figure.Words);
    }

    /// <summary>Draws a single panel as an SVG element that can be embedded in a page.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="id">Its id.</param>
    /// <returns>The element.</returns>
    internal static string ToSvg(Panel panel, string id) => ToSvg(FigureLayout.Alone(panel, WidthAlone), id, panel.Title, panel.Words);

    /// <summary>Draws the layers of a network as an SVG element that can be embedded in a page.</summary>
    /// <param name="drawing">The layers, laid out.</param>
    /// <param name="id">Its id.</param>
    /// <returns>The element.</returns>
    internal static string ToSvg(NetworkDrawing drawing, string id) => ToSvg(drawing, id, drawing.Title, drawing.Words);

    private static byte[] Draw(IDrawing drawing, string ending, string title, string words) =>
        ending switch
        {
            ".svg" => Encoding.UTF8.GetBytes(ToSvg(drawing, "figure", title, words)),
            ".png" => SkiaFiles.ToPng(drawing),
            ".pdf" => SkiaFiles.ToPdf(drawing, Markup.Plain(title)),
            _ => throw new ArgumentException($"expected one of {string.Join(", ", Endings)}, got '{ending}'", nameof(ending)),
        };

    private static string ToSvg(IDrawing layout, string id, string title, string words)
    {
        var surface = new SvgSurface();
        layout.Draw(surface);
        return surface.ToSvg(layout.Width, layout.Height, id, Markup.Plain(title), words);
    }
}
