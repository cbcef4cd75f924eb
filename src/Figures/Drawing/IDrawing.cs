namespace Wellbehaved.Figures;

/// <summary>A picture that is laid out and can be drawn on any surface.</summary>
internal interface IDrawing
{
    /// <summary>Width in pixels.</summary>
    double Width { get; }

    /// <summary>Height in pixels.</summary>
    double Height { get; }

    /// <summary>Draws the picture.</summary>
    /// <param name="surface">The surface to draw on.</param>
    void Draw(ISurface surface);
}
