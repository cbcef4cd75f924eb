using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Images with the border that a boundary adds: everything that a convolution reads, whatever its algorithm.</summary>
internal static class ExtendedImages
{
    /// <summary>Sums of squares over the positions that a convolution reads.</summary>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="values">Values (points × channels).</param>
    /// <param name="kernelSize">Extent k of the weights: the image grows by k - 1 along each axis.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <returns>Sums by image and channel.</returns>
    public static double[][] SquaredNorms(TensorShape shape, double[] values, int kernelSize, Boundary boundary)
    {
        double[][] sums = [.. Enumerable.Range(0, shape.Images).Select(_ => new double[shape.Channels])];
        foreach (var (image, _, _, source) in Positions(shape, kernelSize, boundary))
        {
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                sums[image][channel] += values[source + channel] * values[source + channel];
            }
        }

        return sums;
    }

    /// <summary>The positions that a convolution reads, of all images; zeros beyond the border are left out.</summary>
    /// <param name="shape">Shape of the images.</param>
    /// <param name="kernelSize">Extent k of the weights.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    /// <returns>The image, the row and column counted from the first one that the convolution reads, and the index of the position's first channel.</returns>
    public static IEnumerable<(int Image, int Row, int Column, int Source)> Positions(TensorShape shape, int kernelSize, Boundary boundary)
    {
        var (rows, columns) = (Sources(shape.Height, kernelSize, boundary), Sources(shape.Width, kernelSize, boundary));
        return from image in Enumerable.Range(0, shape.Images)
            from row in rows
            from column in columns
            select (image, row.Position, column.Position, ((((image * shape.Height) + row.Source) * shape.Width) + column.Source) * shape.Channels);
    }

    private static (int Position, int Source)[] Sources(int extent, int kernelSize, Boundary boundary) =>
        [
            .. from position in Enumerable.Range(0, extent + kernelSize - 1)
            let source = WrittenOutLayers.Beyond(position - ((kernelSize - 1) / 2), extent, boundary)
            where source is not null
            select (position, source.Value),
        ];
}
