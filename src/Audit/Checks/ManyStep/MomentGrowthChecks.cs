using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>W2, W3, W4: expected second moments after many layers.</summary>
internal static class MomentGrowthChecks
{
    /// <summary>A weight variance off by 5 % grows to 1.05⁸ - 1 = 48 % over the layers of this check.</summary>
    private const double ProductDiscrepancy = 0.45;
    private const int ProductDepth = 8;

    /// <summary>Convolutions cost more; four layers have less variance to overcome, and 22 % of growth to show.</summary>
    private const int ConvolutionalDepth = 4;

    /// <summary>A unit that adds a tenth more or less than its law.</summary>
    private const double GrowthDiscrepancy = 0.1;

    /// <summary>W2: ν₂ of signal and noise are what they were, in expectation, after many layers of a <c>vanilla</c> net.</summary>
    public static IEnumerable<Measurement> Conservation(CheckContext context, string architecture)
    {
        var networks = context.Offered([.. OneStepNetworks.Periodic(architecture).Select(network => network with { Depth = network.KernelSize == 1 ? ProductDepth : ConvolutionalDepth })]);
        var rates = context.Rates.SharedBy(2 * networks.Length);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];

            // Conditional second moments grow by 1 + 5/N in a layer at most (all points one), so the product's variance is bounded; its tail is heavy.
            var variance = Math.Pow(1 + (5.0 / network.Channels), network.Depth) - 1;
            var planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(variance), ProductDiscrepancy);
            var (signal, noise) = (new KnownVarianceTest(rates, planned), new KnownVarianceTest(rates, planned));
            foreach (var trace in context.Simulate(network, study, planned))
            {
                var (before, after) = (trace.At(0, 0), trace.At(network.Depth, PlaceKind.Relu));
                signal.Add(new Observed(Ratio(after.Signal, before.Signal)), new Expected(ManyStepLaws.VanillaNu2(1, network.Depth)), variance);
                noise.Add(new Observed(Ratio(after.Noise, before.Noise)), new Expected(ManyStepLaws.VanillaNu2(1, network.Depth)), variance);
            }

            yield return signal.Conclude($"ν₂(x) after {network.Depth} layers, {network.Describe()}", ProductDiscrepancy);
            yield return noise.Conclude($"μ₂(dx) after {network.Depth} layers, {network.Describe()}", ProductDiscrepancy);
        }
    }

    /// <summary>W3: a <c>bn_res</c> unit adds 1 to ν₂ in expectation, so its branch weighs 1/(l + 1) of its skip connection.</summary>
    public static IEnumerable<Measurement> Dilution(CheckContext context, string architecture)
    {
        const int units = 12;
        var networks = context.Offered(
        [
            OneStepNetworks.FullyConnected(architecture) with { Depth = units },
            OneStepNetworks.FullyConnected(architecture, 3) with { Depth = units, Channels = 12 },
            OneStepNetworks.Convolutional(architecture, Boundary.Periodic) with { Depth = units / 2, Channels = 12, Architecture = Architecture.Named(architecture) },
        ]);
        var rates = context.Rates.SharedBy(networks.Length + 1);
        var dilution = new StudentTest(rates);
        for (var study = 0; study < networks.Length; study++)
        {
            var network = networks[study];
            var growth = new StudentTest(rates);

            // For planning: measured, the weighted mean over the units deviates by about √(0.3/N); a few hundred simulations also tame the skewness that Student's test must allow for.
            var simulations = (int)KnownVarianceTest.SamplesFor(rates, Math.Sqrt(0.4 / network.Channels), 0.45 * GrowthDiscrepancy);
            foreach (var trace in context.Simulate(network, study, simulations))
            {
                var (sum, weights) = (0.0, 0.0);
                for (var depth = 1; depth <= network.Depth; depth++)
                {
                    // The cross term scatters as the square root of the depth; weights that depend on the depth alone keep the mean.
                    var weight = 1.0 / depth;
                    sum += weight * (WrittenOutLayers.MeanSquare(trace.At(depth, PlaceKind.Addition).Signal) - WrittenOutLayers.MeanSquare(trace.At(depth, 1).Signal));
                    weights += weight;
                }

                growth.Add(new Observed(sum / weights), new Expected(ManyStepLaws.BatchNormResidualNu2(0, 1)));
                if (study == 0)
                {
                    var (skip, after) = (trace.At(units, 1).Signal, trace.At(units, PlaceKind.Addition).Signal);
                    var branch = WrittenOutLayers.MeanSquare([.. after.Zip(skip, (x, y) => x - y)]);
                    var expected = ManyStepLaws.Dilution(units - 1) * ManyStepLaws.BatchNormResidualNu2(1, units - 1);
                    dilution.Add(new Observed(branch), new Expected(expected));
                }
            }

            yield return growth.Conclude($"growth of ν₂ in a unit, N = {network.Channels}, H = {network.Architecture.ResidualDepth}, {network.Describe()}", GrowthDiscrepancy);
        }

        yield return dilution.Conclude($"ν₂ of the branch of unit {units}, 1/(l+1) of an expected skip of l+1", 2 * GrowthDiscrepancy);
    }

    /// <summary>W4: a <c>vanilla_res</c> unit doubles ν₂ of signal and noise in expectation: exactly in the first, up to O(1/N) after it.</summary>
    public static IEnumerable<Measurement> Doubling(CheckContext context, string architecture)
    {
        const int units = 4;
        var rates = context.Rates.SharedBy(3);
        var (signal, noise) = (new StudentTest(rates), new StudentTest(rates));
        var later = new Extrapolation(rates);
        var simulations = (int)KnownVarianceTest.SamplesFor(rates, Math.Sqrt(2.0 / OneStepNetworks.Width), GrowthDiscrepancy);
        for (var rung = 0; rung < 3; rung++)
        {
            var network = OneStepNetworks.FullyConnected(architecture) with { Depth = units, Channels = OneStepNetworks.Width / 2 << rung };
            foreach (var trace in context.Simulate(network, rung, simulations))
            {
                var (start, first, last) = (trace.At(0, 0), trace.At(1, PlaceKind.Addition), trace.At(units, PlaceKind.Addition));
                if (rung == 1)
                {
                    signal.Add(new Observed(Ratio(first.Signal, start.Signal)), new Expected(Math.Exp(ManyStepLaws.LogVanillaResidualNu2(0, 1))), 2);
                    noise.Add(new Observed(Ratio(first.Noise, start.Noise)), new Expected(Math.Exp(ManyStepLaws.LogVanillaResidualNu2(0, 1))), 2);
                }

                // The growth of each unit relative to a doubling, averaged: less skewed than the product.
                var growth = Enumerable.Range(2, units - 1).Average(depth => Ratio(trace.At(depth, PlaceKind.Addition).Signal, trace.At(depth, 1).Signal)) / 2;
                later.Add(rung, new Observed(growth), new Expected(1));
            }
        }

        yield return signal.Conclude("ν₂(y¹)/ν₂(y⁰)", GrowthDiscrepancy);
        yield return noise.Conclude("μ₂(dy¹)/μ₂(dy⁰)", GrowthDiscrepancy);
        yield return later.Conclude($"half the growth in units 2 to {units}, extrapolated from N = {OneStepNetworks.Width / 2}, {OneStepNetworks.Width}, {2 * OneStepNetworks.Width}", 2 * GrowthDiscrepancy);
    }

    private static double Ratio(double[] after, double[] before) => WrittenOutLayers.MeanSquare(after) / WrittenOutLayers.MeanSquare(before);

}
