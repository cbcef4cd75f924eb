using System.Text;

namespace Wellbehaved.Figures;

/// <summary>Draws figures: SVG, PNG and PDF. SVG needs no native library; Skia is loaded for the other two only.</summary>
public static class FigureRenderer
{
    /// <summary>Width of a panel that stands alone: three of them fit the width of a page.</summary>
    private const double WidthAlone = 380;

    /// <summary>The formats that can be drawn, by the ending of the file's name.</summary>
    public static IReadOnlyList<string> Endings { get; } = [".svg", ".png", ".pdf"];

    /// <summary>Draws a figure.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="ending">One of <see cref="Endings"/>.</param>
    /// <returns>The file's content.</returns>
    /// <exception cref="ArgumentException">The ending is none of these.</exception>
    public static byte[] Draw(Figure figure, string ending)
    {
        ArgumentNullException.ThrowIfNull(figure);
        return ending switch
        {
            ".svg" => Encoding.UTF8.GetBytes(ToSvg(figure)),
            ".png" => SkiaFiles.ToPng(new FigureLayout(figure)),
            ".pdf" => SkiaFiles.ToPdf(new FigureLayout(figure), Markup.Plain(figure.Title)),
            _ => throw new ArgumentException($"expected one of {string.Join(", ", Endings)}, got '{ending}'", nameof(ending)),
        };
    }

    /// <summary>Draws a figure as an SVG element that can stand in a page.</summary>
    /// <param name="figure">The figure.</param>
    /// <param name="id">Its id, which begins those within, so that figures on one page do not share any.</param>
    /// <returns>The element, with the figure in words for screen readers.</returns>
    public static string ToSvg(Figure figure, string id = "figure")
    {
        ArgumentNullException.ThrowIfNull(figure);
        return ToSvg(new FigureLayout(figure), id, figure.Title, figure.Words);
    }

    /// <summary>Draws a panel alone as an SVG element that can stand in a page.</summary>
    /// <param name="panel">The panel.</param>
    /// <param name="id">Its id.</param>
    /// <returns>The element.</returns>
    internal static string ToSvg(Panel panel, string id) => ToSvg(FigureLayout.Alone(panel, WidthAlone), id, panel.Title, panel.Words);

    private static string ToSvg(FigureLayout layout, string id, string title, string words)
    {
        var surface = new SvgSurface();
        layout.Draw(surface);
        return surface.ToSvg(layout.Width, layout.Height, id, Markup.Plain(title), words);
    }
}
