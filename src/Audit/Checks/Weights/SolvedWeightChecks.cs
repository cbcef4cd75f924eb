using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>I6 and I7: what the equations of a convolution say besides its weights.</summary>
internal static class SolvedWeightChecks
{
    /// <summary>I6: there is no bias.</summary>
    public static IEnumerable<Measurement> NoBias(CheckContext context, Architecture architecture) =>
        Measure(context.RecoveredOf(architecture), "bias", convolution => (convolution.Bias, convolution.BiasErrors));

    /// <summary>I7: signal and noise pass through one set of weights, so there is no residual.</summary>
    public static IEnumerable<Measurement> OneSetOfWeights(CheckContext context, Architecture architecture) =>
        Measure(
            context.RecoveredOf(architecture),
            "what one set of weights leaves of signal and noise, in roundings",
            convolution => (convolution.Residuals, convolution.ResidualErrors)
        );

    private static IEnumerable<Measurement> Measure(
        RecoveredWeights weights,
        string quantity,
        Func<RecoveredConvolution, (double[] Values, double[] Errors)> select
    )
    {
        foreach (
            var (simulations, network) in new[]
            {
                (weights.Wide, "fully connected, 64 channels"),
                (weights.Kernel, "2×2 kernels"),
                (weights.Narrow, "fully connected, 16 channels"),
            }
        )
        {
            if (simulations.Count == 0)
            {
                continue;
            }

            var comparison = new ExactComparison();
            foreach (var simulation in simulations)
            {
                foreach (var convolution in simulation.Convolutions.Where(convolution => convolution.IsSolved))
                {
                    var (values, errors) = select(convolution);
                    comparison.AddZeros(values, errors, output => $"output {output} of convolution {convolution.Index}, simulation {simulation.Simulation}");
                }
            }

            yield return Considering(comparison.Conclude($"{quantity}, {network}"), [.. simulations.SelectMany(simulation => simulation.Convolutions)]);
        }
    }

    /// <summary>Adapts a measurement to convolutions that could not be solved, or that hold numbers that are not finite.</summary>
    /// <param name="measurement">The measurement of those that were solved.</param>
    /// <param name="convolutions">All convolutions that the measurement is about.</param>
    internal static Measurement Considering(Measurement measurement, RecoveredConvolution[] convolutions)
    {
        if (Array.Exists(convolutions, convolution => !convolution.IsFinite))
        {
            return measurement with { Verdict = Verdict.Rejected, Deviation = double.PositiveInfinity, Remark = "a tensor holds a number that is not finite" };
        }

        var solved = convolutions.Count(convolution => convolution.IsSolved);
        return measurement.Verdict == Verdict.Holds && 2 * solved < convolutions.Length
            ? measurement with
            {
                Verdict = Verdict.Inconclusive,
                Remark =
                    $"only {solved} of {convolutions.Length} convolutions could be solved: "
                    + $"{Array.Find(convolutions, convolution => !convolution.IsSolved)!.Loss}",
            }
            : measurement;
    }
}
