using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>W1: ln ν₂ of one point, and of its noise, is a random walk with independent steps of known distribution.</summary>
internal static class RandomWalkChecks
{
    internal const int Width = 64;
    internal const int Depth = 10;

    /// <summary>A weight variance off by 5 % shifts a step by a fifth of its standard deviation, the distribution by 0.07.</summary>
    internal const double StepDistance = 0.06;

    /// <summary>Over ten layers that shift becomes 0.5 in 0.9 standard deviations.</summary>
    internal const double WalkDistance = 0.15;

    /// <summary>δ of the correlation of successive steps. If each layer takes over a seventh of the weights before it, it is about that large.</summary>
    internal const double NeighbourCorrelation = 0.15;

    /// <summary>Compares steps and whole walks of signal and noise with their exact distributions; given a step, the next one has the walk's mean.</summary>
    public static IEnumerable<Measurement> Distribution(CheckContext context, Architecture architecture)
    {
        var network = new NetworkSettings(architecture, new TensorShape(1, 1, 1, 16), Depth, Width);
        var rates = context.Rates.SharedBy(5);
        var (step, total) = (new WalkDistribution(Width, 1), new WalkDistribution(Width, Depth));
        var (stepDistance, walkDistance) = (context.Discrepancy(StepDistance), context.Discrepancy(WalkDistance));
        var (plannedSteps, plannedWalks) = (DistributionTest.SamplesFor(rates, stepDistance), DistributionTest.SamplesFor(rates, walkDistance));
        var steps = new DistributionTest(rates, stepDistance, context.Planned(plannedSteps), WalkDistribution.Error);
        var noiseSteps = new DistributionTest(rates, stepDistance, context.Planned(plannedSteps), WalkDistribution.Error);
        var walks = new DistributionTest(rates, walkDistance, context.Planned(plannedWalks), WalkDistribution.Error);
        var noiseWalks = new DistributionTest(rates, walkDistance, context.Planned(plannedWalks), WalkDistribution.Error);

        // Given a step, its product with the next one scatters in proportion to the step's size, whose mean is 0.8 standard deviations.
        var plannedNeighbours = KnownVarianceTest.SamplesFor(rates, 1 / 0.8, context.Discrepancy(NeighbourCorrelation));
        var neighbours = new KnownVarianceTest(rates, context.Discrepancy(NeighbourCorrelation), context.Planned(plannedNeighbours), EffectKind.Correlation);
        var simulations = Math.Max(plannedWalks, Math.Max(plannedSteps / Depth, plannedNeighbours / (Depth - 1))) + 1;
        foreach (var trace in context.SimulateUntilDecided(network, 0, simulations, [steps, noiseSteps, walks, noiseWalks, neighbours]))
        {
            var (signal, noise) = (new double[Depth + 1], new double[Depth + 1]);
            for (var depth = 0; depth <= Depth; depth++)
            {
                var snapshot = depth == 0 ? trace.At(0, 0) : trace.At(depth, UnitPlaceKind.Relu);
                (signal[depth], noise[depth]) = (LogMeanSquare(snapshot.Signal), LogMeanSquare(snapshot.Noise));
            }

            var before = double.NaN;
            for (var depth = 1; depth <= Depth; depth++)
            {
                Add(steps, step, signal[depth] - signal[depth - 1]);
                Add(noiseSteps, step, noise[depth] - noise[depth - 1]);
                var deviation = signal[depth] - signal[depth - 1] - step.Mean;
                if (depth > 1)
                {
                    neighbours.Add(new Observed(before * deviation), new Expected(0), before * before * step.Variance, before * before);
                }

                before = deviation;
            }

            Add(walks, total, signal[Depth] - signal[0]);
            Add(noiseWalks, total, noise[Depth] - noise[0]);
        }

        yield return steps.Conclude($"distribution of the steps of ln ν₂, N = {Width}");
        yield return noiseSteps.Conclude($"distribution of the steps of ln μ₂(dx), N = {Width}");
        yield return walks.Conclude($"distribution of ln ν₂ after {Depth} layers");
        yield return noiseWalks.Conclude($"distribution of ln μ₂(dx) after {Depth} layers");
        yield return neighbours.Conclude("correlation of successive steps");
    }

    private static void Add(DistributionTest test, WalkDistribution distribution, double value) =>
        test.Add(new Observed(value), new Expected(distribution.Probability(value)));

    private static double LogMeanSquare(double[] values) => Math.Log(WrittenOutLayers.MeanSquare(values));

    /// <summary>The distribution function of the walk, tabulated.</summary>
    private sealed class WalkDistribution
    {
        /// <summary>
        /// Linear interpolation errs by h²/8 times the greatest curvature of the distribution, with h a hundredth of a standard deviation. The curvature of a
        /// Gaussian is at most 0.242 over its variance, which makes 3e-6. A step of the walk, the logarithm of a mean of some 32 independent squares, is so
        /// nearly Gaussian that three times that is enough (measured from the table's second differences: below 4e-6). In addition, ln ν₂ of a subject in
        /// single precision errs by 1e-6 of a step's standard deviation.
        /// </summary>
        public const double Error = 1e-5;

        private const int Nodes = 2000;
        private readonly double[] _table;
        private readonly double _from;
        private readonly double _spacing;

        public WalkDistribution(int width, int layers)
        {
            var walk = new RandomWalk(width);
            (Mean, Variance) = (layers * walk.Drift, layers * walk.Variance);
            _from = Mean - (12 * Math.Sqrt(Variance));
            _spacing = 20 * Math.Sqrt(Variance) / Nodes;
            _table = walk.Distribution(layers, [.. Enumerable.Range(0, Nodes + 1).Select(i => _from + (i * _spacing))]);
        }

        public double Mean { get; }

        public double Variance { get; }

        public double Probability(double value)
        {
            if (!double.IsFinite(value))
            {
                return double.NaN;
            }

            var position = (value - _from) / _spacing;
            var node = (int)Math.Clamp(position, 0, Nodes - 1);
            return Math.Clamp(_table[node] + ((position - node) * (_table[node + 1] - _table[node])), 0, 1);
        }
    }
}
