namespace Wellbehaved.Model;

/// <summary>
/// Which inputs the outputs of a convolution read along one axis: output i reads the inputs <c>stride·i - Before</c> to <c>stride·i + After</c>.
/// </summary>
/// <param name="Inputs">Extent of the image.</param>
/// <param name="Outputs">Extent of the output.</param>
/// <param name="Stride">Distance between neighbouring outputs, in input positions.</param>
/// <param name="Before">How far an output reads back.</param>
/// <param name="After">How far an output reads ahead.</param>
/// <param name="Boundary">What lies beyond the border.</param>
internal readonly record struct AxisReach(int Inputs, int Outputs, int Stride, int Before, int After, Boundary Boundary)
{
    /// <summary>The reach of a convolution.</summary>
    /// <param name="inputs">Extent of the image.</param>
    /// <param name="kernelSize">Kernel extent k.</param>
    /// <param name="stride">Distance between neighbouring outputs.</param>
    /// <param name="dilation">Distance between two inputs of one patch.</param>
    /// <param name="boundary">What lies beyond the border.</param>
    public static AxisReach Compute(int inputs, int kernelSize, int stride, int dilation, Boundary boundary)
    {
        var before = (kernelSize - 1) / 2;
        return new(inputs, ConvolutionGeometry.OutputExtent(inputs, stride), stride, before * dilation, (kernelSize - 1 - before) * dilation, boundary);
    }

    /// <summary>The input that stands at a position, which may lie beyond the border; <see cref="ConvolutionGeometry.Outside"/> where a zero does.</summary>
    public int Fold(int position) => ConvolutionGeometry.Fold(position, Inputs, Boundary);
}
