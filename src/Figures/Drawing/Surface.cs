namespace Wellbehaved.Figures;

/// <summary>The dash pattern of a line.</summary>
internal enum Dash
{
    /// <summary>Solid.</summary>
    Solid,

    /// <summary>Dashed, for theory.</summary>
    Dashed,

    /// <summary>Dotted, for fits.</summary>
    Dotted,
}

/// <summary>The part of a text that is at the given position.</summary>
internal enum Anchor
{
    /// <summary>The left end.</summary>
    Start,

    /// <summary>The middle.</summary>
    Middle,

    /// <summary>The right end.</summary>
    End,
}

/// <summary>A surface that a figure is drawn on. Lengths are in pixels from the upper left corner; the position of a text is that of its baseline.</summary>
internal interface ISurface
{
    /// <summary>Fills a rectangle.</summary>
    void Rectangle(double x, double y, double width, double height, Ink ink);

    /// <summary>Draws a line through points.</summary>
    void Line(IReadOnlyList<(double X, double Y)> points, Ink ink, double thickness, Dash dash = Dash.Solid);

    /// <summary>Fills the polygon of some points.</summary>
    void Area(IReadOnlyList<(double X, double Y)> points, Ink ink, double opacity);

    /// <summary>Draws a dot.</summary>
    void Dot(double x, double y, double radius, Ink ink);

    /// <summary>Writes a line of text.</summary>
    void Text(double x, double y, IReadOnlyList<TextRun> runs, double size, Ink ink, Anchor anchor = Anchor.Start, bool bold = false);
}
