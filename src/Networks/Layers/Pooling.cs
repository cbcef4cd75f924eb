namespace Wellbehaved.Networks;

/// <summary>A layer that reduces each square window of positions to one position; the windows tile the image.</summary>
/// <param name="Size">
/// Extent of a window along each axis; it divides the extent of the image. An image of one row or one column is pooled along the other axis only.
/// </param>
public abstract record Pooling(int Size) : Layer
{
    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path)
    {
        var (height, width) = (input.Height == 1 ? 1 : Size, input.Width == 1 ? 1 : Size);

        // Of a single position there is nothing left to pool, so a window of more is a mistake about the size of the image.
        return input.Height % height == 0 && input.Width % width == 0 && (input.Positions > 1 || Size == 1)
            ? input with
            {
                Height = input.Height / height,
                Width = input.Width / width,
            }
            : throw new InvalidNetworkException(path, $"expected positions that windows of {Size} divide, got {input.Height}×{input.Width}");
    }

    /// <inheritdoc/>
    internal override void Validate(string path) => Require.Between(path, Word, Size, 1, Limits.Extent);
}

/// <summary>The mean over each window.</summary>
/// <param name="Size">Extent of a window along each axis.</param>
public sealed record AveragePool(int Size) : Pooling(Size)
{
    /// <inheritdoc/>
    internal override string Word => "average_pool";
}

/// <summary>
/// The largest feature of each window, for each channel. The noise of the same position is passed on; among equal features, of the first one.
/// </summary>
/// <param name="Size">Extent of a window along each axis.</param>
public sealed record MaxPool(int Size) : Pooling(Size)
{
    /// <inheritdoc/>
    internal override string Word => "max_pool";
}

/// <summary>The mean over all positions.</summary>
public sealed record GlobalAveragePool : Layer
{
    /// <inheritdoc/>
    internal override string Word => "global_average_pool";

    /// <inheritdoc/>
    internal override Shape OutputOf(Shape input, string path) => new(1, 1, input.Channels);

    /// <inheritdoc/>
    internal override void Validate(string path)
    {
        // There is no number that could be out of range.
    }
}
