using FluentAssertions;
using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

public class W1_RandomWalkTests
{
    [Fact]
    public void W1_drift_and_variance_of_log_nu2_of_one_point_are_those_of_the_exact_walk()
    {
        // m(64) and v(64) from the table of the law, checked there against high-precision quadrature.
        const double drift = -0.0401085988357457;
        const double variance = 0.0829973505564476;
        const int depth = 100;
        var options = new ExperimentOptions { Architecture = "vanilla", TotalDepth = depth, KernelSize = 1, NumChannels = 64, BatchSize = 1, NumSims = 5000, NumComputations = depth, Normalize = InputNormalization.Global };
        var result = Experiment.Prepare(options).Run();
        var (before, after) = (result.Select(new Place(1, PlaceKind.Before), (moments, _) => moments.LogNu2Signal), result.Select(result.LastPlace, (moments, _) => moments.LogNu2Signal));
        var noise = result.Select(result.LastPlace, (moments, _) => moments.LogMu2Noise);

        var signalSums = after.Zip(before, (end, start) => end[^1] - start[0]).ToArray();
        var noiseSums = noise.Zip(result.Simulations, (end, simulation) => end[^1] - simulation.AtDepth0.LogMu2Noise).ToArray();
        foreach (var sums in new[] { signalSums, noiseSums })
        {
            sums.Mean().Should().BeApproximately(depth * drift, MeanTest.Allowance(sums));

            // The sample variance of sums of 100 steps: squares about the known mean, whose spread is estimated from the sample itself.
            var squares = sums.Select(sum => Math.Pow(sum - (depth * drift), 2)).ToArray();
            squares.Mean().Should().BeApproximately(depth * variance, MeanTest.Allowance(squares));
        }

        // The steps are independent: the correlation of neighbours vanishes.
        var steps = after.Select((row, simulation) => row.Select((value, layer) => value - before[simulation][layer] - drift).ToArray()).ToArray();
        var products = steps.Select(row => row.Zip(row.Skip(1), (x, y) => x * y).Sum()).ToArray();
        products.Mean().Should().BeApproximately(0, MeanTest.Allowance(products));
    }
}
