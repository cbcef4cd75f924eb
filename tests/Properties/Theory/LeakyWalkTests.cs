using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class LeakyWalkTests
{
    [Theory]
    [InlineData(8, 0, false, -0.398777269867, 1.24698912777)]
    [InlineData(8, 0.1, false, -0.375386841611, 1.01866993248)]
    [InlineData(8, 0.2, false, -0.320181746614, 0.782382102856)]
    [InlineData(8, 1, false, -0.130176692688, 0.283822955737)]
    [InlineData(128, 0, false, -0.0197864018774, 0.0402339925996)]
    [InlineData(128, 0.1, false, -0.0193007824541, 0.0392151766386)]
    [InlineData(128, 0.2, false, -0.0179621199642, 0.0364178870386)]
    [InlineData(128, -1, false, -0.0078328445556, 0.0157477060577)]
    [InlineData(128, 0, true, -0.011953557322, 0.0244862865352)]
    [InlineData(128, 0.1, true, -0.0114679378986, 0.0234674705742)]
    [InlineData(128, 0.2, true, -0.0101292754088, 0.0206701809743)]
    [InlineData(128, 1, true, 0, 0)]
    public void V2_V3_steps_agree_with_the_published_table_up_to_its_own_quadrature(int width, double slope, bool orthogonal, double drift, double variance)
    {
        // The table's last digits at N = 128 are those of its quadrature: see the next test for a = 0.
        var walk = new LeakyWalk(width, slope, orthogonal);
        walk.Drift.Should().BeApproximately(drift, width == 8 ? 6e-13 : 2e-13);
        walk.Variance.Should().BeApproximately(variance, width == 8 ? 6e-12 : 1e-11);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(32)]
    [InlineData(128)]
    public void V2_for_a_ReLU_equals_the_walk_W1_in_polygamma_functions(int width)
    {
        var (walk, exact) = (new LeakyWalk(width, 0), new RandomWalk(width));
        walk.Drift.Should().BeApproximately(exact.Drift, 1e-14);
        walk.Variance.Should().BeApproximately(exact.Variance, 1e-13);
    }

    [Fact]
    public void The_published_variance_at_width_128_is_off_by_its_quadrature()
    {
        // For a = ±1 the number is ψ₁(64) itself, and the derivation printed 0.0157477060577.
        new LeakyWalk(128, 1)
            .Variance.Should()
            .BeApproximately(PolyGamma.TriGamma(64), 1e-17)
            .And.BeApproximately(0.01574770606434, 1e-14);

        // two derivations printed v(128) = 0.0402339926029128 and 0.0402339925996: polygamma functions decide for the first.
        new LeakyWalk(128, 0)
            .Variance.Should()
            .BeApproximately(0.0402339926029128, 1e-13);
        Math.Abs(new LeakyWalk(128, 0).Variance - 0.0402339925996).Should().BeGreaterThan(3e-12);
    }

    [Fact]
    public void V2_the_walk_is_continuous_where_the_closed_form_replaces_the_integral()
    {
        foreach (var width in (int[])[1, 5, 64])
        {
            new LeakyWalk(width, 1 - 1e-9).Drift.Should().BeApproximately(new LeakyWalk(width, 1).Drift, 1e-12);
            new LeakyWalk(width, 1 - 1e-9).Variance.Should().BeApproximately(new LeakyWalk(width, 1).Variance, 1e-11);
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(-0.5)]
    public void V2_drift_and_variance_agree_with_drawn_channels(double slope)
    {
        const int width = 6,
            draws = 200_000;
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(3));
        var (steps, squares) = (new double[draws], new double[draws]);
        var walk = new LeakyWalk(width, slope);
        var y = new double[width];
        for (var draw = 0; draw < draws; draw++)
        {
            normal.Samples(y);
            steps[draw] = Math.Log(2 / (1 + (slope * slope)) * y.Average(u => u > 0 ? u * u : slope * slope * u * u));
            squares[draw] = Math.Pow(steps[draw] - walk.Drift, 2);
        }

        walk.Drift.Should().BeApproximately(steps.Average(), Sampling.Allowance(steps));
        walk.Variance.Should().BeApproximately(squares.Average(), Sampling.Allowance(squares));
    }

    [Fact]
    public void V4_Lyapunov_exponents_of_linear_nets_agree_with_singular_values_of_products()
    {
        // The sum of all is half the drift of ln det WᵀW, E Σ ln χ²_k; the first is the drift of a vector's length.
        var exponents = LeakyWalk.LyapunovExponents(8);
        exponents[0].Should().BeApproximately(0.5 * new LeakyWalk(8, 1).Drift, 1e-15);
        exponents.Should().BeInDescendingOrder();
        (2 * (exponents[1] - exponents[0])).Should().BeApproximately(-1.0 / 8, 0.04, "the second direction loses e^{-l/N} of its power");
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(8));
        var logs = Enumerable
            .Range(0, 4_000)
            .Select(_ =>
            {
                var w = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Random(8, 8, normal) / Math.Sqrt(8);
                return Math.Log(Math.Abs(w.Determinant()));
            })
            .ToArray();
        exponents.Sum().Should().BeApproximately(logs.Average(), Sampling.Allowance(logs));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1e160)]
    [InlineData(-1e160)]
    [InlineData(1e300)]
    public void V2_a_slope_and_its_inverse_give_the_same_walk(double slope)
    {
        var (steep, flat) = (new LeakyWalk(4, slope), new LeakyWalk(4, 1 / slope));
        steep.Drift.Should().BeApproximately(flat.Drift, 1e-13 * Math.Abs(flat.Drift));
        steep.Variance.Should().BeApproximately(flat.Variance, 1e-12 * flat.Variance);
    }

    [Fact]
    public void V2_channels_below_zero_contribute_for_any_small_slope()
    {
        // With N = 1 and a → 0: X = 2g² or 2a²g², so E ln X = E ln 2g² + ½ ln a², and the variance has ¼ ln²a² in addition.
        foreach (var slope in (double[])[1e-100, 1e-180, 1e-250])
        {
            var walk = new LeakyWalk(1, slope);
            var (log, single) = (2 * Math.Log(slope), new LeakyWalk(1, 1));
            walk.Drift.Should().BeApproximately(single.Drift + Math.Log(2) + (0.5 * log), 1e-9 * Math.Abs(log));
            walk.Variance.Should().BeApproximately(single.Variance + (0.25 * log * log), 1e-9 * log * log);
        }
    }

    [Fact]
    public void Impossible_arguments_of_leaky_walks_are_refused()
    {
        var width = () => new LeakyWalk(0, 0);
        width.Should().Throw<ArgumentOutOfRangeException>();
        var slope = () => new LeakyWalk(4, double.NaN);
        slope.Should().Throw<ArgumentOutOfRangeException>();
        var exponents = () => LeakyWalk.LyapunovExponents(0);
        exponents.Should().Throw<ArgumentOutOfRangeException>();
    }
}
