using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// W4: a <c>vanilla_res</c> unit doubles ν₂ of signal and noise in expectation: exactly in the first unit, and as the exact sampler says in later units.
/// </summary>
/// <remarks>
/// In the first unit the ReLU reads channels that have no preferred sign and keeps half of them, symmetrically about one half. The branch then has twice the
/// mean of what it kept, and a bounded variance. Its product with the skip connection is symmetric about zero. Later units read sums, whose sign symmetry
/// is broken at order 1/N: there the growth is compared with a sampled network.
/// </remarks>
internal static class DoublingChecks
{
    private const int Units = 4;

    /// <summary>δ: a unit that grows by a tenth more or less than its law says.</summary>
    internal const double GrowthDiscrepancy = 0.1;

    private static readonly string[] What = ["signal", "noise"];

    /// <summary>The parts of the first unit, for signal and noise, and the growth of later ones.</summary>
    /// <param name="context">The subject.</param>
    /// <param name="architecture">The architecture.</param>
    /// <returns>The measurements.</returns>
    public static IEnumerable<Measurement> Growth(CheckContext context, Architecture architecture)
    {
        var network = OneStepNetworks.FullyConnected(architecture) with { Depth = Units };
        var rates = context.Rates.SharedBy(7);
        var parts = new[] { new FirstUnit(context, rates, network), new FirstUnit(context, rates, network) };

        // For planning: half the growth of three units together deviates by about √(0.9/N) between networks, a difference of two by √2 times as much.
        var later = new TwinTest(rates, context.Discrepancy(2 * GrowthDiscrepancy), Math.Sqrt(1.8 / network.Channels), context.SampleShare);
        var simulation = 0L;
        foreach (
            var trace in context.SimulateUntilDecided(network, 0, Math.Max(parts[0].Planned, later.Planned), [.. parts[0].Tests, .. parts[1].Tests, later])
        )
        {
            var (before, relu, after) = (trace.At(1, 1), trace.At(1, UnitPlaceKind.Relu), trace.At(1, UnitPlaceKind.Addition));
            parts[0].Add(before.Signal, relu.Signal, after.Signal);
            parts[1].Add(before.Noise, relu.Noise, after.Noise);
            var twin = SampledTwin.Sample(context, 0, simulation++, trace, [.. Enumerable.Range(1, Units)]);
            later.Add(
                Enumerable.Range(2, Units - 1).Average(depth => Square(trace.At(depth, UnitPlaceKind.Addition)) / Square(trace.At(depth, 1))) / 2,
                Enumerable.Range(1, Units - 1).Average(unit => Math.Exp(twin[unit].LogNu2Signal - twin[unit - 1].LogNu2Signal)) / 2
            );
        }

        foreach (var (part, what) in parts.Zip(What))
        {
            foreach (var measurement in part.Conclude(what))
            {
                yield return measurement;
            }
        }

        yield return later.Conclude($"half the growth of ν₂ in units 2 to {Units}, N = {network.Channels}, against sampled networks");

        static double Square(Snapshot snapshot) => WrittenOutLayers.MeanSquare(snapshot.Signal);
    }

    /// <summary>The parts of the doubling in the first unit, of signal or noise.</summary>
    private sealed class FirstUnit
    {
        private readonly int _channels;
        private readonly double _variance;
        private readonly SymmetryTest _halves;
        private readonly KnownVarianceTest _branch;
        private readonly SymmetryTest _cross;

        public FirstUnit(CheckContext context, ErrorRates rates, NetworkSettings network)
        {
            _channels = network.Channels;

            // Second moments grow by at most 1 + 5/N in a convolution and ReLU (W2), and by at most 1 + 2/N in a convolution.
            _variance = ((1 + (5.0 / _channels)) * (1 + (2.0 / _channels))) - 1;
            var delta = context.Discrepancy(GrowthDiscrepancy);
            Planned = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(_variance), delta);
            _branch = new KnownVarianceTest(rates, delta, context.Planned(Planned));

            // A channel passes between none and all of it, about half; over eight points d² is about a tenth. Skip and branch correlate by about 1/√(3N).
            _halves = new SymmetryTest(rates, delta, context.Planned(SymmetryTest.SamplesFor(rates, 0.33, delta)) * 0.1);
            _cross = new SymmetryTest(
                rates,
                2 * delta,
                context.Planned(SymmetryTest.SamplesFor(rates, 2 * Math.Sqrt(1.0 / (3 * _channels)), 2 * delta)) * 4.0 / (3 * _channels),
                EffectKind.Difference
            );
        }

        public long Planned { get; }

        public IEnumerable<ISequentialTest> Tests => [_halves, _branch, _cross];

        public void Add(double[] before, double[] relu, double[] after)
        {
            SecondMomentChecks.AddHalves(_halves, before, relu, _channels);
            var (branch, cross) = (new double[after.Length], 0.0);
            for (var i = 0; i < branch.Length; i++)
            {
                branch[i] = after[i] - before[i];
                cross += before[i] * branch[i];
            }

            _branch.Add(new Observed(WrittenOutLayers.MeanSquare(branch) / (2 * WrittenOutLayers.MeanSquare(relu))), new Expected(1), _variance);
            _cross.Add(new Observed(2 * (cross / branch.Length) / WrittenOutLayers.MeanSquare(before)), new Expected(0), 1);
        }

        public IEnumerable<Measurement> Conclude(string what) =>
            [
                _halves.Conclude($"share of the {what} that the first ReLU keeps"),
                _branch.Conclude($"ν₂ of the first branch over twice what the ReLU kept, {what}"),
                _cross.Conclude($"twice skip · branch of the first unit over ν₂ of its input, {what}"),
            ];
    }
}
