using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A1 and A2: compares the growth of χ, at a width and batch where it is near the closed forms, with the exact sampler.</summary>
/// <remarks>That the sampler tends to the closed forms when width and batch grow is a statement about Theory alone, and is tested there.</remarks>
internal static class LargeBatchChecks
{
    /// <summary>Width and batch. ln δχ is 0.213 here, and 0.192 in the limit.</summary>
    private const int Size = 32;

    /// <summary>A1: ln δχ of <c>bn_ff</c>, whose limit is 0.19.</summary>
    internal const double IncrementDiscrepancy = 0.06;

    /// <summary>A2: ln χ of <c>bn_res</c> after four units, 0.55 by the closed form.</summary>
    internal const double GrowthDiscrepancy = 0.15;

    /// <summary>A1: the gain of ln χ in each of two layers.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The measurement.</returns>
    public static IEnumerable<Measurement> Increment(CheckContext context, Architecture architecture)
    {
        const int depth = 3;

        // For planning: the gain of two layers together scatters by about 3/N between networks, a difference of two networks by √2 times as much.
        var test = new TwinTest(context.Rates, context.Discrepancy(IncrementDiscrepancy), 3.0 * Math.Sqrt(2) / (depth - 1) / Size, context.SampleShare);
        foreach (var (trace, twin) in Pairs(context, architecture, depth, test, 1, depth))
        {
            test.Add(
                (LogChi(trace.At(depth, UnitPlaceKind.Relu)) - LogChi(trace.At(1, UnitPlaceKind.Relu))) / (depth - 1),
                (twin[1].LogChi(1) - twin[0].LogChi(1)) / (depth - 1)
            );
        }

        yield return test.Conclude($"ln δχ in layers 2 and 3, N = M = {Size}, against sampled networks");
    }

    /// <summary>A2: ln χ after four units, from depth 1 on.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The measurement.</returns>
    public static IEnumerable<Measurement> PowerLaw(CheckContext context, Architecture architecture)
    {
        const int depth = 4;
        var test = new TwinTest(context.Rates, context.Discrepancy(GrowthDiscrepancy), 6.0 * Math.Sqrt(2) / Size, context.SampleShare);
        foreach (var (trace, twin) in Pairs(context, architecture, depth, test, depth))
        {
            test.Add(LogChi(trace.At(depth, UnitPlaceKind.Addition)), twin[0].LogChi(1));
        }

        yield return test.Conclude($"ln χ after {depth} units, N = M = {Size}, against sampled networks");
    }

    private static IEnumerable<(Trace Trace, Theory.PredictedMoments[] Twin)> Pairs(
        CheckContext context,
        Architecture architecture,
        int depth,
        TwinTest test,
        params int[] looked
    )
    {
        var network = new NetworkSettings(architecture, new TensorShape(Size, 1, 1, 4 * Size), depth, Size, 1, Boundary.Periodic, 0);
        var simulation = 0L;
        foreach (var trace in context.SimulateUntilDecided(network, 0, test.Planned, [test]))
        {
            yield return (trace, SampledTwin.Sample(context, 0, simulation++, trace, looked));
        }
    }

    private static double LogChi(Snapshot snapshot) =>
        0.5 * Math.Log(WrittenOutLayers.MeanSquare(snapshot.Noise) / WrittenOutLayers.Variances(snapshot.Signal, snapshot.Shape.Channels).Average());
}
