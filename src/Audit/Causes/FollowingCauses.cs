using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Finds the claims that are rejected only because of explained mistakes in layers: what these claims add is right by itself.</summary>
internal static class FollowingCauses
{
    /// <summary>Claims that solve for the weights of every convolution, including those whose input is not shown.</summary>
    private static readonly string[] OfWeights = ["I6", "I7", "I10"];

    /// <summary>D7: the noise of the whole network is a derivative if that of each layer is.</summary>
    /// <param name="explained">All mistakes in the layers, each of them explained.</param>
    /// <param name="rejected">Ids of the rejected claims.</param>
    /// <returns>Nothing where the claim holds.</returns>
    public static IEnumerable<Explanation> OfDerivative(IReadOnlyList<Explanation> explained, IReadOnlySet<string> rejected)
    {
        if (rejected.Contains("D7"))
        {
            var parts = string.Join(" and ", explained.Select(explanation => explanation.Part).Distinct());
            yield return Explanation.Following(
                "noise of the whole network",
                "D7 is rejected, since this noise passes through every layer",
                $"what is shown of all layers but {parts} is right"
            );
        }
    }

    /// <summary>
    /// Claims that solve for weights. In a branch of two layers the input of the second is not shown; it is written out by the definition, and a wrong layer
    /// before it does not follow the definition. The rejection follows from that layer if one set of weights without biases explains two propagations in all
    /// convolutions whose input and output are shown.
    /// </summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">A residual architecture.</param>
    /// <param name="rejected">Ids of the rejected claims.</param>
    /// <returns>Nothing if the claims hold, or if something is wrong with convolutions that are shown.</returns>
    public static IEnumerable<Explanation> OfWeightsBehind(CheckContext context, Architecture architecture, IReadOnlySet<string> rejected)
    {
        string[] ids = [.. OfWeights.Where(rejected.Contains)];
        var network = new WeightNetworks(architecture, context.Subject.Description.EpsilonForWeights()).Narrow;
        if (ids.Length == 0 || network.Architecture.ConvolutionsPerUnit < 2)
        {
            yield break;
        }

        var seed = Mixing.SeedOf(context.Seed, "weights of convolutions that are shown");
        var (one, other) = (Shown(0), Shown(1));
        RecoveredConvolution[] solved =
        [
            .. one.Zip(other)
                .Select(pair => new RecoveredConvolution(pair.First.Beside(pair.Second), context.UnitRoundoff, ownSeed: 0))
                .Where(convolution => convolution.IsSolved),
        ];
        if (
            solved.Length > 0
            && solved.All(convolution => IsWithin(convolution.Residuals, convolution.ResidualErrors) && IsWithin(convolution.Bias, convolution.BiasErrors))
        )
        {
            yield return Explanation.Following(
                WeightCauses.Part,
                $"{string.Join(", ", ids)} {(ids.Length == 1 ? "is" : "are")} rejected where a branch has several layers, since what goes into "
                    + "those that are not shown is written out by the definition",
                "one set of weights explains two inputs in "
                    + $"{(solved.Length == 1 ? "the convolution" : $"each of the {solved.Length} convolutions")} whose input and output are shown"
            );
        }

        ShownConvolution[] Shown(uint input) =>
            [
                .. ShownConvolution
                    .AllOf(Trace.Record(context.Subject, network, new Weights.Own(seed, 0), Batch.Gaussian(network, seed, input)), context.UnitRoundoff)
                    .Where(convolution => convolution.SignalError is null && convolution.OutputSignalError is null),
            ];
    }

    private static bool IsWithin(double[] values, double[] errors) => values.Zip(errors).All(pair => Math.Abs(pair.First) <= pair.Second);
}
