namespace Wellbehaved.Audit;

/// <summary>I4 and I5: variance and distribution of the weights themselves.</summary>
internal static class WeightLawChecks
{
    /// <summary>Variance and distribution, of two networks.</summary>
    private const int Quantities = 4;

    /// <summary>I4: the weights of the first convolution are normal of variance 1/fan-in.</summary>
    public static IEnumerable<Measurement> FirstConvolution(CheckContext context, string architecture)
    {
        var weights = context.RecoveredOf(architecture);
        return
        [
            .. Measure(context, weights.Wide, first: true, (WeightDiscrepancies.WideVariance, WeightDiscrepancies.WideShape), "fully connected"),
            .. Measure(context, weights.Kernel, first: true, (WeightDiscrepancies.KernelFirstVariance, WeightDiscrepancies.KernelFirstShape), "2×2 kernels"),
        ];
    }

    /// <summary>I5: the weights of the other convolutions are normal of variance 2/fan-in.</summary>
    public static IEnumerable<Measurement> OtherConvolutions(CheckContext context, string architecture)
    {
        var weights = context.RecoveredOf(architecture);
        return
        [
            .. Measure(context, weights.Wide, first: false, (WeightDiscrepancies.WideVariance, WeightDiscrepancies.WideShape), "fully connected"),
            .. Measure(context, weights.Kernel, first: false, (WeightDiscrepancies.KernelVariance, WeightDiscrepancies.KernelShape), "2×2 kernels"),
        ];
    }

    private static IEnumerable<Measurement> Measure(CheckContext context, IReadOnlyList<RecoveredSimulation> simulations, bool first, (double Variance, double Shape) discrepancies, string network)
    {
        RecoveredConvolution[] convolutions = [.. simulations.SelectMany(simulation => simulation.Convolutions).Where(convolution => convolution.Index == 0 == first)];
        if (convolutions.Length == 0)
        {
            yield break;
        }

        var rates = context.Rates.SharedBy(Quantities);
        var (variance, shape) = (new VarianceTest(rates), new BlurredDistributionTest(rates));
        foreach (var convolution in convolutions)
        {
            variance.Add(convolution.Known, convolution.SquaredNorm, convolution.SquaredError);
            var outputs = convolution.Shape.OutputChannels;
            for (var i = 0; i < convolution.Weights.Length; i++)
            {
                if (convolution.InputErrors[i / outputs] > 0)
                {
                    shape.Add(new Observed(convolution.Weights[i]), convolution.InputErrors[i / outputs] * convolution.OutputErrors[i % outputs]);
                }
            }
        }

        var which = first ? "the first convolution" : "the other convolutions";
        yield return variance.Conclude($"variance of the weights of {which}, {network}", discrepancies.Variance).Considering(convolutions);
        yield return shape.Conclude($"distribution of the weights of {which}, {network}", discrepancies.Shape).Considering(convolutions);
    }
}
