using System.Collections.Immutable;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using static Wellbehaved.Tests.Conformance.RewrittenStep;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The wrong implementations that the suite must catch, each by the claim that names its defect.</summary>
public static class AllMutants
{
    public static ImmutableArray<Mutant> List { get; } =
    [
        new("LeCun instead of He weights", "S2", "vanilla") { OwnWeights = weights => new RewrittenKernels(weights, factor: _ => Math.Sqrt(0.5)) },
        new("a weight variance 5 % too large", "S2", "vanilla") { OwnWeights = weights => new RewrittenKernels(weights, factor: _ => Math.Sqrt(1.05)) },
        new("a weight variance 5 % too small", "S2", "bn_res") { OwnWeights = weights => new RewrittenKernels(weights, factor: _ => Math.Sqrt(0.95)) },
        new("fan-in without the kernel area", "S2", "vanilla") { OwnWeights = weights => new RewrittenKernels(weights, factor: shape => shape.Size) },
        new("fan-out of another kernel size", "S2", "bn_ff")
        {
            OwnWeights = weights => new RewrittenKernels(weights, factor: shape => shape.Size > 1 ? 1.0 / shape.Size : 1),
        },
        new("uniform weights of a sixth of the variance", "S2", "vanilla_res") { OwnWeights = weights => new UniformKernels(weights) },
        new("sparse weights of the right variance", "I1", "vanilla") { OwnWeights = weights => new SparseKernels(weights) },
        new("weights shared between layers", "I2", "vanilla") { OwnWeights = weights => new RewrittenKernels(weights, convolutionOf: i => Math.Min(i, 1)) },
        new("weights shared between units", "I2", "bn_res")
        {
            OwnWeights = weights => new RewrittenKernels(weights, convolutionOf: i => i <= 2 ? i : 1 + ((i - 1) % 2)),
        },
        new("weights reused between simulations", "I3", "vanilla") { OwnWeights = weights => new RewrittenKernels(weights, simulationOf: _ => 0) },
        new("every second simulation a copy", "I3", "bn_ff") { OwnWeights = weights => new RewrittenKernels(weights, simulationOf: i => i & ~1u) },
        .. WeightMutants.List,
        new("noise not masked by the ReLU", "S3", "vanilla") { Network = Replace<ReluStep>(UnitPlaceKind.Relu, t => (Positive(t.Signal), t.Noise)) },
        new("noise masked by its own sign", "D7", "vanilla") { Network = Replace<ReluStep>(UnitPlaceKind.Relu, t => (Positive(t.Signal), Positive(t.Noise))) },
        new("leaky ReLU of slope 0.01", "O2", "vanilla")
        {
            Network = Replace<ReluStep>(UnitPlaceKind.Relu, t => (Leaky(t.Signal, t.Signal), Leaky(t.Noise, t.Signal))),
        },
        new("a ReLU whose derivative at exact zeros is 1", "D8", "vanilla")
        {
            Network = Replace<ReluStep>(UnitPlaceKind.Relu, t => (Positive(t.Signal), [.. t.Noise.Zip(t.Signal, (dx, x) => x >= 0 ? dx : 0)])),
        },
        new("noise centred by batch norm", "S7", "bn_ff") { Network = Norm(new(CentresNoise: true)) },
        new("noise not divided by batch norm", "S7", "bn_res") { Network = Norm(new(DividesNoise: false)) },
        new("noise that differentiates the batch statistics", "D7", "bn_ff") { Network = Norm(new(DifferentiatesStatistics: true)) },
        new("a batch variance with P - 1", "D4", "bn_ff") { Network = Norm(new(Bessel: true)) },
        new("batch norm per position", "D4", "bn_ff")
        {
            Network = Norm(new(GroupOf: (shape, point, channel) => (point % (shape.Height * shape.Width), channel))),
        },
        new("batch norm per image", "D4", "bn_res")
        {
            Network = Norm(new(GroupOf: (shape, point, channel) => (point / (shape.Height * shape.Width), channel))),
        },
        new("layer norm", "D4", "bn_ff") { Network = Norm(new(GroupOf: (_, point, _) => (point, 0))) },
        new("epsilon added to the standard deviation", "D4", "bn_res") { Network = Norm(new(EpsilonOnDeviation: true)) },
        new("batch norm without subtracting the mean", "D4", "bn_ff") { Network = Norm(new(Centres: false)) },
        new("batch norm after the ReLU", "D4", "bn_ff")
        {
            Network = network => WithUnit(network, [network.Architecture.Unit[0], network.Architecture.Unit[2], network.Architecture.Unit[1]]),
        },
        new("a skip connection scaled by 1/2", "D8", "bn_res") { Network = Skip((skip, branch, _) => (0.5 * skip) + branch) },
        new("a skip connection scaled by the root of 1/2", "D8", "vanilla_res") { Network = Skip((skip, branch, _) => (Math.Sqrt(0.5) * skip) + branch) },
        new("a skip connection taken after the first ReLU", "D8", "vanilla_res")
        {
            Network = Skip((skip, branch, noise) => (noise ? skip : Math.Max(skip, 0)) + branch),
        },
        new("noise not added at the skip connection", "D7", "bn_res") { Network = Skip((skip, branch, noise) => noise ? branch : skip + branch) },
        new("a branch subtracted from its noise", "O3", "vanilla_res") { Network = Skip((skip, branch, noise) => noise ? skip - branch : skip + branch) },
        new("one layer too few in the branch", "D8", "bn_res")
        {
            Network = network =>
                WithUnit(network, [((ResidualStep)network.Architecture.Unit[0]) with { Repetitions = Math.Max(1, network.Architecture.ResidualDepth - 1) }]),
        },
        new("one layer too many in the branch", "A2", "bn_res")
        {
            Network = network =>
                WithUnit(network, [((ResidualStep)network.Architecture.Unit[0]) with { Repetitions = network.Architecture.ResidualDepth + 1 }]),
        },
        new("zero padding called periodic", "D6", "vanilla")
        {
            Network = network => network.Boundary == Boundary.Periodic ? network with { Boundary = Boundary.ZeroPadding } : network,
        },
        new("symmetric padding called periodic", "D6", "bn_res")
        {
            Network = network => network is { Boundary: Boundary.Periodic, KernelSize: 3 } ? network with { Boundary = Boundary.Symmetric } : network,
        },
        new("a kernel flipped for the noise", "D7", "bn_ff")
        {
            Network = Convolve((t, kernel) => (Convolution(t, t.Signal, kernel), Convolution(t, t.Noise, Flipped(t, kernel)))),
        },
        new("a kernel shifted for the noise", "D7", "vanilla")
        {
            Network = Convolve((t, kernel) => (Convolution(t, t.Signal, kernel), Convolution(t, t.Noise, Shifted(t, kernel)))),
        },
        new("accumulation in half precision", "D5", "vanilla")
        {
            Network = Convolve((t, kernel) => (InHalfPrecision(t, t.Signal, kernel), InHalfPrecision(t, t.Noise, kernel))),
        },
        new("effective rank from singular values", "D2", "vanilla")
        {
            Moments = (right, values) =>
                right with
                {
                    ReffSignal = Rank(values, centred: true, spectrum => spectrum.Sum(Math.Sqrt) / Math.Sqrt(spectrum.Max())),
                },
        },
        new("effective rank not centred", "D2", "vanilla")
        {
            Moments = (right, values) => right with { ReffSignal = Rank(values, centred: false, spectrum => spectrum.Sum() / spectrum.Max()) },
        },
        new("effective rank by entropy", "D2", "bn_res") { Moments = (right, values) => right with { ReffSignal = Rank(values, centred: true, Entropy) } },
        new("χ without the square root", "D1", "bn_ff") { Moments = (right, _) => right with { Chi = right.Chi * right.Chi, LogChi = 2 * right.LogChi } },
        new("μ₂ reported for ν₂", "D1", "vanilla") { Moments = (right, _) => right with { Nu2Signal = right.Mu2Signal, LogNu2Signal = right.LogMu2Signal } },
        new("noise centred on the sample", "D1", "vanilla") { Moments = (right, values) => right with { Mu2Noise = CentredOnTheSample(values) } },
        new("a log scale dropped", "D1", "vanilla_res")
        {
            Moments = (right, values) => right with { LogNu2Signal = right.LogNu2Signal - (2 * values.SignalExponent * Math.Log(2)) },
        },
        new("moments of the wrong place", "D1", "bn_res") { ReportsLate = true },
        .. PrecisionMutants.List,
        .. MomentMutants.List,
        .. ConventionMutants.List,
        .. SizeMutants.List,
    ];

    internal static Func<NetworkSettings, NetworkSettings> Replace<TStep>(
        UnitPlaceKind kind,
        Func<Tensors, (double[] Signal, double[] Noise)> rewrite,
        int kernels = 0
    )
        where TStep : Step
    {
        var wrong = new RewrittenStep(kind, rewrite, kernels);
        return network => WithUnit(network, [.. network.Architecture.Unit.Select(Rewrite)]);

        Step Rewrite(Step step) =>
            step switch
            {
                TStep => wrong,
                ResidualStep residual => residual with { Branch = [.. residual.Branch.Select(Rewrite)] },
                _ => step,
            };
    }

    internal static Func<NetworkSettings, NetworkSettings> Norm(WrongNorm wrong) => Replace<BatchNormStep>(UnitPlaceKind.BatchNorm, wrong.Apply);

    private static Func<NetworkSettings, NetworkSettings> Convolve(Func<Tensors, double[], (double[] Signal, double[] Noise)> convolve) =>
        Replace<ConvolutionStep>(UnitPlaceKind.Convolution, tensors => convolve(tensors, tensors.NextKernel()), kernels: 1);

    internal static Func<NetworkSettings, NetworkSettings> Skip(Func<double, double, bool, double> join) =>
        network =>
            network.Architecture.Unit[0] is ResidualStep residual
                ? WithUnit(network, [new RewrittenResidualStep(residual.Branch, residual.Repetitions, join)])
                : network;

    private static NetworkSettings WithUnit(NetworkSettings network, ImmutableArray<Step> unit) =>
        network with
        {
            Architecture = network.Architecture with { Unit = unit },
        };

    private static double[] Positive(double[] values) => [.. values.Select(value => Math.Max(value, 0))];

    private static double[] Leaky(double[] values, double[] gates) => [.. values.Zip(gates, (value, gate) => gate > 0 ? value : 0.01 * value)];

    private static double[] Convolution(Tensors tensors, double[] values, double[] kernel) =>
        WrittenOutLayers.Convolve(tensors.Shape, values, kernel, tensors.KernelShape.Size, 1, tensors.Boundary);

    /// <summary>Kernel rows and columns in reverse order.</summary>
    private static double[] Flipped(Tensors tensors, double[] kernel) => [.. Blocks(tensors, kernel).Reverse().SelectMany(block => block)];

    /// <summary>The kernel moved by one column.</summary>
    private static double[] Shifted(Tensors tensors, double[] kernel)
    {
        var blocks = Blocks(tensors, kernel).ToArray();
        return [.. blocks.Skip(1).Append(blocks[0]).SelectMany(block => block)];
    }

    private static IEnumerable<double[]> Blocks(Tensors tensors, double[] kernel) =>
        kernel.Chunk(tensors.KernelShape.InputChannels * tensors.KernelShape.OutputChannels);

    /// <summary>Adds up one input at a time, rounding each partial sum.</summary>
    private static double[] InHalfPrecision(Tensors tensors, double[] values, double[] kernel)
    {
        var outputs = tensors.KernelShape.OutputChannels;
        var sum = new double[values.Length];
        for (var input = 0; input < kernel.Length; input += outputs)
        {
            var alone = new double[kernel.Length];
            kernel.AsSpan(input, outputs).CopyTo(alone.AsSpan(input));
            sum = [.. sum.Zip(Convolution(tensors, values, alone), (total, term) => (double)(Half)(total + (double)(Half)term))];
        }

        return sum;
    }

    private static double CentredOnTheSample(SignalAndNoise<float> values) =>
        Math.ScaleB(
            WrittenOutLayers.Variances([.. values.Noise.ToArray().Select(value => (double)value)], values.Shape.Channels).Average(),
            2 * values.NoiseExponent
        );

    internal static double Rank(SignalAndNoise<float> values, bool centred, Func<double[], double> rank)
    {
        var features = Matrix<double>.Build.DenseOfRowMajor(values.Shape.Points, values.Shape.Channels, values.Signal.ToArray().Select(value => (double)value));
        if (centred)
        {
            features = features.MapIndexed((_, channel, value) => value - features.Column(channel).Average());
        }

        return rank([.. features.TransposeThisAndMultiply(features).Evd(Symmetricity.Symmetric).EigenValues.Select(value => Math.Max(0, value.Real))]);
    }

    private static double Entropy(double[] spectrum)
    {
        var total = spectrum.Sum();
        return Math.Exp(-spectrum.Where(value => value > 0).Sum(value => value / total * Math.Log(value / total)));
    }
}
