using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>I4 and I5: variance and distribution of the weights themselves.</summary>
internal static class WeightLawChecks
{
    /// <summary>Number of quantities: variance, variance of each convolution, and distribution, of two networks.</summary>
    private const int Quantities = 6;

    /// <summary>I4: the weights of the first convolution are normal of variance 1/fan-in.</summary>
    public static IEnumerable<Measurement> FirstConvolution(CheckContext context, Architecture architecture)
    {
        var weights = context.RecoveredOf(architecture);
        return
        [
            .. Measure(context, weights.Wide, first: true, (WeightDiscrepancies.WideVariance, WeightDiscrepancies.WideShape), "fully connected"),
            .. Measure(context, weights.Kernel, first: true, (WeightDiscrepancies.KernelFirstVariance, WeightDiscrepancies.KernelFirstShape), "2×2 kernels"),
        ];
    }

    /// <summary>I5: the weights of the other convolutions are normal of variance 2/fan-in.</summary>
    public static IEnumerable<Measurement> OtherConvolutions(CheckContext context, Architecture architecture)
    {
        var weights = context.RecoveredOf(architecture);
        return
        [
            .. Measure(context, weights.Wide, first: false, (WeightDiscrepancies.WideVariance, WeightDiscrepancies.WideShape), "fully connected"),
            .. EachVariance(context, weights.Wide, WeightDiscrepancies.WideVarianceOfOne, "fully connected"),
            .. Measure(context, weights.Kernel, first: false, (WeightDiscrepancies.KernelVariance, WeightDiscrepancies.KernelShape), "2×2 kernels"),
            .. EachVariance(context, weights.Kernel, WeightDiscrepancies.KernelVarianceOfOne, "2×2 kernels"),
        ];
    }

    private static IEnumerable<Measurement> Measure(
        CheckContext context,
        IReadOnlyList<RecoveredSimulation> simulations,
        bool first,
        (double Variance, double Shape) discrepancies,
        string network
    )
    {
        RecoveredConvolution[] convolutions =
        [
            .. simulations.SelectMany(simulation => simulation.Convolutions).Where(convolution => convolution.Index == 0 == first),
        ];
        if (convolutions.Length == 0)
        {
            yield break;
        }

        var rates = context.Rates.SharedBy(Quantities);
        var (variance, shape) = (new VarianceTest(rates), new BlurredDistributionTest(rates));
        foreach (var convolution in convolutions)
        {
            variance.Add(convolution.Shape.Length, convolution.SquaredNorm, convolution.SquaredError);
            var outputs = convolution.Shape.OutputChannels;
            for (var i = 0; i < convolution.Weights.Length; i++)
            {
                shape.Add(new Observed(convolution.Weights[i]), convolution.InputErrors[i / outputs] * convolution.OutputErrors[i % outputs]);
            }
        }

        var which = first ? "the first convolution" : "the other convolutions";
        yield return variance
            .Conclude($"variance of the weights of {which}, {network}", AskedWeights.Diluted(discrepancies.Variance, convolutions))
            .Considering(convolutions);
        yield return shape
            .Conclude($"distribution of the weights of {which}, {network}", AskedWeights.Diluted(discrepancies.Shape, convolutions))
            .Considering(convolutions);
    }

    /// <summary>Variance of each convolution after the first by itself, so that too large and too small ones do not cancel.</summary>
    private static IEnumerable<Measurement> EachVariance(
        CheckContext context,
        IReadOnlyList<RecoveredSimulation> simulations,
        double discrepancy,
        string network
    )
    {
        if (simulations.Count == 0)
        {
            return [];
        }

        var indices = simulations[0].Convolutions.Count - 1;
        var rates = context.Rates.SharedBy(Quantities).SharedBy(indices);
        Measurement[] all =
        [
            .. Enumerable
                .Range(1, indices)
                .Select(index => OneVariance([.. simulations.Select(simulation => simulation.Convolutions[index])], rates, discrepancy, network)),
        ];
        return [LeastLikely(all, context.Rates.SharedBy(Quantities))];
    }

    private static Measurement OneVariance(RecoveredConvolution[] convolutions, ErrorRates rates, double discrepancy, string network)
    {
        var test = new VarianceTest(rates);
        foreach (var convolution in convolutions)
        {
            test.Add(convolution.Shape.Length, convolution.SquaredNorm, convolution.SquaredError);
        }

        return test.Conclude(
                $"variance of the weights of each convolution, most of all convolution {convolutions[0].Index}, {network}",
                AskedWeights.Diluted(discrepancy, convolutions)
            )
            .Considering(convolutions);
    }

    /// <summary>
    /// Combines several measurements: a rejected one if there is one, else an inconclusive one, else the one that is least compatible with a true claim.
    /// </summary>
    /// <remarks>By the union bound, its rate of false alarms is at most that of one measurement times their number.</remarks>
    private static Measurement LeastLikely(Measurement[] all, ErrorRates rates)
    {
        var worst = all.MinBy(measurement => (Severity(measurement.Verdict), measurement.FalseAlarmBound))!;
        return worst with { FalseFailRate = rates.FalseFail, FalseAlarmBound = Math.Min(1, all.Length * worst.FalseAlarmBound) };

        static int Severity(Verdict verdict) =>
            verdict switch
            {
                Verdict.Rejected => 0,
                Verdict.Inconclusive or Verdict.Declined => 1,
                Verdict.Holds => 2,
                _ => throw new InvalidOperationException($"expected a verdict, got {verdict}"),
            };
    }
}
