namespace Wellbehaved.Model;

/// <summary>How an axis of an image is cut into tiles, each of which is convolved with periodic boundaries, and which of their outputs are those of the
/// image.</summary>
/// <param name="Length">Number of positions of a tile, a length that can be transformed.</param>
/// <param name="Tiles">Number of tiles.</param>
/// <param name="Outputs">Number of outputs of a tile; the last tile may have fewer.</param>
/// <param name="First">Position of a tile's first output in the tile.</param>
/// <remarks>
/// A tile holds all inputs that its outputs read. Its periodic boundary only affects positions that are not outputs, so the outputs are the same as without it:
/// overlap-save (Oppenheim and Schafer, <i>Discrete-Time Signal Processing</i>, section 8.7). In two cases no overlapping tiles are needed: for an image that
/// is itself periodic, and for an image surrounded by zeros, for which a margin on one side serves both sides.
/// </remarks>
internal readonly record struct TileAxis(int Length, int Tiles, int Outputs, int First)
{
    /// <summary>For tiles shorter than the image, transforms of lengths from the least to the greatest of these are tried.</summary>
    private const int ShortestTile = 4,
        LongestTile = 64;

    /// <summary>The ways to cut an axis, the one with a single tile first.</summary>
    /// <param name="axis">The inputs that the convolution reads along the axis.</param>
    public static IEnumerable<TileAxis> Candidates(AxisReach axis)
    {
        var whole = Whole(axis);
        yield return whole;
        for (var length = ShortestTile; length < Math.Min(whole.Length, LongestTile + 1); length++)
        {
            if (!FourierTransform.Supports(length) || length <= axis.Before + axis.After)
            {
                continue;
            }

            var outputs = ((length - axis.Before - axis.After - 1) / axis.Stride) + 1;
            var tiles = (axis.Outputs + outputs - 1) / outputs;
            yield return new TileAxis(length, tiles, (axis.Outputs + tiles - 1) / tiles, axis.Before);
        }
    }

    /// <summary>
    /// The input position of each position of each tile (tiles × length); <see cref="ConvolutionGeometry.Outside"/> where a tile holds zeros.
    /// </summary>
    /// <param name="axis">The inputs that the convolution reads along the axis.</param>
    public int[] Sources(AxisReach axis)
    {
        var sources = new int[checked(Tiles * Length)];
        for (var tile = 0; tile < Tiles; tile++)
        {
            // Results need no positions after the last input that is read. They are set to zero where the kernel also reads before its output; for other
            // kernels, such as those of size 2, they hold inputs, of which the rounding errors of the transforms alone enter results.
            var origin = (axis.Stride * tile * Outputs) - First;
            var last = (axis.Stride * (Math.Min((tile + 1) * Outputs, axis.Outputs) - 1)) + axis.After;
            for (var position = 0; position < Length; position++)
            {
                var input = origin + position;
                sources[(tile * Length) + position] = input > last && First > 0 ? ConvolutionGeometry.Outside : axis.Fold(input);
            }
        }

        return sources;
    }

    private static TileAxis Whole(AxisReach axis)
    {
        if (axis.Boundary == Boundary.Periodic && FourierTransform.Supports(axis.Inputs))
        {
            return new TileAxis(axis.Inputs, 1, axis.Outputs, 0);
        }

        return axis.Boundary == Boundary.ZeroPadding
            ? new TileAxis(FourierTransform.NextLength(axis.Inputs + Math.Max(axis.Before, axis.After)), 1, axis.Outputs, 0)
            : new TileAxis(FourierTransform.NextLength((axis.Stride * (axis.Outputs - 1)) + 1 + axis.Before + axis.After), 1, axis.Outputs, axis.Before);
    }
}
