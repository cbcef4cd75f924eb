namespace Wellbehaved.Figures;

/// <summary>A part of a drawing of layers: signal enters it from above and leaves it below, on its axis.</summary>
internal abstract class Block
{
    /// <summary>Width in pixels.</summary>
    public abstract double Width { get; }

    /// <summary>Height in pixels.</summary>
    public abstract double Height { get; }

    /// <summary>Where the signal enters and leaves, from the left edge.</summary>
    public abstract double Axis { get; }

    /// <summary>The part in words.</summary>
    public abstract string Words { get; }

    /// <summary>Draws it.</summary>
    /// <param name="surface">Where to.</param>
    /// <param name="left">Its left edge.</param>
    /// <param name="top">Its upper edge.</param>
    public abstract void Draw(ISurface surface, double left, double top);
}
