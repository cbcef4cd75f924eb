using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Tests.Conformance;

namespace Wellbehaved.Evidence;

/// <summary>Own weights that are wrong by a known amount, as a function of the right ones.</summary>
/// <remarks>Weights are divided by their standard deviation, so that their correlation does not depend on the fan-in.</remarks>
internal static class DialledKernels
{
    /// <summary>A simulation that no check asks for.</summary>
    private const uint Unasked = uint.MaxValue;

    /// <summary>A seed that no check asks for: the checks' seeds are mixed from 53 bits.</summary>
    private const ulong UnaskedSeed = 0;

    /// <summary>Kolmogorov's distance of N(0, 1) and two equally likely values ±1: <c>Φ(1) - ½</c>, at ±1.</summary>
    private static readonly double DistanceOfSigns = Normal.CDF(0, 1, 1) - 0.5;

    /// <summary>The right weights, except that some convolutions have another variance.</summary>
    /// <param name="isWrong">The convolutions that have it.</param>
    /// <param name="variance">Their variance divided by the right one.</param>
    public static Func<Weights.Own, IKernelSource<float>> OfVariance(Func<int, KernelShape, bool> isWrong, double variance) =>
        own => new WrittenKernels((index, shape) => isWrong(index, shape) ? Times(Right(own, index, shape), Math.Sqrt(variance)) : Right(own, index, shape));

    /// <summary>The right variance and another law: of some of the weights only the sign is random.</summary>
    /// <param name="isWrong">In which convolutions.</param>
    /// <param name="distance">Kolmogorov's distance from the normal law: the share of these weights times the distance of a sign, 0.341, the maximum.</param>
    public static Func<Weights.Own, IKernelSource<float>> AtDistance(Func<int, KernelShape, bool> isWrong, double distance) =>
        own => new WrittenKernels(
            (index, shape) =>
            {
                var right = Right(own, index, shape);
                if (!isWrong(index, shape))
                {
                    return right;
                }

                // Independent random numbers choose these weights; otherwise the remaining weights would not be normal.
                var share = Math.Min(1, distance / DistanceOfSigns);
                var (chosen, deviation) = (Right(new Weights.Own(Mixing.ToAsk(Mixing.Mix(own.Seed)), own.Simulation), index, shape), shape.StandardDeviation);
                return [.. right.Zip(chosen, (value, choice) => Normal.CDF(0, deviation, choice) < share ? (float)Math.CopySign(deviation, value) : value)];
            }
        );

    /// <summary>Each convolution correlates with the one before it if both have the same arrangement; variance and law of the weights stay.</summary>
    /// <param name="correlation">The correlation.</param>
    public static Func<Weights.Own, IKernelSource<float>> SuccessiveCorrelate(double correlation) =>
        own => new WrittenKernels(
            (index, shape) =>
            {
                // The first convolution has another gain and may have another arrangement.
                var kernel = Right(own, Math.Min(1, index), shape);
                for (var i = 2; i <= index; i++)
                {
                    kernel = Mixed(Right(own, i, shape), kernel, correlation);
                }

                return kernel;
            }
        );

    /// <summary>A convolution keeps a share of an earlier one of the same arrangement.</summary>
    /// <param name="isWrong">Which simulations and shapes.</param>
    /// <param name="earlier">Index of the earlier one.</param>
    /// <param name="later">Index of the later one.</param>
    /// <param name="correlation">Their correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> PairCorrelates(
        Func<Weights.Own, KernelShape, bool> isWrong,
        int earlier,
        int later,
        double correlation
    ) =>
        own => new WrittenKernels(
            (index, shape) =>
                index == later && isWrong(own, shape) ? Mixed(Right(own, later, shape), Right(own, earlier, shape), correlation) : Right(own, index, shape)
        );

    /// <summary>Output channel 1 correlates with output channel 0.</summary>
    /// <param name="correlation">The correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> OutputsCorrelate(double correlation) =>
        own => new WrittenKernels(
            (index, shape) =>
            {
                var kernel = Right(own, index, shape);
                for (var input = 0; input < shape.FanIn; input++)
                {
                    var zero = input * shape.OutputChannels;
                    kernel[zero + 1] = Mix(kernel[zero + 1], kernel[zero], correlation);
                }

                return kernel;
            }
        );

    /// <summary>The second input correlates with the first.</summary>
    /// <param name="correlation">The correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> InputsCorrelate(double correlation) =>
        own => new WrittenKernels(
            (index, shape) =>
            {
                var kernel = Right(own, index, shape);
                for (var output = 0; output < shape.OutputChannels; output++)
                {
                    kernel[shape.OutputChannels + output] = Mix(kernel[shape.OutputChannels + output], kernel[output], correlation);
                }

                return kernel;
            }
        );

    /// <summary>Square matrices correlate with their transposes: <c>aW + bWᵀ</c> with <c>a² + b² = 1</c> and <c>2ab = ρ</c>.</summary>
    /// <param name="correlation">ρ; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> TransposesCorrelate(double correlation) =>
        own => new WrittenKernels(
            (index, shape) =>
            {
                var (kernel, channels) = (Right(own, index, shape), shape.OutputChannels);
                if (index == 0 || shape.FanIn != channels)
                {
                    return kernel;
                }

                // The diagonal, which is its own transpose, keeps its variance.
                var (sin, cos) = Math.SinCos(0.5 * Math.Asin(Math.Min(1, correlation)));
                return
                [
                    .. kernel.Select(
                        (value, i) =>
                            i / channels == i % channels ? value : (float)((cos * value) + (sin * kernel[((i % channels) * channels) + (i / channels)]))
                    ),
                ];
            }
        );

    /// <summary>Weights correlate with those a lag before them in the same convolution.</summary>
    /// <param name="lag">The lag.</param>
    /// <param name="correlation">The correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> LagCorrelates(int lag, double correlation) =>
        own => new WrittenKernels(
            (index, shape) =>
            {
                var kernel = Right(own, index, shape);
                for (var i = lag; i < kernel.Length; i++)
                {
                    kernel[i] = Mix(kernel[i], kernel[i - lag], correlation);
                }

                return kernel;
            }
        );

    /// <summary>All simulations of a seed share a part of their weights, so those of any two correlate.</summary>
    /// <param name="correlation">The correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> SimulationsCorrelate(double correlation) =>
        own => new WrittenKernels(
            (index, shape) => Mixed(Right(own, index, shape), Right(new Weights.Own(own.Seed, Unasked), index, shape), Math.Sqrt(correlation))
        );

    /// <summary>All seeds share a part of their weights, so those of a simulation of any two correlate.</summary>
    /// <param name="correlation">The correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> SeedsCorrelate(double correlation) =>
        own => new WrittenKernels(
            (index, shape) => Mixed(Right(own, index, shape), Right(new Weights.Own(UnaskedSeed, own.Simulation), index, shape), Math.Sqrt(correlation))
        );

    /// <summary>A simulation keeps a share of another one's weights.</summary>
    /// <param name="isWrong">In which shapes.</param>
    /// <param name="earlier">The other simulation.</param>
    /// <param name="later">The simulation.</param>
    /// <param name="correlation">The correlation; 1 at most.</param>
    public static Func<Weights.Own, IKernelSource<float>> TwoSimulationsCorrelate(
        Func<KernelShape, bool> isWrong,
        uint earlier,
        uint later,
        double correlation
    ) =>
        own => new WrittenKernels(
            (index, shape) =>
                own.Simulation == later && isWrong(shape)
                    ? Mixed(Right(own, index, shape), Right(new Weights.Own(own.Seed, earlier), index, shape), correlation)
                    : Right(own, index, shape)
        );

    private static float[] Right(Weights.Own own, int convolution, KernelShape shape)
    {
        var kernel = new float[shape.Length];
        new RandomKernels<float>(own.Seed, own.Simulation).Fill(convolution, shape, kernel);
        return kernel;
    }

    private static float[] Times(float[] kernel, double factor) => [.. kernel.Select(value => (float)(factor * value))];

    private static float[] Mixed(float[] kernel, float[] other, double correlation) => [.. kernel.Zip(other, (value, kept) => Mix(value, kept, correlation))];

    private static float Mix(float value, float other, double correlation)
    {
        var share = Math.Min(1, correlation);
        return (float)((Math.Sqrt(1 - (share * share)) * value) + (share * other));
    }
}
