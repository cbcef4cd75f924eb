using System.Collections.Immutable;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Mistakes of somebody who follows another convention: of a library, of a textbook, of another paper.</summary>
internal static class ConventionMutants
{
    public static ImmutableArray<Mutant> List { get; } =
    [
        new("TensorFlow's SAME at stride 2", "O1", "vanilla") { Implementation = name => new OtherPadding(name, Shift: SameShift) },
        new("padding of even kernels aligned to the other side", "O1", "bn_ff")
        {
            Implementation = name => new OtherPadding(name, Shift: (_, size, _) => size % 2 == 0 ? -1 : 0),
        },
        new("padding that begins one position later at stride 2", "O1", "bn_res")
        {
            Implementation = name => new OtherPadding(name, Shift: (_, size, stride) => stride == 2 && size > 1 ? 1 : 0),
        },
        new("reflect padding called symmetric", "O1", "bn_ff") { Implementation = name => new OtherPadding(name, ReflectsSymmetric: true) },
        new("a true convolution", "O1", "vanilla_res")
        {
            GivenWeights = (kernel, shape) => Offsets(kernel, shape, (row, column, last) => (last - row, last - column)),
        },
        new("height and width of the kernel exchanged", "O1", "bn_res")
        {
            GivenWeights = (kernel, shape) => Offsets(kernel, shape, (row, column, _) => (column, row)),
        },
        new("input and output channels of the weights exchanged", "O1", "vanilla") { GivenWeights = ChannelsExchanged },
        new("truncated normals without their correction", "I5", "vanilla")
        {
            OwnWeights = own => new WrittenKernels(
                (i, shape) => [.. Right(own, i, shape).Select(value => (float)(shape.StandardDeviation * Cut(value / shape.StandardDeviation)))]
            ),
        },
        new("He's variance by fan-out", "I4", "bn_ff")
        {
            OwnWeights = own => Scaled(own, (i, shape) => (i == 0 ? 2.0 : 1) * shape.InputChannels / shape.OutputChannels),
        },
        new("Glorot's variance", "I5", "vanilla_res")
        {
            OwnWeights = own => Scaled(own, (i, shape) => (i == 0 ? 2.0 : 1) * shape.InputChannels / (shape.InputChannels + shape.OutputChannels)),
        },
        new("an epsilon of 1e-5 whatever is asked for", "D4", "bn_ff") { Network = network => network with { Epsilon = 1e-5 } },
        new("an epsilon ten times as large", "D4", "bn_res") { Network = network => network with { Epsilon = 10 * network.Epsilon } },
        new("running averages before any training", "D4", "bn_ff")
        {
            Network = AllMutants.Replace<BatchNormStep>(
                UnitPlaceKind.BatchNorm,
                t => ([.. t.Signal.Select(x => x / Math.Sqrt(1 + t.Epsilon))], [.. t.Noise.Select(dx => dx / Math.Sqrt(1 + t.Epsilon))])
            ),
        },
        new("a ReLU whose derivative at exact zeros is 1/2", "D8", "bn_res")
        {
            Network = AllMutants.Replace<ReluStep>(
                UnitPlaceKind.Relu,
                t =>
                    (
                        [.. t.Signal.Select(x => Math.Max(x, 0))],
                        [
                            .. t.Noise.Zip(
                                t.Signal,
                                (dx, x) =>
                                    x > 0 ? dx
                                    : x == 0 ? 0.5 * dx
                                    : 0
                            ),
                        ]
                    )
            ),
        },
        new("effective rank by the participation ratio", "D2", "bn_ff")
        {
            Moments = (right, values) =>
                right with
                {
                    ReffSignal = AllMutants.Rank(values, centred: true, spectrum => Math.Pow(spectrum.Sum(), 2) / spectrum.Sum(value => value * value)),
                },
        },
    ];

    /// <summary>
    /// How much later than the definition TensorFlow begins to read: it pads by what the last output needs, and by the smaller half of it first.
    /// </summary>
    private static int SameShift(int extent, int size, int stride)
    {
        var outputs = (extent + stride - 1) / stride;
        return ((size - 1) / 2) - (Math.Max(((outputs - 1) * stride) + size - extent, 0) / 2);
    }

    private static float[] Offsets(float[] kernel, KernelShape shape, Func<int, int, int, (int Row, int Column)> source)
    {
        var block = shape.InputChannels * shape.OutputChannels;
        return
        [
            .. Enumerable
                .Range(0, kernel.Length)
                .Select(i =>
                {
                    var (row, column) = source(i / block / shape.Size, i / block % shape.Size, shape.Size - 1);
                    return kernel[(((row * shape.Size) + column) * block) + (i % block)];
                }),
        ];
    }

    private static float[] ChannelsExchanged(float[] kernel, KernelShape shape)
    {
        var channels = shape.OutputChannels;
        return shape.InputChannels != channels
            ? kernel
            :
            [
                .. Enumerable
                    .Range(0, kernel.Length)
                    .Select(i => kernel[(i / (channels * channels) * channels * channels) + (i % channels * channels) + (i / channels % channels)]),
            ];
    }

    private static WrittenKernels Scaled(Weights.Own own, Func<int, KernelShape, double> factor) =>
        new((i, shape) => [.. Right(own, i, shape).Select(value => (float)(Math.Sqrt(factor(i, shape)) * value))]);

    private static float[] Right(Weights.Own own, int convolution, KernelShape shape)
    {
        var kernel = new float[shape.Length];
        new RandomKernels<float>(own.Seed, own.Simulation).Fill(convolution, shape, kernel);
        return kernel;
    }

    /// <summary>A normal number made one that is cut at two deviations, by its rank.</summary>
    private static double Cut(double normal) => Normal.InvCDF(0, 1, Normal.CDF(0, 1, -2) + (Normal.CDF(0, 1, normal) * (1 - (2 * Normal.CDF(0, 1, -2)))));
}

/// <summary>Weights that are rewritten, wherever they come from.</summary>
/// <param name="source">Where they come from.</param>
/// <param name="rewrite">Takes weights and their shape.</param>
internal sealed class RewrittenWeights(IKernelSource<float> source, Func<float[], KernelShape, float[]> rewrite) : IKernelSource<float>
{
    public void Fill(int convolution, KernelShape shape, Span<float> kernel)
    {
        source.Fill(convolution, shape, kernel);
        rewrite(kernel.ToArray(), shape).CopyTo(kernel);
    }
}
