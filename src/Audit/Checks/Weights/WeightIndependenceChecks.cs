using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>I8 and I9: no weights correlate with others.</summary>
internal static class WeightIndependenceChecks
{
    /// <summary>Number of quantities of I8: nine of the wide network, seven of that with kernels, one each of the narrow and the deep network.</summary>
    private const int QuantitiesWithin = 18;

    /// <summary>Number of quantities of I9: four of the narrow network, two each of the others.</summary>
    private const int QuantitiesBetween = 8;

    /// <summary>Simulations of the narrow network that are compared in every order and at every lag.</summary>
    private const int Some = 128;

    /// <summary>δ of the correlation of two simulations, all together.</summary>
    internal const double OfSimulations = 0.05;

    /// <summary>δ of the correlation of two seeds, all simulations of the narrow network together.</summary>
    internal const double OfSeeds = 0.15;

    /// <summary>I8: the weights of a simulation are independent of each other.</summary>
    public static IEnumerable<Measurement> WithinSimulation(CheckContext context, Architecture architecture)
    {
        var (weights, rates) = (context.RecoveredOf(architecture), context.Rates.SharedBy(QuantitiesWithin));
        return
        [
            .. Considering(
                weights.Wide,
                wide => Within(wide, [.. wide.Take(1)], rates, (WeightDiscrepancies.PairWide, WeightDiscrepancies.Channels), "fully connected")
            ),
            .. Considering(weights.Wide, wide => ConvolutionPairs.Successive(wide, rates, "fully connected")),
            .. Considering(
                weights.Kernel,
                kernel => Within(kernel, kernel, rates, (WeightDiscrepancies.PairNarrow, WeightDiscrepancies.KernelInputs), "2×2 kernels")
            ),
            .. Considering([.. weights.Narrow.Take(Some)], narrow => [LaggedWeights.Measure(narrow, rates, "fully connected, 16 channels")]),
            .. Considering(
                weights.Deep,
                deep =>
                    [
                        ConvolutionPairs.AnyTwo(
                            deep,
                            rates,
                            WeightDiscrepancies.PairDeep,
                            $"fully connected, {deep[0].Convolutions.Count} convolutions of 16 channels"
                        ),
                    ]
            ),
        ];
    }

    /// <summary>I9: the weights of different simulations and seeds are independent.</summary>
    public static IEnumerable<Measurement> BetweenSimulations(CheckContext context, Architecture architecture)
    {
        var (weights, rates) = (context.RecoveredOf(architecture), context.Rates.SharedBy(QuantitiesBetween));
        return
        [
            .. Considering(weights.Narrow, narrow => OfSmallOnes(narrow, weights.Seed, rates)),
            .. Considering(weights.Wide, wide => OfLargeOnes(wide, rates, WeightDiscrepancies.PairWide, "fully connected, 64 channels")),
            .. Considering(weights.Kernel, kernel => OfLargeOnes(kernel, rates, WeightDiscrepancies.PairNarrow, "2×2 kernels")),
        ];
    }

    private static IEnumerable<Measurement> Within(
        IReadOnlyList<RecoveredSimulation> simulations,
        IReadOnlyList<RecoveredSimulation> streams,
        ErrorRates rates,
        (double Single, double Inputs) discrepancies,
        string network
    ) =>
        [
            .. ConvolutionPairs.WithinSimulation(simulations, rates, discrepancies.Single, network),
            ChannelPairs.Outputs(simulations, rates, network),
            ChannelPairs.Inputs(simulations, rates, discrepancies.Inputs, network),
            ChannelAngles.Measure(simulations, rates, network),
            ConvolutionPairs.Reordered(simulations, rates, network),
            LaggedWeights.Measure(streams, rates, network),
        ];

    private static IEnumerable<Measurement> OfSmallOnes(IReadOnlyList<RecoveredSimulation> narrow, ulong seed, ErrorRates rates)
    {
        const string network = "fully connected, 16 channels";
        yield return AnyTwo(
            narrow,
            [IndexOrder.Same],
            rates,
            WeightDiscrepancies.PairNarrow,
            $"correlation of any two convolutions of any simulations and seeds, {network}"
        );

        // Each simulation occurs once: a convolution and itself in another order would not be independent vectors.
        RecoveredSimulation[] some =
        [
            .. narrow.Where(simulation => simulation.Seed == seed).Take(Some / 2),
            .. narrow.Where(simulation => simulation.Seed != seed),
        ];
        yield return AnyTwo(
            some,
            [IndexOrder.Transposed, IndexOrder.Flipped],
            rates,
            WeightDiscrepancies.PairNarrow,
            $"correlation of any two convolutions, one of them in another order, {network}"
        );

        var test = new CosineTest(rates, 1);
        test.Add(SimulationPairs.Successive([.. narrow.Where(simulation => simulation.Seed == seed)]), () => "");
        yield return test.Conclude($"correlation of successive simulations, {network}", OfSimulations);

        ulong[] others = [.. RecoveredWeights.Neighbours(seed)];
        var seeds = new CosineTest(rates, others.Length);
        foreach (var other in others)
        {
            seeds.Add(SimulationPairs.OfSeeds(narrow, seed, other), () => $"{seed} and {other}");
        }

        yield return seeds.Conclude($"correlation of two seeds, {network}", OfSeeds);
    }

    private static IEnumerable<Measurement> OfLargeOnes(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, double discrepancy, string network)
    {
        yield return AnyTwo(simulations, [IndexOrder.Same], rates, discrepancy, $"correlation of any two convolutions of any simulations, {network}");

        var test = new CosineTest(rates, 1);
        test.Add(SimulationPairs.Successive(simulations), () => "");
        yield return test.Conclude($"correlation of successive simulations, {network}", OfSimulations);
    }

    private static Measurement AnyTwo(
        IReadOnlyList<RecoveredSimulation> simulations,
        IndexOrder[] orders,
        ErrorRates rates,
        double discrepancy,
        string quantity
    )
    {
        var test = new CosineTest(rates, orders.Length * SimulationPairs.Count(simulations));
        foreach (var order in orders)
        {
            SimulationPairs.AddAll(simulations, order, test);
        }

        return test.Conclude(quantity, discrepancy);
    }

    private static IEnumerable<Measurement> Considering(
        IReadOnlyList<RecoveredSimulation> simulations,
        Func<IReadOnlyList<RecoveredSimulation>, IEnumerable<Measurement>> measure
    ) =>
        simulations.Count == 0
            ? []
            : measure(simulations).Select(measurement => measurement.Considering(simulations.SelectMany(simulation => simulation.Convolutions)));
}
