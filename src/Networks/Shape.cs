namespace Wellbehaved.Networks;

/// <summary>The shape of the features of one input: positions of an image, each with its channels.</summary>
/// <param name="Height">Rows of positions.</param>
/// <param name="Width">Columns of positions; the tokens of a sequence where the height is 1.</param>
/// <param name="Channels">Channels of each position.</param>
public readonly record struct Shape(int Height, int Width, int Channels)
{
    /// <summary>Number of positions.</summary>
    public long Positions => (long)Height * Width;

    /// <summary>Number of features.</summary>
    public long Features => Positions * Channels;

    /// <inheritdoc/>
    public override string ToString() => $"{Height}×{Width}×{Channels}";
}
