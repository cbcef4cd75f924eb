using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// What theory's exact sampler makes of the input that a subject was given: a second network of the same law, drawn by other code from other numbers.
/// </summary>
/// <remarks>
/// Given the input, both are independent draws of one law at the same width. Exchanging them changes nothing, so any function of the one less the same function
/// of the other is symmetric about zero: no limit of infinite width, no bias of order 1/N, no moment that must exist.
/// </remarks>
internal static class SampledTwin
{
    /// <summary>Samples the twin of a trace.</summary>
    /// <param name="context">Gives the seed.</param>
    /// <param name="study">The study that the trace belongs to.</param>
    /// <param name="simulation">Number of the trace in it.</param>
    /// <param name="trace">A trace of a fully connected network.</param>
    /// <param name="depths">The depths that are looked at, in ascending order; 0 is after the first layer.</param>
    /// <returns>Moments of the twin at these depths.</returns>
    public static PredictedMoments[] Sample(CheckContext context, int study, long simulation, Trace trace, params ReadOnlySpan<int> depths)
    {
        var network = trace.Network;
        var kind = NetworkKind.Named(network.Architecture.Name, network.Architecture.ResidualDepth);
        var seed = Mixing.Mix(context.SeedOf(study) ^ Mixing.Mix(Purpose ^ (ulong)simulation));
        var sampled = SampledNeurons.Given(kind, JointGram(trace.Input), network.Channels, network.Epsilon, seed);
        var (moments, depth) = (new PredictedMoments[depths.Length], 0);
        for (var i = 0; i < depths.Length; i++)
        {
            for (; depth < depths[i]; depth++)
            {
                sampled.Advance();
            }

            moments[i] = sampled.Moments();
        }

        return moments;
    }

    /// <summary>Separates the twin's numbers from all others of the study.</summary>
    private const ulong Purpose = 0x7417_0000_0000_0000;

    /// <summary>Products of the points of signal and noise together, means over the input's channels (2P × 2P).</summary>
    private static Matrix<double> JointGram(Batch input)
    {
        var (points, channels) = (input.Shape.Points, input.Shape.Channels);
        var features = Matrix<double>.Build.Dense(
            2 * points,
            channels,
            (i, channel) => i < points ? input.Signal[(i * channels) + channel] : input.Noise[((i - points) * channels) + channel]
        );
        return features.TransposeAndMultiply(features) / channels;
    }
}
