namespace Wellbehaved.Figures;

/// <summary>How a line is broken.</summary>
internal enum Dash
{
    /// <summary>It is not.</summary>
    Solid,

    /// <summary>As theory is drawn.</summary>
    Dashed,

    /// <summary>As fits are drawn.</summary>
    Dotted,
}

/// <summary>Which end of a text lies where it is put.</summary>
internal enum Anchor
{
    /// <summary>The left one.</summary>
    Start,

    /// <summary>The middle.</summary>
    Middle,

    /// <summary>The right one.</summary>
    End,
}

/// <summary>What a figure is drawn on: lengths are in pixels, from the upper left corner; text is put by its baseline.</summary>
internal interface ISurface
{
    /// <summary>Fills a rectangle.</summary>
    void Rectangle(double x, double y, double width, double height, Ink ink);

    /// <summary>Draws a line through points.</summary>
    void Line(IReadOnlyList<(double X, double Y)> points, Ink ink, double thickness, Dash dash = Dash.Solid);

    /// <summary>Fills what points enclose.</summary>
    void Area(IReadOnlyList<(double X, double Y)> points, Ink ink, double opacity);

    /// <summary>Draws a dot.</summary>
    void Dot(double x, double y, double radius, Ink ink);

    /// <summary>Writes a line of text.</summary>
    void Text(double x, double y, IReadOnlyList<TextRun> runs, double size, Ink ink, Anchor anchor = Anchor.Start, bool bold = false);
}
