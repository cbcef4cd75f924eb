using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>A1 and A2: the closed forms of large batches in wide nets, by a ladder on which width and batch double together.</summary>
internal static class LargeBatchChecks
{
    private const int Narrowest = 16;

    /// <summary>A1: ln δχ of <c>bn_ff</c>, whose limit is 0.19; a batch of 64 alone adds 0.015.</summary>
    private const double IncrementDiscrepancy = 0.06;

    /// <summary>A2: ln χ of <c>bn_res</c> after four units, 0.55 by the closed form.</summary>
    private const double GrowthDiscrepancy = 0.3;

    /// <summary>A1: δχ tends to sqrt(π/(π - 1)), so SNR decays by (π - 1)/π in each layer.</summary>
    public static IEnumerable<Measurement> Increment(CheckContext context, string architecture)
    {
        const int depth = 3;
        var ladder = new Extrapolation(context.Rates);
        var limit = new Expected(Math.Log(LargeBatchLimits.BatchNormIncrement));

        // Two layers' increments scatter by about 1/N between nets.
        Climb(context, architecture, depth, ladder, 1.0 / Narrowest, IncrementDiscrepancy, trace => new Observed((LogChi(trace.At(depth, PlaceKind.Relu)) - LogChi(trace.At(1, PlaceKind.Relu))) / (depth - 1)), limit);
        yield return ladder.Conclude($"ln δχ, extrapolated from N = M = {Narrowest}, {2 * Narrowest}, {4 * Narrowest}", IncrementDiscrepancy);
    }

    /// <summary>A2: χ follows the ratio of gamma functions that grows as l^τ.</summary>
    public static IEnumerable<Measurement> PowerLaw(CheckContext context, string architecture)
    {
        const int depth = 4;
        var ladder = new Extrapolation(context.Rates);
        var limit = new Expected(LargeBatchLimits.LogResidualChi(depth, 2));
        Climb(context, architecture, depth, ladder, 2.7 / Narrowest, GrowthDiscrepancy, trace => new Observed(LogChi(trace.At(depth, PlaceKind.Addition)) - LogChi(trace.At(0, 0))), limit);
        yield return ladder.Conclude($"ln χ after {depth} units, extrapolated from N = M = {Narrowest}, {2 * Narrowest}, {4 * Narrowest}", GrowthDiscrepancy);
    }

    private static void Climb(CheckContext context, string architecture, int depth, Extrapolation ladder, double deviation, double discrepancy, Func<Trace, Observed> observe, Expected limit)
    {
        // Student's test must know the skewness, which takes some hundred and sixty samples in each rung whatever the discrepancy.
        var simulations = Math.Max(160, KnownVarianceTest.SamplesFor(context.Rates, deviation * 1.8, discrepancy));
        for (var rung = 0; rung < 3; rung++)
        {
            var size = Narrowest << rung;
            var network = new NetworkSettings(Architecture.Named(architecture), new TensorShape(size, 1, 1, 4 * size), depth, size, 1, Boundary.Periodic, 0);
            foreach (var trace in context.Simulate(network, rung, simulations))
            {
                ladder.Add(rung, observe(trace), limit);
            }
        }
    }

    private static double LogChi(Snapshot snapshot) =>
        0.5 * Math.Log(WrittenOutLayers.MeanSquare(snapshot.Noise) / WrittenOutLayers.Variances(snapshot.Signal, snapshot.Shape.Channels).Average());
}
