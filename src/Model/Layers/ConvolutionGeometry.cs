namespace Wellbehaved.Model;

/// <summary>Determines the input points that a convolution reads for each output point.</summary>
/// <remarks>
/// Output position <c>i</c> reads input positions <c>stride·i + dilation·κ</c>, where the k offsets κ of each axis are centred on zero (they begin at
/// <c>-(k-1)/2</c>, rounded towards zero for even k). The author's package reads <c>κ ≤ 0</c> on periodic boundaries: the same network on a shifted image.
/// </remarks>
internal static class ConvolutionGeometry
{
    /// <summary>Marks a point beyond a zero-padded border.</summary>
    public const int Outside = -1;

    /// <summary>Extent of the output along an axis.</summary>
    public static int OutputExtent(int inputExtent, int stride) => (inputExtent + stride - 1) / stride;

    /// <summary>Tabulates the input point for each kernel offset and each output point.</summary>
    /// <param name="input">Shape of the input.</param>
    /// <param name="kernelSize">Kernel size k along each axis.</param>
    /// <param name="stride">Distance between neighbouring outputs, in input positions.</param>
    /// <param name="boundary">What is read beyond the border.</param>
    /// <param name="dilation">Distance between two neighbouring inputs of a patch.</param>
    /// <returns>Table (k² × output points) of input points; <see cref="Outside"/> where zeros are read.</returns>
    public static int[] Table(TensorShape input, int kernelSize, int stride, Boundary boundary, int dilation = 1)
    {
        var height = OutputExtent(input.Height, stride);
        var width = OutputExtent(input.Width, stride);
        var points = input.Images * height * width;
        var table = new int[checked(kernelSize * kernelSize * points)];
        var entry = 0;
        for (var kernelRow = 0; kernelRow < kernelSize; kernelRow++)
        {
            for (var kernelColumn = 0; kernelColumn < kernelSize; kernelColumn++)
            {
                for (var image = 0; image < input.Images; image++)
                {
                    for (var row = 0; row < height; row++)
                    {
                        var sourceRow = Fold((stride * row) + ((kernelRow - ((kernelSize - 1) / 2)) * dilation), input.Height, boundary);
                        for (var column = 0; column < width; column++)
                        {
                            var sourceColumn = Fold((stride * column) + ((kernelColumn - ((kernelSize - 1) / 2)) * dilation), input.Width, boundary);
                            table[entry++] =
                                sourceRow == Outside || sourceColumn == Outside ? Outside : (((image * input.Height) + sourceRow) * input.Width) + sourceColumn;
                        }
                    }
                }
            }
        }

        return table;
    }

    /// <summary>The position within an axis that one beyond its border stands for; <see cref="Outside"/> if that is a zero.</summary>
    public static int Fold(int position, int extent, Boundary boundary)
    {
        if (position >= 0 && position < extent)
        {
            return position;
        }

        if (boundary == Boundary.ZeroPadding)
        {
            return Outside;
        }

        var period = boundary switch
        {
            Boundary.Periodic => extent,
            Boundary.Symmetric => 2 * extent,
            _ => throw new ArgumentOutOfRangeException(nameof(boundary), boundary, "expected a boundary that the model knows"),
        };
        var within = ((position % period) + period) % period;
        return within < extent ? within : period - 1 - within;
    }
}
