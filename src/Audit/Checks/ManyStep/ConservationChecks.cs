using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>W2: expected second moments after many layers without batch norm.</summary>
internal static class ConservationChecks
{
    /// <summary>A weight variance off by 5 % grows to 1.05⁸ - 1 = 48 % over the layers of this check.</summary>
    internal const double ProductDiscrepancy = 0.45;
    internal const int ProductDepth = 8;

    /// <summary>Depth of convolutional networks, which cost more. Four layers have less variance to overcome, and must show a growth of 22 %.</summary>
    private const int ConvolutionalDepth = 4;

    /// <summary>W2: the expectations of ν₂ of signal and noise stay the same over many layers of a <c>vanilla</c> net.</summary>
    public static IEnumerable<Measurement> Products(CheckContext context, Architecture architecture)
    {
        var networks = context.Offered([
            .. OneStepNetworks.Periodic(architecture).Select(network => network with { Depth = network.KernelSize == 1 ? ProductDepth : ConvolutionalDepth }),
        ]);
        var rates = context.Rates.SharedBy(2 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];

            // In one layer, conditional second moments grow by at most 1 + 5/N (if all points are equal). So the product's variance is bounded; its tail is
            // heavy.
            var variance = Math.Pow(1 + (5.0 / network.Channels), network.Depth) - 1;
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(variance), context.Discrepancy(ProductDiscrepancy));
            var signal = new KnownVarianceTest(rates, context.Discrepancy(ProductDiscrepancy), context.Planned(planned));
            var noise = new KnownVarianceTest(rates, context.Discrepancy(ProductDiscrepancy), context.Planned(planned));
            foreach (var trace in context.SimulateUntilDecided(network, study, planned, [signal, noise]))
            {
                var (before, after) = (trace.At(0, 0), trace.At(network.Depth, UnitPlaceKind.Relu));
                signal.Add(new Observed(Ratio(after.Signal, before.Signal)), new Expected(ManyStepLaws.VanillaNu2(1, network.Depth)), variance);
                noise.Add(new Observed(Ratio(after.Noise, before.Noise)), new Expected(ManyStepLaws.VanillaNu2(1, network.Depth)), variance);
            }

            yield return signal.Conclude($"ν₂(x) after {network.Depth} layers, {network.Describe()}");
            yield return noise.Conclude($"μ₂(dx) after {network.Depth} layers, {network.Describe()}");
        }
    }

    private static double Ratio(double[] after, double[] before) => WrittenOutLayers.MeanSquare(after) / WrittenOutLayers.MeanSquare(before);
}
