using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How far a convolution may be from its exact value, whatever algorithm computes it.</summary>
/// <remarks>
/// Norm-wise: an output differs from the exact one by at most <c>c·u·‖x‖₂‖w‖₂</c>, u the unit roundoff, w the weights of its output channel. With kernel size 1 x is the
/// point, and the error of a dot product in any order is at most <c>γ_n Σ|x||w| ≤ γ_n ‖x‖‖w‖</c>; two more roundings are for an input and an output that are stored in
/// the subject's precision. With a larger kernel x is the whole image, since a Fourier or Winograd transform mixes all of it.
/// Source: N. Higham, <i>Accuracy and Stability of Numerical Algorithms</i>, chapters 3 and 24.
/// </remarks>
internal static class ConvolutionRounding
{
    /// <summary>Room for the transforms of fast algorithms: 2·log₂ of at most 2¹⁰ positions with 6 roundings each for two Fourier transforms, or the growth of Winograd's F(4, 3).</summary>
    private const double Transforms = 128;

    /// <summary>The constant c.</summary>
    /// <param name="shape">The arrangement of the weights.</param>
    /// <returns>At least 3.</returns>
    public static double Constant(KernelShape shape) => shape.FanIn + 2 + (shape.Size > 1 ? Transforms : 0);
}
