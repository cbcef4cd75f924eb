using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Copies by which a convolution becomes a matrix product.</summary>
internal static unsafe class GatheredRows
{
    /// <summary>Number of numbers in the patches of a chunk: a megabyte in single precision, which fits a second-level cache.</summary>
    private const int ChunkNumbers = 1 << 18;

    /// <summary>The number of points in a chunk is a multiple of this, as in the sums of a product.</summary>
    private const int Block = 256;

    /// <summary>Number of points whose patches are gathered at a time. It depends only on sizes, because sums depend on it.</summary>
    /// <param name="width">Number of numbers in the patch of a point.</param>
    public static int PointsOfChunk(int width) => Math.Max(1, ChunkNumbers / width / Block) * Block;

    /// <summary>Gathers the patches that outputs read, or a part of them, in scratch memory, with one row for each output.</summary>
    /// <param name="signal">The points that are read.</param>
    /// <param name="tables">Which of them each output reads.</param>
    /// <param name="offsets">The first offset of the kernel, and the number of offsets.</param>
    /// <param name="points">The first output, and the number of outputs.</param>
    /// <param name="input">Shape of what is read.</param>
    /// <param name="output">Shape of the outputs.</param>
    /// <param name="context">Provides the memory.</param>
    public static T* Gather<T>(
        ScaledTensor<T> signal,
        ConvolutionTables tables,
        (int First, int Count) offsets,
        (int First, int Count) points,
        TensorShape input,
        TensorShape output,
        PassContext<T> context
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (channels, width) = (input.Channels, offsets.Count * input.Channels);
        var rows = context.Scratch(1, checked(points.Count * width));
        var source = signal.Pointer;
        var sources = tables.Sources.Pointer;
        RowChunks.ForEach(
            points.Count,
            context.Threads,
            (_, first, count) =>
            {
                for (var row = first; row < first + count; row++)
                {
                    for (var offset = 0; offset < offsets.Count; offset++)
                    {
                        var patch = new Span<T>(rows + ((nint)row * width) + ((nint)offset * channels), channels);
                        var point = sources[((nint)(offsets.First + offset) * output.Points) + points.First + row];
                        if (point == ConvolutionGeometry.Outside)
                        {
                            patch.Clear();
                        }
                        else
                        {
                            new ReadOnlySpan<T>(source + ((nint)point * channels), channels).CopyTo(patch);
                        }
                    }
                }
            }
        );
        return rows;
    }

    /// <summary>Transposes a block of a matrix.</summary>
    /// <param name="source">The block.</param>
    /// <param name="stride">Distance between two of its rows.</param>
    /// <param name="target">Receives the transpose, stored by rows.</param>
    /// <param name="rows">Number of rows of the block.</param>
    /// <param name="columns">Number of columns of the block.</param>
    public static void Transpose<T>(T* source, int stride, T* target, int rows, int columns)
        where T : unmanaged
    {
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                target[((nint)column * rows) + row] = source[((nint)row * stride) + column];
            }
        }
    }
}
