using MathNet.Numerics.Distributions;
using Wellbehaved.Numerics;

namespace Wellbehaved.Audit;

/// <summary>
/// Tests how far the angles between a convolution's output channels scatter: those of independent channels scatter as those of random directions do.
/// </summary>
/// <remarks>
/// The angles of orthogonal weights do not scatter, and those of weights of low rank scatter too much; both have the mean of 0 that
/// <see cref="ChannelPairs"/> tests. Given all weights before them, the cosine of channels 2k and 2k + 1 has the law of <see cref="CosineTail"/>. So it is
/// transformed to a standard normal number that is independent of the other pairs': no channel is in two pairs.
/// </remarks>
internal static class ChannelAngles
{
    /// <summary>Smaller tails are all replaced by this one, which is 30 standard deviations out.</summary>
    private const double LeastTail = 1e-200;

    /// <summary>Tests the law of the cosines, all pairs of all simulations together.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static Measurement Measure(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, string network)
    {
        var test = new BlurredDistributionTest(rates);
        foreach (var convolution in simulations.SelectMany(simulation => simulation.Convolutions))
        {
            for (var output = 0; output + 1 < convolution.Shape.OutputChannels; output += 2)
            {
                Add(test, convolution, output);
            }
        }

        return test.Conclude($"distribution of the angles between output channels, {network}", WeightDiscrepancies.Angles);
    }

    private static void Add(BlurredDistributionTest test, RecoveredConvolution convolution, int output)
    {
        var (outputs, product, squares) = (convolution.Shape.OutputChannels, 0.0, (A: 0.0, B: 0.0));
        for (var input = 0; input < convolution.Shape.FanIn; input++)
        {
            var (one, other) = (convolution.Weights[(input * outputs) + output], convolution.Weights[(input * outputs) + output + 1]);
            product += one * other;
            squares = (squares.A + (one * one), squares.B + (other * other));
        }

        var inputErrors = VectorMath.Dot(convolution.InputErrors, convolution.InputErrors);
        var cosine = Cosine.FromSums(product, squares, (Error(output), Error(output + 1)), convolution.Shape.FanIn);
        var value = Normalised(cosine.Value, cosine.Dimensions);
        test.Add(
            new Observed(value),
            Math.Max(Normalised(cosine.Value + cosine.Error, cosine.Dimensions) - value, value - Normalised(cosine.Value - cosine.Error, cosine.Dimensions))
        );

        double Error(int channel) => convolution.OutputErrors[channel] * convolution.OutputErrors[channel] * inputErrors;
    }

    /// <summary>The standard normal number that is exceeded with the same probability as the cosine; it grows with the cosine.</summary>
    private static double Normalised(double cosine, long dimensions) =>
        -Math.Sign(cosine) * Normal.InvCDF(0, 1, Math.Max(LeastTail, 0.5 * CosineTail.Probability(cosine, dimensions)));
}
