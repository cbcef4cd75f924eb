namespace Wellbehaved.Figures;

/// <summary>A part of a drawing of layers; the signal enters it at the top and leaves it at the bottom, on its axis.</summary>
internal abstract class Block
{
    /// <summary>Width in pixels.</summary>
    public abstract double Width { get; }

    /// <summary>Height in pixels.</summary>
    public abstract double Height { get; }

    /// <summary>Distance in pixels from the left edge to the line on which the signal enters and leaves.</summary>
    public abstract double Axis { get; }

    /// <summary>The part in words.</summary>
    public abstract string Words { get; }

    /// <summary>Draws the part.</summary>
    /// <param name="surface">The surface to draw on.</param>
    /// <param name="left">Its left edge.</param>
    /// <param name="top">Its upper edge.</param>
    public abstract void Draw(ISurface surface, double left, double top);
}
