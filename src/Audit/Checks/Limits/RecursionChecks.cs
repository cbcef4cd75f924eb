using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>R1 and R2: networks of finite width have the law of the exact sampler, whose limit of infinite width is the kernel recursion.</summary>
/// <remarks>
/// That the sampler tends to the recursion is a statement about Theory alone, and is tested there; here no width is infinite and nothing is extrapolated.
/// </remarks>
internal static class RecursionChecks
{
    private const int Depth = 2;

    /// <summary>
    /// Narrow enough to be far from the limit. A logarithm would be missing if all 24 neurons were off at all twelve points. This has the probability 10⁻²⁵: a
    /// neuron is off at all points with a probability of a tenth at most, independently of the others.
    /// </summary>
    private const int Width = 24;

    /// <summary>δ of ln χ; two layers of a batch-normalised net gain 0.6, and one wrong layer changes 0.2.</summary>
    internal const double LogChiDiscrepancy = 0.2;

    /// <summary>δ of ln r_eff without batch norm, where two layers lose 0.5; and δ of ln μ₂ with batch norm.</summary>
    internal const double SpreadDiscrepancy = 0.2;

    /// <summary>ln χ, and the effective rank or the variance of the signal, at depth 2.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The measurements.</returns>
    public static IEnumerable<Measurement> Law(CheckContext context, Architecture architecture)
    {
        var network = new NetworkSettings(
            architecture,
            new TensorShape(12, 1, 1, 48),
            Depth,
            Width,
            1,
            Boundary.Periodic,
            context.EpsilonFor(0.01, zeroWillDo: true)
        );
        var ofRank = !network.Architecture.HasBatchNorm && context.Reports("reff_signal");
        var rates = context.Rates.SharedBy(2);

        // For planning: at this width ln χ and ln μ₂ of one network scatter by about 0.25, ln r_eff by 0.15, a difference of two networks by √2 times as much.
        var chi = new TwinTest(rates, context.Discrepancy(LogChiDiscrepancy), 0.36, context.SampleShare);
        var spread = new TwinTest(rates, context.Discrepancy(SpreadDiscrepancy), ofRank ? 0.25 : 0.36, context.SampleShare);
        var ranks = new Queue<double>();
        var simulation = 0L;
        foreach (var trace in context.SimulateUntilDecided(network, 0, Math.Max(chi.Planned, spread.Planned), [chi, spread], null, ofRank ? NoteRank : null))
        {
            var twin = SampledTwin.Sample(context, 0, simulation++, trace, Depth)[0];
            var last = trace.At(Depth, network.Architecture.Places[^1].Number);
            var mu2 = WrittenOutLayers.Variances(last.Signal, network.Channels).Average();
            chi.Add(0.5 * Math.Log(WrittenOutLayers.MeanSquare(last.Noise) / mu2), twin.LogChi(1));
            if (ofRank)
            {
                spread.Add(Math.Log(ranks.Dequeue()), Math.Log(twin.ReffSignal));
            }
            else
            {
                spread.Add(Math.Log(mu2), twin.LogMu2Signal);
            }
        }

        yield return chi.Conclude($"ln χ at depth {Depth}, N = {Width}, against sampled networks");
        yield return spread.Conclude($"{(ofRank ? "ln r_eff" : "ln μ₂(x)")} at depth {Depth}, N = {Width}, against sampled networks");

        void NoteRank(Snapshot snapshot)
        {
            if (snapshot.Depth == Depth && snapshot.Place.Kind == UnitPlaceKind.Relu)
            {
                ranks.Enqueue(snapshot.Moments().ReffSignal);
            }
        }
    }
}
