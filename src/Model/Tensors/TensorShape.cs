namespace Wellbehaved.Model;

/// <summary>The shape of a batch of feature maps, stored with the channels innermost.</summary>
/// <param name="Images">Number of inputs in the batch, M.</param>
/// <param name="Height">Rows of positions.</param>
/// <param name="Width">Columns of positions.</param>
/// <param name="Channels">Number of channels, N.</param>
public readonly record struct TensorShape(int Images, int Height, int Width, int Channels)
{
    /// <summary>Number of points, P = M·n, over which averages over data are taken.</summary>
    public int Points => checked(Images * Height * Width);

    /// <summary>Number of elements, P·N.</summary>
    public int Elements => checked(Points * Channels);

    /// <summary>The shape after all positions of an image are moved into one, as fully connected networks read them.</summary>
    /// <returns>The shape (M, 1, 1, n·N).</returns>
    internal TensorShape Flattened() => new(Images, 1, 1, checked(Height * Width * Channels));
}
