using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// I10: weights depend only on the seed and the number of the simulation, whatever is propagated through them and whatever else is asked for.
/// </summary>
internal static class SeedChecks
{
    /// <summary>Number of simulations that are asked for together; one of them is then asked for again, alone and with another input.</summary>
    private const int Together = 4;

    /// <summary>Number of repetitions, each with another seed.</summary>
    private const int Seeds = 3;

    /// <summary>I10: one set of weights explains two propagations of one simulation, with different inputs.</summary>
    /// <remarks>
    /// The equations of both propagations are solved together. If one set of weights explains both, the residual is no longer than the error of the outputs.
    /// </remarks>
    public static IEnumerable<Measurement> WhateverTheInput(CheckContext context, Architecture architecture)
    {
        var network = new WeightNetworks(architecture, context.Subject.Description.EpsilonForWeights()).Narrow;
        if (!context.Offers(network, given: false))
        {
            yield break;
        }

        var (comparison, convolutions) = (new ExactComparison(), new List<RecoveredConvolution>());
        for (var study = 0; study < Seeds; study++)
        {
            var seed = context.SeedOf(study);
            var together = Trace.All(context.Subject, network, [.. Enumerable.Range(0, Together).Select(simulation => Ask(simulation, input: simulation))]);
            var asked = study % Together;
            var alone = Trace.Record(context.Subject, network, Ask(asked, Together).Weights, Ask(asked, Together).Input);
            foreach (var (one, other) in ShownConvolution.AllOf(together[asked], context.UnitRoundoff).Zip(ShownConvolution.AllOf(alone, context.UnitRoundoff)))
            {
                var solved = new RecoveredConvolution(one.Beside(other), context.UnitRoundoff, ownSeed: 0);
                convolutions.Add(solved);
                if (solved.IsSolved)
                {
                    comparison.AddZeros(
                        solved.Residuals,
                        solved.ResidualErrors,
                        output => $"output {output} of convolution {solved.Index}, simulation {asked}"
                    );
                }
            }

            Propagation Ask(int simulation, int input) =>
                new(new Weights.Own(seed, (uint)simulation), Batch.Gaussian(network, context.SeedOf(~study), (uint)input));
        }

        yield return SolvedWeightChecks.Considering(comparison.Conclude("what one set of weights leaves of two inputs, in roundings"), [.. convolutions]);
    }
}
