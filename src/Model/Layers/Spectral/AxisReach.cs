namespace Wellbehaved.Model;

/// <summary>
/// The inputs that the outputs of a convolution read along one axis: output i reads the inputs <c>stride·i - Before</c> to <c>stride·i + After</c>.
/// </summary>
/// <param name="Inputs">Extent of the image.</param>
/// <param name="Outputs">Extent of the output.</param>
/// <param name="Stride">Distance between neighbouring outputs, in input positions.</param>
/// <param name="Before">Number of positions that an output reads before its own.</param>
/// <param name="After">Number of positions that an output reads after its own.</param>
/// <param name="Boundary">What is read beyond the border.</param>
internal readonly record struct AxisReach(int Inputs, int Outputs, int Stride, int Before, int After, Boundary Boundary)
{
    /// <summary>The reach of a convolution.</summary>
    /// <param name="inputs">Extent of the image.</param>
    /// <param name="kernelSize">Kernel size k.</param>
    /// <param name="stride">Distance between neighbouring outputs.</param>
    /// <param name="dilation">Distance between two neighbouring inputs of a patch.</param>
    /// <param name="boundary">What is read beyond the border.</param>
    public static AxisReach Compute(int inputs, int kernelSize, int stride, int dilation, Boundary boundary)
    {
        var before = (kernelSize - 1) / 2;
        return new(inputs, ConvolutionGeometry.OutputExtent(inputs, stride), stride, before * dilation, (kernelSize - 1 - before) * dilation, boundary);
    }

    /// <summary>The input for a position, which may be beyond the border; <see cref="ConvolutionGeometry.Outside"/> where it is a zero.</summary>
    public int Fold(int position) => ConvolutionGeometry.Fold(position, Inputs, Boundary);
}
