namespace Wellbehaved.Model;

/// <summary>Where the patches of a convolution lie.</summary>
/// <param name="Stride">Distance between neighbouring outputs, in input positions.</param>
/// <param name="Boundary">What lies beyond the border.</param>
/// <param name="Dilation">Distance between two inputs of one patch.</param>
internal readonly record struct PatchGeometry(int Stride, Boundary Boundary, int Dilation = 1)
{
    /// <summary>What outputs read along an axis.</summary>
    /// <param name="inputs">Extent of the image.</param>
    /// <param name="kernelSize">Kernel extent k.</param>
    public AxisReach Along(int inputs, int kernelSize) => AxisReach.Compute(inputs, kernelSize, Stride, Dilation, Boundary);
}
