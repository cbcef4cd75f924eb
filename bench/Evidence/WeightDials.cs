using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Evidence;

/// <summary>Defects of the weights themselves: I4 to I9.</summary>
/// <remarks>
/// Some checks compare two single convolutions of hundreds of weights, or two inputs of a kernel. They have no dial: their δ, 0.95 and 0.8, is near the
/// correlation of a copy, and twice as much does not exist. Copies are among the mutants.
/// </remarks>
internal static class WeightDials
{
    private const string Wide = "fully connected";
    private const string Kernel = "2×2 kernels";

    /// <summary>A lag that is no multiple of a number of channels.</summary>
    private const int Lag = 100;

    /// <summary>The dials.</summary>
    /// <param name="architectures">For each of these.</param>
    public static IEnumerable<Dial> Collect(string[] architectures) => architectures.SelectMany(Collect);

    private static IEnumerable<Dial> Collect(string architecture)
    {
        return
        [
            Variance("I4", Wide, WeightDiscrepancies.WideVariance, (index, shape) => index == 0 && IsWide(shape)),
            Variance("I4", Kernel, WeightDiscrepancies.KernelFirstVariance, (index, shape) => index == 0 && !IsWide(shape)),
            Distance("I4", Wide, WeightDiscrepancies.WideShape, (index, shape) => index == 0 && IsWide(shape)),
            Distance("I4", Kernel, WeightDiscrepancies.KernelFirstShape, (index, shape) => index == 0 && !IsWide(shape)),
            Variance("I5", Wide, WeightDiscrepancies.WideVariance, (index, shape) => index > 0 && IsWide(shape)),
            Variance("I5", Kernel, WeightDiscrepancies.KernelVariance, (index, shape) => index > 0 && !IsWide(shape)),
            Variance(
                "I5",
                $"{Wide}, convolution 2 alone",
                WeightDiscrepancies.WideVarianceOfOne,
                (index, shape) => index == 2 && shape.OutputChannels == WeightNetworks.WideWidth
            ),
            Variance("I5", $"{Kernel}, convolution 2 alone", WeightDiscrepancies.KernelVarianceOfOne, (index, shape) => index == 2 && !IsWide(shape)),
            Distance("I5", Wide, WeightDiscrepancies.WideShape, (index, shape) => index > 0 && IsWide(shape)),
            Distance("I5", Kernel, WeightDiscrepancies.KernelShape, (index, shape) => index > 0 && !IsWide(shape)),
            OneOutput("I6", "a bias of an output of the first convolution", ElementDial.Bias),
            OneOutput("I7", "noise through weights larger by a factor, to an output of the first convolution", ElementDial.NoiseFactor),
            Correlation("I8", "successive convolutions", WeightDiscrepancies.Successive, DialledKernels.SuccessiveCorrelate),
            Correlation(
                "I8",
                $"convolutions 1 and 3 of all simulations, {Kernel}",
                WeightDiscrepancies.PairPooled,
                d => DialledKernels.PairCorrelates((_, shape) => !IsWide(shape), 1, 3, d)
            ),
            Correlation(
                "I8",
                $"convolutions 1 and 3 of one simulation, {Wide}",
                WeightDiscrepancies.PairWide,
                d => DialledKernels.PairCorrelates((own, shape) => own.Simulation == 0 && shape.OutputChannels == WeightNetworks.WideWidth, 1, 3, d)
            ),
            Correlation(
                "I8",
                $"convolutions 1 and 10 of all simulations, {Wide}",
                WeightDiscrepancies.PairDeep,
                d => DialledKernels.PairCorrelates((_, shape) => IsWide(shape), 1, 10, d)
            ),
            Correlation("I8", "output channels 0 and 1", WeightDiscrepancies.Channels, DialledKernels.OutputsCorrelate),
            Correlation("I8", "inputs 0 and 1", WeightDiscrepancies.Channels, DialledKernels.InputsCorrelate),
            Correlation("I8", "weights and their transposes", WeightDiscrepancies.Reordered, DialledKernels.TransposesCorrelate),
            Correlation("I8", $"weights at lag {Lag}", WeightDiscrepancies.Lag, d => DialledKernels.LagCorrelates(Lag, d)),
            Correlation("I9", "any two simulations", WeightIndependenceChecks.OfSimulations, DialledKernels.SimulationsCorrelate),
            Correlation(
                "I9",
                $"simulations 1 and 4, {Wide}",
                WeightDiscrepancies.PairWide,
                d => DialledKernels.TwoSimulationsCorrelate(shape => shape.OutputChannels == WeightNetworks.WideWidth, 1, 4, d)
            ),
            Correlation("I9", "any two seeds", WeightIndependenceChecks.OfSeeds, DialledKernels.SeedsCorrelate),
        ];

        LawDial Variance(string claim, string network, double delta, Func<int, KernelShape, bool> isWrong) =>
            new(claim, architecture, $"variance of the weights, {network}", delta, d => new() { OwnWeights = DialledKernels.OfVariance(isWrong, 1 + d) });

        LawDial Distance(string claim, string network, double delta, Func<int, KernelShape, bool> isWrong) =>
            new(
                claim,
                architecture,
                $"a share of weights of which only the sign is random, in the distance of distributions, {network}",
                delta,
                d => new() { OwnWeights = DialledKernels.AtDistance(isWrong, d) }
            );

        LawDial Correlation(string claim, string what, double delta, Func<double, Func<Weights.Own, IKernelSource<float>>> weights) =>
            new(claim, architecture, $"correlation of {what}", delta, d => new() { OwnWeights = weights(d) });

        // For one simulation of the wide network, whose weights are asked for with one seed.
        ElementDial OneOutput(string claim, string defect, Func<NetworkSettings, Snapshot, double, Snapshot> perturb) =>
            new(claim, architecture, defect, perturb, network => network.Channels == WeightNetworks.WideWidth)
            {
                In = weights => weights is Weights.Own { Simulation: 0 },
            };
    }

    private static bool IsWide(KernelShape shape) => shape.Size == 1;
}
