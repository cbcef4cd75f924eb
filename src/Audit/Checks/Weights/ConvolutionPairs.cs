using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Compares convolutions of one network with each other, with the second one in each of its orders.</summary>
internal static class ConvolutionPairs
{
    /// <summary>Pairs of convolutions of the same shape within a simulation: each pair by itself, and each pair over all simulations together.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates of each of the two measurements.</param>
    /// <param name="single">The correlation of two single convolutions that must be seen.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static IEnumerable<Measurement> WithinSimulation(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, double single, string network)
    {
        var pairs = Pairs(simulations[0].Convolutions).ToArray();
        var ones = new CosineTest(rates, (long)pairs.Length * simulations.Count);
        var pooled = Pool(simulations, pairs, rates, ones);
        yield return ones.Conclude($"correlation of two convolutions of a simulation, {network}", single);
        yield return pooled.Conclude($"correlation of two convolutions, all simulations together, {network}", WeightDiscrepancies.PairPooled);
    }

    /// <summary>Pairs of convolutions of the same shape, each over all simulations together.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="discrepancy">The correlation that must be seen.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static Measurement AnyTwo(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, double discrepancy, string network) =>
        Pool(simulations, [.. Pairs(simulations[0].Convolutions)], rates, ones: null)
            .Conclude($"correlation of two convolutions, all simulations together, {network}", discrepancy);

    /// <summary>
    /// Successive convolutions of the same shape, all simulations together: first the pairs that begin at an odd number, then the others, so that no weight is
    /// in both vectors.
    /// </summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates of each of the two measurements.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static IEnumerable<Measurement> Successive(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, string network)
    {
        foreach (var (start, discrepancy) in new[] { (1, WeightDiscrepancies.Successive), (2, WeightDiscrepancies.SuccessiveEven) })
        {
            var (test, sums) = (new CosineTest(rates, 1), new CosineSums());
            foreach (var simulation in simulations)
            {
                for (var i = start; i + 1 < simulation.Convolutions.Count; i += 2)
                {
                    sums.Add(simulation.Convolutions[i], simulation.Convolutions[i + 1], simulation.Convolutions[i + 1].Weights);
                }
            }

            test.Add(sums.Cosine, () => "");
            yield return test.Conclude($"correlation of convolutions {start} and {start + 1} and so on, all simulations together, {network}", discrepancy);
        }
    }

    /// <summary>Each convolution with itself in another order: the weights that come before their image, with their images.</summary>
    /// <param name="simulations">The simulations.</param>
    /// <param name="rates">The permitted error rates.</param>
    /// <param name="network">The network in words, for messages.</param>
    public static Measurement Reordered(IReadOnlyList<RecoveredSimulation> simulations, ErrorRates rates, string network)
    {
        var shape = simulations[0].Convolutions[^1].Shape;
        IndexOrder[] orders = [.. IndexOrders.Others(shape)];
        var test = new CosineTest(rates, orders.Length);
        foreach (var order in orders)
        {
            var (sums, permutation) = (new CosineSums(), order.Permutation(shape));
            foreach (
                var convolution in simulations.SelectMany(simulation => simulation.Convolutions).Where(convolution => SameArrangement(convolution.Shape, shape))
            )
            {
                AddHalves(sums, convolution, permutation);
            }

            test.Add(sums.Cosine, () => $"weights{order.InWords()}");
        }

        return test.Conclude($"correlation of a convolution with itself in another order, {network}", WeightDiscrepancies.Reordered);
    }

    /// <summary>Whether the weights of two convolutions have the same number and the same indices.</summary>
    public static bool SameArrangement(KernelShape one, KernelShape other) => one with { VarianceTimesFanIn = 0 } == other with { VarianceTimesFanIn = 0 };

    /// <summary>The test of each pair over all simulations together. Each pair of well-known convolutions is also added to the test of single pairs.</summary>
    private static CosineTest Pool(
        IReadOnlyList<RecoveredSimulation> simulations,
        (int First, int Second, IndexOrder Order)[] pairs,
        ErrorRates rates,
        CosineTest? ones
    )
    {
        var pooled = new CosineTest(rates, pairs.Length);
        foreach (var (first, second, order) in pairs)
        {
            var sums = new CosineSums();
            var permutation = order.Permutation(simulations[0].Convolutions[second].Shape);
            foreach (var simulation in simulations)
            {
                var (one, other) = (simulation.Convolutions[first], simulation.Convolutions[second]);
                var cosine = sums.Add(one, other, other.Ordered(order, permutation));
                if (one.IsWellKnown && other.IsWellKnown)
                {
                    ones?.Add(cosine, () => $"{Name(first, second, order)} of simulation {simulation.Simulation}");
                }
            }

            pooled.Add(sums.Cosine, () => Name(first, second, order));
        }

        return pooled;
    }

    private static void AddHalves(CosineSums sums, RecoveredConvolution convolution, int[] permutation)
    {
        var (weights, product, squares, dimensions) = (convolution.Weights, 0.0, (A: 0.0, B: 0.0), 0L);
        for (var i = 0; i < weights.Length; i++)
        {
            var image = permutation[i];
            if (i < image)
            {
                product += weights[i] * weights[image];
                squares = (squares.A + (weights[i] * weights[i]), squares.B + (weights[image] * weights[image]));
                dimensions++;
            }
        }

        sums.Add(product, squares, (convolution.SquaredError, convolution.SquaredError), dimensions);
    }

    private static IEnumerable<(int First, int Second, IndexOrder Order)> Pairs(IReadOnlyList<RecoveredConvolution> convolutions) =>
        from second in Enumerable.Range(0, convolutions.Count)
        from first in Enumerable.Range(0, second)
        where SameArrangement(convolutions[first].Shape, convolutions[second].Shape)
        from order in IndexOrders.Others(convolutions[second].Shape).Prepend(IndexOrder.Same)
        select (first, second, order);

    private static string Name(int first, int second, IndexOrder order) => $"convolutions {first} and {second}{order.InWords()}";
}
