namespace Wellbehaved.Model;

/// <summary>The shape of a batch of feature maps, stored with the channels innermost.</summary>
/// <param name="Images">Inputs in the batch, M.</param>
/// <param name="Height">Rows of positions.</param>
/// <param name="Width">Columns of positions.</param>
/// <param name="Channels">Channels, N.</param>
public readonly record struct TensorShape(int Images, int Height, int Width, int Channels)
{
    /// <summary>Number of points, P = M·n: averages over data run over these.</summary>
    public int Points => checked(Images * Height * Width);

    /// <summary>Number of elements, P·N.</summary>
    public int Elements => checked(Points * Channels);

    /// <summary>The same points with all positions of an image in one, as fully connected nets see them.</summary>
    /// <returns>The shape (M, 1, 1, n·N).</returns>
    public TensorShape Flattened() => new(Images, 1, 1, checked(Height * Width * Channels));
}
