using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class W1_DistributionTests
{
    /// <summary>Absolute error that the inversion promises.</summary>
    private const double Inversion = 1e-9;

    [Theory]
    [InlineData(-20.0)]
    [InlineData(-3.0)]
    [InlineData(0.0)]
    [InlineData(2.5)]
    public void W1_the_distribution_of_one_layer_of_width_one_is_chi_squared(double x)
    {
        // ln(2Z²): P(2Z² ≤ eˣ) = 2Φ(sqrt(eˣ/2)) - 1.
        var root = Math.Sqrt(Math.Exp(x) / 2);
        var walk = new RandomWalk(1);
        walk.Distribution(1, [x])[0].Should().BeApproximately(1 - (2 * Normal.CDF(0, 1, -root)), Inversion);
        walk.Density(1, [x])[0].Should().BeApproximately(root * Normal.PDF(0, 1, root), Inversion);
    }

    [Trait("Evidence", "Sampling")]
    [Theory]
    [InlineData(2, 1)]
    [InlineData(8, 20)]
    [InlineData(128, 50)]
    [InlineData(512, 1)]
    public void W1_density_has_mass_one_and_the_moments_of_the_sum(int width, int layers)
    {
        var walk = new RandomWalk(width);
        var (mean, deviation) = (layers * walk.Drift, Math.Sqrt(layers * walk.Variance));

        // Left tails decay like e^{x/2} at worst: fifteen deviations and forty units leave 1e-9.
        var (low, high) = (mean - (15 * deviation) - 40, mean + (15 * deviation) + 5);
        const int nodes = 20_000;
        var step = (high - low) / nodes;
        double[] points = [.. Enumerable.Range(0, nodes).Select(i => low + ((i + 0.5) * step))];
        var density = walk.Density(layers, points);
        (density.Sum() * step).Should().BeApproximately(1, 1e-7);
        (density.Zip(points, (f, x) => f * x).Sum() * step).Should().BeApproximately(mean, 1e-6);
        (density.Zip(points, (f, x) => f * (x - mean) * (x - mean)).Sum() * step).Should().BeApproximately(deviation * deviation, 1e-5 * deviation * deviation);
        walk.Distribution(layers, [points[nodes / 2]])[0].Should().BeApproximately(density.Take(nodes / 2).Sum() * step, step);
    }

    [Trait("Evidence", "Sampling")]
    [Fact]
    public void W1_the_distribution_is_that_of_simulated_neurons()
    {
        // Five layers of width 6, drawn from the definition: K positive among 6, given at least one, then (2/6)·χ²_K.
        const int width = 6,
            layers = 5,
            count = 50_000;
        var random = new MathNet.Numerics.Random.MersenneTwister(3);
        var normal = new Normal(0, 1, random);
        var sums = Enumerable.Range(0, count).Select(_ => Enumerable.Range(0, layers).Sum(_ => Math.Log(2.0 / width * Step()))).Order().ToArray();
        var expected = new RandomWalk(width).Distribution(layers, sums);
        var largest = expected.Select((p, i) => Math.Max(p - (i / (double)count), ((i + 1) / (double)count) - p)).Largest();
        largest.Should().BeLessThan(Math.Sqrt(Math.Log(2 / Sampling.FalseAlarmRate) / (2.0 * count)), "Dvoretzky, Kiefer and Wolfowitz");

        double Step()
        {
            double square;
            do
            {
                square = Enumerable.Range(0, width).Select(_ => normal.Sample()).Where(y => y > 0).Sum(y => y * y);
            } while (square == 0);
            return square;
        }
    }

    [Fact]
    public void W1_wide_nets_walk_with_drift_minus_5_over_2N_and_variance_5_over_N()
    {
        foreach (var width in new[] { 1000, 2000, 4000 })
        {
            var walk = new RandomWalk(width);
            (walk.Drift * width).Should().BeApproximately(-2.5, 10.0 / width, "the next order is O(1/N)");
            (walk.Variance * width).Should().BeApproximately(5, 40.0 / width);
        }
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.25)]
    [InlineData(0.999)]
    public void W1_quantiles_invert_the_distribution(double probability)
    {
        var walk = new RandomWalk(16);
        walk.Distribution(10, [walk.Quantile(10, probability)])[0].Should().BeApproximately(probability, Inversion);
    }
}
