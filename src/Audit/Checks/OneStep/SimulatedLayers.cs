using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The layers of many independent simulations, one after the other.</summary>
internal static class SimulatedLayers
{
    /// <summary>Simulates networks, each with its own input and the subject's own weights, until tests decide or the budget is spent.</summary>
    /// <param name="context">The subject, error rates and seed.</param>
    /// <param name="network">The network.</param>
    /// <param name="study">Number of the study; studies share no randomness.</param>
    /// <param name="planned">Number of layers or residual units that most true claims need.</param>
    /// <param name="tests">The tests that the layers are for.</param>
    /// <param name="depthsUsed">The number of depths of each simulation that are used; by default all.</param>
    /// <returns>Traces and depths, all depths of a trace in order.</returns>
    public static IEnumerable<(Trace Trace, int Depth)> UntilDecided(
        CheckContext context,
        NetworkSettings network,
        int study,
        long planned,
        IReadOnlyCollection<ISequentialTest> tests,
        int? depthsUsed = null
    )
    {
        var depths = depthsUsed ?? network.Depth;
        foreach (var trace in context.SimulateUntilDecided(network, study, Simulations(planned, depths), tests))
        {
            for (var depth = 1; depth <= depths; depth++)
            {
                yield return (trace, depth);
            }
        }
    }

    private static long Simulations(long layers, int depths) => (layers + depths - 1) / depths;
}
