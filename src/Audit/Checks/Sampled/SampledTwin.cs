using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>
/// Theory's exact sampler, with the input that a subject was given: it draws a second network of the same law, with other code and other random numbers.
/// </summary>
/// <remarks>
/// Given the input, both networks are independent draws from one law at the same width. Exchanging them changes no law: so any function of one minus the
/// same function of the other is symmetric about zero. This needs no limit of infinite width, has no bias of order 1/N, and requires no moment to exist.
/// </remarks>
internal static class SampledTwin
{
    /// <summary>Samples the twin of a trace.</summary>
    /// <param name="context">The context that gives the seed.</param>
    /// <param name="study">The study that the trace belongs to.</param>
    /// <param name="simulation">Number of the trace in the study.</param>
    /// <param name="trace">A trace of a fully connected network.</param>
    /// <param name="depths">The depths at which moments are taken, in ascending order; 0 is after the first layer.</param>
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

    /// <summary>Separates the twin's random numbers from all others of the study.</summary>
    private const ulong Purpose = 0x7417_0000_0000_0000;

    /// <summary>Products of the points of signal and noise together, averaged over the input's channels (2P × 2P).</summary>
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
