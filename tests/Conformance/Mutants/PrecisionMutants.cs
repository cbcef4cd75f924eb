using System.Collections.Immutable;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Implementations that say they compute in single precision, and multiply or add up in less: in all convolutions inside the network, or only
/// where Winograd's tiles could be the reason.</summary>
internal static class PrecisionMutants
{
    /// <summary>Bits of the significand that are kept beside the leading one.</summary>
    internal const int TensorFloat32 = 10,
        BFloat16 = 7;

    public static ImmutableArray<Mutant> List { get; } =
    [
        Everywhere("products of TF32 operands", "vanilla", Products(TensorFloat32)),
        Everywhere("products of bfloat16 operands", "bn_ff", Products(BFloat16)),
        Everywhere("sums in half precision", "vanilla_res", HalfSums),
        InThreeByThree("products of TF32 operands in 3 × 3 convolutions alone", "vanilla", Products(TensorFloat32)),
        InThreeByThree("products of TF32 operands in the branches' 3 × 3 convolutions alone", "bn_res", Products(TensorFloat32)),
        InThreeByThree("products of bfloat16 operands in 3 × 3 convolutions alone", "vanilla_res", Products(BFloat16)),
        InThreeByThree("sums in half precision in 3 × 3 convolutions alone", "bn_ff", HalfSums),
    ];

    /// <summary>A number with fewer bits.</summary>
    /// <param name="value">The number.</param>
    /// <param name="bits">Bits kept beside the leading one.</param>
    /// <param name="mode">How it is rounded.</param>
    public static double Rounded(double value, int bits, MidpointRounding mode = MidpointRounding.AwayFromZero)
    {
        if (value == 0)
        {
            return 0;
        }

        var unit = Math.ScaleB(1, Math.ILogB(value) - bits);
        return unit * Math.Round(value / unit, mode);
    }

    /// <summary>All numbers of TF32, 10 bits beside the leading one.</summary>
    public static double[] InTensorFloat32(double[] values) => [.. values.Select(value => Rounded(value, TensorFloat32))];

    private static Mutant Everywhere(string name, string architecture, Func<RewrittenStep.Tensors, double[], double[], double[]> convolve) =>
        new(name, "O1", architecture) { Network = network => Rewritten(network, convolve) };

    private static Mutant InThreeByThree(string name, string architecture, Func<RewrittenStep.Tensors, double[], double[], double[]> convolve) =>
        new(name, "O1", architecture) { Network = network => network.KernelSize == 3 ? Rewritten(network, convolve) : network };

    private static NetworkSettings Rewritten(NetworkSettings network, Func<RewrittenStep.Tensors, double[], double[], double[]> convolve)
    {
        var wrong = new RewrittenStep(UnitPlaceKind.Convolution, Convolved, Kernels: 1);
        return network with { Architecture = network.Architecture with { Unit = [.. network.Architecture.Unit.Select(Rewrite)] } };

        Step Rewrite(Step step) =>
            step switch
            {
                ConvolutionStep => wrong,
                ResidualStep residual => residual with { Branch = [.. residual.Branch.Select(Rewrite)] },
                _ => step,
            };

        (double[] Signal, double[] Noise) Convolved(RewrittenStep.Tensors tensors)
        {
            var weights = tensors.NextKernel();
            return (convolve(tensors, tensors.Signal, weights), convolve(tensors, tensors.Noise, weights));
        }
    }

    /// <summary>Operands are rounded; the sum is as good as can be, which is the harder to see.</summary>
    private static Func<RewrittenStep.Tensors, double[], double[], double[]> Products(int bits) =>
        (tensors, values, weights) =>
            Convolution(tensors, [.. values.Select(value => Rounded(value, bits))], [.. weights.Select(weight => Rounded(weight, bits))]);

    /// <summary>Products are exact, each partial sum is rounded.</summary>
    private static double[] HalfSums(RewrittenStep.Tensors tensors, double[] values, double[] weights)
    {
        var (outputs, sums) = (tensors.KernelShape.OutputChannels, new double[values.Length]);
        for (var input = 0; input < weights.Length; input += outputs)
        {
            var alone = new double[weights.Length];
            weights.AsSpan(input, outputs).CopyTo(alone.AsSpan(input));
            sums = [.. sums.Zip(Convolution(tensors, values, alone), (sum, product) => (double)(Half)(sum + product))];
        }

        return sums;
    }

    private static double[] Convolution(RewrittenStep.Tensors tensors, double[] values, double[] weights) =>
        WrittenOutLayers.Convolve(tensors.Shape, values, weights, tensors.KernelShape.Size, 1, tensors.Boundary);
}
