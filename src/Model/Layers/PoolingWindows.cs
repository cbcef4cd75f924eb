namespace Wellbehaved.Model;

/// <summary>Windows that tile the images of a batch, one for each point of the output.</summary>
/// <param name="Input">Shape of the input.</param>
/// <param name="Height">Number of rows of a window.</param>
/// <param name="Width">Number of columns of a window.</param>
internal readonly record struct PoolingWindows(TensorShape Input, int Height, int Width)
{
    /// <summary>Shape of the output.</summary>
    public TensorShape Output => Input with { Height = Input.Height / Height, Width = Input.Width / Width };

    /// <summary>Number of points of a window.</summary>
    public int Points => Height * Width;

    /// <summary>The windows of a pooling. An image of one row or one column is pooled along the other axis only.</summary>
    public static PoolingWindows Divide(TensorShape input, int size) => new(input, input.Height == 1 ? 1 : size, input.Width == 1 ? 1 : size);

    /// <summary>One window for each image.</summary>
    public static PoolingWindows Whole(TensorShape input) => new(input, input.Height, input.Width);

    /// <summary>A point of the input.</summary>
    /// <param name="outputPoint">The window, as its point of the output.</param>
    /// <param name="within">Index of the point in the window, rows first.</param>
    public int Point(int outputPoint, int within)
    {
        var output = Output;
        var (above, column) = Math.DivRem(outputPoint, output.Width);
        var (image, row) = Math.DivRem(above, output.Height);
        var (rowWithin, columnWithin) = Math.DivRem(within, Width);
        return (((image * Input.Height) + (row * Height) + rowWithin) * Input.Width) + (column * Width) + columnWithin;
    }
}
