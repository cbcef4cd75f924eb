using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The layers of many independent simulations, one after the other.</summary>
internal static class Layers
{
    /// <summary>Simulates enough networks for a number of layers, each with its own input and the subject's own weights.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="network">The network.</param>
    /// <param name="study">Separates studies.</param>
    /// <param name="layers">Number of layers or residual units that are needed.</param>
    /// <param name="depthsUsed">Depths of each simulation that are of use; by default all.</param>
    /// <returns>Traces and depths; at least as many as asked for.</returns>
    public static IEnumerable<(Trace Trace, int Depth)> Of(CheckContext context, NetworkSettings network, int study, long layers, int? depthsUsed = null)
    {
        var depths = depthsUsed ?? network.Depth;
        foreach (var trace in context.Simulate(network, study, Simulations(layers, depths)))
        {
            for (var depth = 1; depth <= depths; depth++)
            {
                yield return (trace, depth);
            }
        }
    }

    private static long Simulations(long layers, int depths) => (layers + depths - 1) / depths;
}
