using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>How far two correct propagations of the same network may be apart, from the unit roundoff of their tensors.</summary>
internal static class RoundingBound
{
    /// <summary>
    /// Relative to the root mean square of a tensor: a convolution that adds n products errs by about √n·u there, elementwise operations by a few u more; the errors
    /// of successive layers add up, since a ReLU net keeps relative errors and batch norm amplifies them by what is known of the case. The factor 8 is for the largest of some hundred elements.
    /// </summary>
    public static double Of(GivenCase given, double unitRoundoff) =>
        8 * (1 + (given.Network.Depth * given.Network.Architecture.ConvolutionsPerUnit)) * (Math.Sqrt(FanIn(given.Network)) + 8) * given.Amplification * unitRoundoff;

    /// <summary>The same for a single residual unit, given its input.</summary>
    public static double OfUnit(GivenCase given, double unitRoundoff) =>
        8 * (1 + given.Network.Architecture.ConvolutionsPerUnit) * (Math.Sqrt(FanIn(given.Network)) + 8) * given.Amplification * unitRoundoff;

    /// <summary>Relative error of a mean over a tensor's elements, for a subject that adds them up in its own precision: √n·u, with a factor for the worst of some hundred.</summary>
    public static double OfMean(TensorShape shape, double unitRoundoff) => 8 * (Math.Sqrt(shape.Elements) + 8) * unitRoundoff;

    private static double FanIn(NetworkSettings network) => Math.Max(network.FirstKernel.FanIn, network.KernelSize * network.KernelSize * network.Channels);
}
