namespace Wellbehaved.Model;

/// <summary>The positions of the patches of a convolution.</summary>
/// <param name="Stride">Distance between neighbouring outputs, in input positions.</param>
/// <param name="Boundary">What is read beyond the border.</param>
/// <param name="Dilation">Distance between two neighbouring inputs of a patch.</param>
internal readonly record struct PatchGeometry(int Stride, Boundary Boundary, int Dilation = 1)
{
    /// <summary>The inputs that outputs read along an axis.</summary>
    /// <param name="inputs">Extent of the image.</param>
    /// <param name="kernelSize">Kernel size k.</param>
    public AxisReach Along(int inputs, int kernelSize) => AxisReach.Compute(inputs, kernelSize, Stride, Dilation, Boundary);
}
