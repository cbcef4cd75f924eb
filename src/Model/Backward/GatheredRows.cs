using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>Copies that make of a convolution a matrix product.</summary>
internal static unsafe class GatheredRows
{
    /// <summary>The points that the outputs read at an offset of the kernel, one row for each output, in scratch memory.</summary>
    public static T* Of<T>(ScaledTensor<T> signal, ConvolutionTables tables, int offset, TensorShape input, TensorShape output, PassContext<T> context)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var channels = input.Channels;
        var rows = context.Scratch(1, checked(output.Points * channels));
        var source = signal.Pointer;
        var sources = tables.Sources.Pointer + ((nint)offset * output.Points);
        RowChunks.ForEach(output.Points, context.Threads, (_, first, count) =>
        {
            for (var point = first; point < first + count; point++)
            {
                var row = new Span<T>(rows + ((nint)point * channels), channels);
                if (sources[point] == ConvolutionGeometry.Outside)
                {
                    row.Clear();
                }
                else
                {
                    new ReadOnlySpan<T>(source + ((nint)sources[point] * channels), channels).CopyTo(row);
                }
            }
        });
        return rows;
    }

    /// <summary>Transposes a block of a matrix.</summary>
    /// <param name="source">The block.</param>
    /// <param name="stride">Distance between two of its rows.</param>
    /// <param name="target">Receives the transpose, row after row.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="columns">Its columns.</param>
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
