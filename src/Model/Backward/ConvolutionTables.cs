using Wellbehaved.Networks;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Tables of the points that a convolution reads for its outputs, and of the outputs that read a point.</summary>
/// <remarks>
/// At one offset of the kernel, a point is read by at most one output, unless it also appears in a mirror image. So the gradient at the points is a convolution
/// of the gradient at the outputs with the reversed table, and contributions of mirror images are added pair by pair.
/// </remarks>
internal sealed class ConvolutionTables : IDisposable
{
    private ConvolutionTables(int offsets, int outputPoints, int inputPoints)
    {
        Sources = new AlignedBuffer<int>(checked(offsets * outputPoints));
        Readers = new AlignedBuffer<int>(checked(offsets * inputPoints));
        Mirrored = new (int Point, int Output)[offsets][];
    }

    /// <summary>The input point for each offset and output point; <see cref="ConvolutionGeometry.Outside"/> where zeros are read.</summary>
    public AlignedBuffer<int> Sources { get; }

    /// <summary>
    /// The output point that reads an input point, for each offset and input point; <see cref="ConvolutionGeometry.Outside"/> where there is none.
    /// </summary>
    public AlignedBuffer<int> Readers { get; }

    /// <summary>For each offset, the input points that several outputs read, with the additional outputs, in the order of the outputs.</summary>
    public (int Point, int Output)[][] Mirrored { get; }

    /// <summary>Tabulates a convolution.</summary>
    /// <param name="input">Shape of its input.</param>
    /// <param name="output">Shape of its output.</param>
    /// <param name="convolution">Its description.</param>
    public static ConvolutionTables Tabulate(TensorShape input, TensorShape output, Convolution convolution)
    {
        var table = ConvolutionGeometry.Table(input, convolution.Kernel, convolution.Stride, convolution.Boundary, convolution.Dilation);
        var (outputPoints, inputPoints) = (output.Points, input.Points);
        var offsets = table.Length / outputPoints;
        var tables = new ConvolutionTables(offsets, outputPoints, inputPoints);
        table.CopyTo(tables.Sources.Span);
        tables.Readers.Span.Fill(ConvolutionGeometry.Outside);
        var mirrored = new List<(int Point, int Output)>();
        for (var offset = 0; offset < offsets; offset++)
        {
            mirrored.Clear();
            var readers = tables.Readers.Span.Slice(offset * inputPoints, inputPoints);
            for (var reader = 0; reader < outputPoints; reader++)
            {
                var point = table[(offset * outputPoints) + reader];
                if (point == ConvolutionGeometry.Outside)
                {
                    continue;
                }

                if (readers[point] == ConvolutionGeometry.Outside)
                {
                    readers[point] = reader;
                }
                else
                {
                    mirrored.Add((point, reader));
                }
            }

            tables.Mirrored[offset] = [.. mirrored];
        }

        return tables;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Sources.Dispose();
        Readers.Dispose();
    }
}
