using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Images with what a boundary puts around them: all that a convolution reads, by whatever algorithm.</summary>
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
        var sums = new double[shape.Images][];
        var (rows, columns) = (Sources(shape.Height, kernelSize, boundary), Sources(shape.Width, kernelSize, boundary));
        for (var image = 0; image < shape.Images; image++)
        {
            sums[image] = new double[shape.Channels];
            foreach (var row in rows)
            {
                foreach (var column in columns)
                {
                    var source = ((((image * shape.Height) + row) * shape.Width) + column) * shape.Channels;
                    for (var channel = 0; channel < shape.Channels; channel++)
                    {
                        sums[image][channel] += values[source + channel] * values[source + channel];
                    }
                }
            }
        }

        return sums;
    }

    /// <summary>Where the positions of an extended axis come from; zeros beyond the border are left out.</summary>
    private static int[] Sources(int extent, int kernelSize, Boundary boundary) =>
    [
        .. Enumerable.Range(-((kernelSize - 1) / 2), extent + kernelSize - 1).Select(position => WrittenOutLayers.Beyond(position, extent, boundary)).OfType<int>(),
    ];
}
