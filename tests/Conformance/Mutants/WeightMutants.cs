using System.Collections.Immutable;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Wrong initialisations that no one-step law sees: each dies by a claim about the recovered weights.</summary>
internal static class WeightMutants
{
    /// <summary>A normal law cut at two standard deviations has this standard deviation.</summary>
    private static readonly double CutDeviation = Math.Sqrt(1 - (4 * Normal.PDF(0, 1, 2) / (1 - (2 * Normal.CDF(0, 1, -2)))));

    public static ImmutableArray<Mutant> List { get; } =
    [
        new("a first convolution of gain 2", "I4", "vanilla") { OwnWeights = own => First(own, _ => Math.Sqrt(2)) },
        new("a first convolution of fan-out", "I4", "bn_ff")
        {
            OwnWeights = own => First(own, shape => Math.Sqrt((double)shape.InputChannels / shape.OutputChannels)),
        },
        new("a first convolution of a hundredfold variance", "I4", "vanilla") { OwnWeights = own => First(own, _ => 10) },
        new("a first convolution of a hundredfold variance before batch norm", "I4", "bn_ff") { OwnWeights = own => First(own, _ => 10) },
        new("a first convolution of truncated normals", "I4", "bn_res") { OwnWeights = own => Shaped(own, i => i == 0, Cut) },
        new("truncated normals of the right variance", "I5", "vanilla") { OwnWeights = own => Shaped(own, i => i > 0, Cut) },
        new("uniform weights of the right variance", "I5", "bn_res") { OwnWeights = own => Shaped(own, i => i > 0, u => Math.Sqrt(3) * ((2 * u) - 1)) },
        new("variances that alternate between convolutions", "I5", "vanilla") { OwnWeights = own => Alternating(own) },
        new("variances that alternate between convolutions of a branch", "I5", "bn_res") { OwnWeights = own => Alternating(own) },
        new("biases of ±1/√(fan-in) left in", "I6", "vanilla") { Implementation = name => new OwnPropagation(name, Bias: Uniform) },
        new("biases left in before batch norm", "I6", "bn_ff") { Implementation = name => new OwnPropagation(name, Bias: Uniform) },
        new("biases left in in a residual branch", "I6", "vanilla_res") { Implementation = name => new OwnPropagation(name, Bias: Uniform) },
        new("noise through weights of its own", "I7", "bn_ff")
        {
            Implementation = name => new OwnPropagation(name, NoiseSimulation: (_, simulation) => simulation + (1u << 20)),
        },
        new("noise through weights of its own in the last layer", "I7", "vanilla")
        {
            Implementation = name => new OwnPropagation(name, NoiseSimulation: (isLast, simulation) => isLast ? simulation + (1u << 20) : simulation),
        },
        new("noise through weights of its own at the end of a branch", "I7", "bn_res")
        {
            Implementation = name => new OwnPropagation(name, NoiseSimulation: (isLast, simulation) => isLast ? simulation + (1u << 20) : simulation),
        },
        new("symmetric weights", "I8", "vanilla")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => i == 0 ? Right(own, i, shape) : Symmetric(Right(own, i, shape), shape)),
        },
        new("successive layers correlated by 0.02", "I8", "bn_ff") { OwnWeights = own => new WrittenKernels((i, shape) => Chained(own, i, shape, 0.02)) },
        new("output channels 0 and 1 of equal weights", "I8", "vanilla_res")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => Copied(Right(own, i, shape), shape, (input, output) => (input, output == 1 ? 0 : output))),
        },
        new("input channels 0 and 1 of equal weights", "I8", "bn_res")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => Copied(Right(own, i, shape), shape, (input, output) => (input == 1 ? 0 : input, output))),
        },
        new("each second layer the transpose of the one before", "I8", "bn_res")
        {
            OwnWeights = own => new WrittenKernels(
                (i, shape) => i > 0 && i % 2 == 0 ? Copied(Right(own, i - 1, shape), shape, (input, output) => (output, input)) : Right(own, i, shape)
            ),
        },
        new("a stream of weights that repeats after 100 numbers", "I8", "vanilla")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => Repeated(Right(own, i, shape), 100)),
        },
        new("orthogonal weights", "I8", "bn_ff") { OwnWeights = own => new WrittenKernels((i, shape) => Orthogonal(Right(own, i, shape), shape)) },
        new("weights of a third of the rank", "I8", "vanilla_res")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => i == 0 ? Right(own, i, shape) : OfRank(own, i, shape, shape.InputChannels / 3)),
        },
        new("weights that repeat after 7 convolutions", "I8", "bn_ff") { OwnWeights = own => new RewrittenKernels(own, convolutionOf: i => i % 7) },
        new("weights that repeat after 16 convolutions", "I8", "bn_res") { OwnWeights = own => new RewrittenKernels(own, convolutionOf: i => i % 16) },
        new("weights that repeat after 16 convolutions, without batch norm", "I8", "vanilla")
        {
            OwnWeights = own => new RewrittenKernels(own, convolutionOf: i => i % 16),
        },
        new("seeds ignored", "I9", "vanilla") { OwnWeights = own => new RandomKernels<float>(1, own.Simulation) },
        new("the high bits of a seed ignored", "I9", "bn_ff") { OwnWeights = own => new RandomKernels<float>((uint)own.Seed, own.Simulation) },
        new("the last bit of a seed ignored", "I9", "bn_res") { OwnWeights = own => new RandomKernels<float>(own.Seed & ~1UL, own.Simulation) },
        new("weights that repeat after 64 simulations", "I9", "vanilla") { OwnWeights = own => new RewrittenKernels(own, simulationOf: i => i % 64) },
        new("weights that repeat after 1,024 simulations", "I9", "vanilla_res") { OwnWeights = own => new RewrittenKernels(own, simulationOf: i => i % 1024) },
        new("layers seeded by seed + layer", "I9", "bn_res")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => Right(new Weights.Own(own.Seed + (ulong)i, own.Simulation), 0, shape)),
        },
        new("simulations seeded by seed + simulation", "I9", "bn_ff") { OwnWeights = own => new RandomKernels<float>(own.Seed + own.Simulation, 0) },
        new("layers numbered by simulation + layer", "I9", "vanilla")
        {
            OwnWeights = own => new WrittenKernels((i, shape) => Right(new Weights.Own(own.Seed, own.Simulation + (uint)i), 0, shape)),
        },
    ];

    private static WrittenKernels First(Weights.Own own, Func<KernelShape, double> factor) =>
        new((i, shape) => i > 0 ? Right(own, i, shape) : [.. Right(own, i, shape).Select(value => (float)(factor(shape) * value))]);

    /// <summary>15 % more variance in one convolution, 15 % less in the next.</summary>
    private static WrittenKernels Alternating(Weights.Own own) =>
        new((i, shape) => i == 0 ? Right(own, i, shape) : [.. Right(own, i, shape).Select(value => (float)(Math.Sqrt(i % 2 == 1 ? 1.15 : 0.85) * value))]);

    private static float[] Right(Weights.Own own, int convolution, KernelShape shape)
    {
        var kernel = new float[shape.Length];
        new RandomKernels<float>(own.Seed, own.Simulation).Fill(convolution, shape, kernel);
        return kernel;
    }

    /// <summary>Weights of another law: the quantile function at uniform numbers, which are those of the right weights.</summary>
    private static WrittenKernels Shaped(Weights.Own own, Func<int, bool> isWrong, Func<double, double> quantile) =>
        new(
            (i, shape) =>
                !isWrong(i)
                    ? Right(own, i, shape)
                    : [.. Right(own, i, shape).Select(value => (float)(shape.StandardDeviation * quantile(Normal.CDF(0, shape.StandardDeviation, value))))]
        );

    private static double Cut(double uniform) => Normal.InvCDF(0, 1, Normal.CDF(0, 1, -2) + (uniform * (1 - (2 * Normal.CDF(0, 1, -2))))) / CutDeviation;

    private static float[] Copied(float[] kernel, KernelShape shape, Func<int, int, (int Input, int Output)> source) =>
        [
            .. kernel.Select(
                (_, i) =>
                {
                    var (offset, input, output) = (
                        i / (shape.InputChannels * shape.OutputChannels),
                        i / shape.OutputChannels % shape.InputChannels,
                        i % shape.OutputChannels
                    );
                    var (from, to) = source(input, output);
                    return kernel[(((offset * shape.InputChannels) + from) * shape.OutputChannels) + to];
                }
            ),
        ];

    private static float[] Symmetric(float[] kernel, KernelShape shape) =>
        [.. kernel.Zip(Copied(kernel, shape, (input, output) => (output, input)), (value, image) => (value + image) / MathF.Sqrt(2))];

    /// <summary>The orthonormal columns, or rows where they are fewer, that are nearest in order to the right weights, at the right variance.</summary>
    private static float[] Orthogonal(float[] kernel, KernelShape shape)
    {
        var (inputs, outputs) = (shape.FanIn, shape.OutputChannels);
        var right = Matrix<double>.Build.Dense(inputs, outputs, (input, output) => kernel[(input * outputs) + output]);
        var tall = (inputs >= outputs ? right : right.Transpose()).GramSchmidt();

        // Columns point where the right ones do: else the first of them would have a sign of its own.
        var columns = tall.Q * Matrix<double>.Build.DenseDiagonal(tall.R.RowCount, tall.R.RowCount, i => Math.Sign(tall.R[i, i]));
        var result = (inputs >= outputs ? columns : columns.Transpose()) * shape.StandardDeviation * Math.Sqrt(Math.Max(inputs, outputs));
        return [.. kernel.Select((_, i) => (float)result[i / outputs, i % outputs])];
    }

    /// <summary>A product of two random matrices, of the right variance.</summary>
    private static float[] OfRank(Weights.Own own, int convolution, KernelShape shape, int rank)
    {
        var (inputs, outputs) = (shape.FanIn, shape.OutputChannels);
        var (left, right) = (
            Right(own, convolution, new KernelShape(1, inputs, rank, 1)),
            Right(new Weights.Own(own.Seed ^ (1UL << 40), own.Simulation), convolution, new KernelShape(1, rank, outputs, 1))
        );
        return
        [
            .. Enumerable
                .Range(0, inputs * outputs)
                .Select(i =>
                    (float)(
                        shape.StandardDeviation
                        * Math.Sqrt(inputs)
                        * Enumerable.Range(0, rank).Sum(k => (double)left[((i / outputs) * rank) + k] * right[(k * outputs) + (i % outputs)])
                    )
                ),
        ];
    }

    private static float[] Chained(Weights.Own own, int convolution, KernelShape shape, double correlation) =>
        convolution <= 1
            ? Right(own, convolution, shape)
            :
            [
                .. Right(own, convolution, shape)
                    .Zip(
                        Chained(own, convolution - 1, shape, correlation),
                        (fresh, before) => (float)((Math.Sqrt(1 - (correlation * correlation)) * fresh) + (correlation * before))
                    ),
            ];

    private static float[] Repeated(float[] kernel, int period) => [.. kernel.Select((_, i) => kernel[i % period])];

    private static float[] Uniform(Weights.Own own, int convolution, KernelShape shape)
    {
        var random = new Random((int)(own.Seed + (1009 * own.Simulation) + (ulong)convolution) & int.MaxValue);
        return [.. Enumerable.Range(0, shape.OutputChannels).Select(_ => (float)(((2 * random.NextDouble()) - 1) / Math.Sqrt(shape.FanIn)))];
    }
}

/// <summary>Weights from a function.</summary>
/// <param name="kernelOf">The weights of a convolution.</param>
internal sealed class WrittenKernels(Func<int, KernelShape, float[]> kernelOf) : IKernelSource<float>
{
    public void Fill(int convolution, KernelShape shape, Span<float> kernel) => kernelOf(convolution, shape).CopyTo(kernel);
}
