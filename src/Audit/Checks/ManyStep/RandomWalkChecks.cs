using Wellbehaved.Model;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>W1: the logarithms of ν₂ of one point, and of its noise, walk with independent steps of known distribution.</summary>
internal static class RandomWalkChecks
{
    private const int Width = 64;
    private const int Depth = 10;

    /// <summary>A weight variance off by 5 % shifts a step by a fifth of its standard deviation, the distribution by 0.07.</summary>
    private const double StepDistance = 0.06;

    /// <summary>Over ten layers that shift becomes 0.5 in 0.9 standard deviations.</summary>
    private const double WalkDistance = 0.15;

    /// <summary>Steps and whole walks of signal and noise against their exact distributions; successive steps are uncorrelated.</summary>
    public static IEnumerable<Measurement> Distribution(CheckContext context, string architecture)
    {
        var network = new NetworkSettings(Architecture.Named(architecture), new TensorShape(1, 1, 1, 16), Depth, Width);
        var rates = context.Rates.SharedBy(5);
        var (step, total) = (new WalkDistribution(Width, 1), new WalkDistribution(Width, Depth));
        var (steps, noiseSteps, walks, noiseWalks) = (new DistributionTest(rates), new DistributionTest(rates), new DistributionTest(rates), new DistributionTest(rates));
        var neighbours = new StudentTest(rates);
        var simulations = Math.Max(DistributionTest.SamplesFor(rates, WalkDistance), DistributionTest.SamplesFor(rates, StepDistance) / Depth) + 1;
        foreach (var trace in context.Simulate(network, 0, simulations))
        {
            var (signal, noise) = (new double[Depth + 1], new double[Depth + 1]);
            for (var depth = 0; depth <= Depth; depth++)
            {
                var snapshot = depth == 0 ? trace.At(0, 0) : trace.At(depth, PlaceKind.Relu);
                (signal[depth], noise[depth]) = (LogMeanSquare(snapshot.Signal), LogMeanSquare(snapshot.Noise));
            }

            for (var depth = 1; depth <= Depth; depth++)
            {
                Add(steps, step, signal[depth] - signal[depth - 1]);
                Add(noiseSteps, step, noise[depth] - noise[depth - 1]);
            }

            Add(walks, total, signal[Depth] - signal[0]);
            Add(noiseWalks, total, noise[Depth] - noise[0]);
            var deviations = signal.Skip(1).Zip(signal, (after, before) => after - before - step.Mean).ToArray();
            neighbours.Add(new Observed(deviations.Zip(deviations.Skip(1), (x, y) => x * y).Sum()), new Expected(0), (Depth - 1) * step.Variance);
        }

        yield return steps.Conclude($"distribution of the steps of ln ν₂, N = {Width}", StepDistance);
        yield return noiseSteps.Conclude($"distribution of the steps of ln μ₂(dx), N = {Width}", StepDistance);
        yield return walks.Conclude($"distribution of ln ν₂ after {Depth} layers", WalkDistance);
        yield return noiseWalks.Conclude($"distribution of ln μ₂(dx) after {Depth} layers", WalkDistance);
        yield return neighbours.Conclude("correlation of successive steps", 0.15);
    }

    private static void Add(DistributionTest test, WalkDistribution distribution, double value) => test.Add(new Observed(value), new Expected(distribution.Of(value)));

    private static double LogMeanSquare(double[] values) => Math.Log(WrittenOutLayers.MeanSquare(values));

    /// <summary>The distribution function of the walk, tabulated: linear interpolation errs by 1e-5, four hundredths of what the tests resolve.</summary>
    private sealed class WalkDistribution
    {
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

        public double Of(double value)
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
