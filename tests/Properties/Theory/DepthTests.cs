using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Check values of the laws of stacks, to the last digit that the derivation printed.</summary>
public class DepthTests
{
    [Theory]
    [InlineData("tanh", 0.05, 1.1225390048, 0.1536919358, false)]
    [InlineData("tanh", 0.1, 1.1934007250, 0.2733009135, false)]
    [InlineData("tanh", 0.2, 1.3041458401, 0.5120785042, false)]
    [InlineData("tanh", 0.3, 1.3955839752, 0.7634747669, false)]
    [InlineData("tanh", 0.5, 1.5496739125, 1.3179389990, false)]
    [InlineData("tanh", 1, 1.8555891011, 3.0363963946, false)]
    [InlineData("erf", 0.05, 0.9936862904, 0.1451458617, false)]
    [InlineData("erf", 0.1, 1.0555946492, 0.2532096563, false)]
    [InlineData("erf", 0.2, 1.1527954135, 0.4657629358, false)]
    [InlineData("erf", 0.3, 1.2336725058, 0.6887712695, false)]
    [InlineData("erf", 0.5, 1.3713304703, 1.1832724389, false)]
    [InlineData("erf", 1, 1.6487514526, 2.7448909303, false)]
    [InlineData("gelu", 0.05, 1.8519027850, 0.0751732373, true)]
    [InlineData("gelu", 0.1, 1.7270782753, 0.1834831931, true)]
    [InlineData("gelu", 0.2, 1.5470094704, 0.5756371166, true)]
    [InlineData("gelu", 0.3, 1.4504704099, 1.4248745906, true)]
    [InlineData("gelu", 0.5, 1.3998682164, 6.4341024867, false)]
    [InlineData("gelu", 1, 1.4059445268, 82.3127791664, false)]
    [InlineData("silu", 0.05, 1.9050135925, 0.1136346392, true)]
    [InlineData("silu", 0.1, 1.8200517223, 0.2597125039, true)]
    [InlineData("silu", 0.2, 1.6795316007, 0.6894525029, true)]
    [InlineData("silu", 0.3, 1.5756214387, 1.3995947846, true)]
    [InlineData("silu", 0.5, 1.4569474244, 4.4280769540, true)]
    [InlineData("silu", 1, 1.4025124180, 39.3945912249, false)]
    public void Edge_of_chaos_has_the_published_digits_and_is_found_from_either_variance(string word, double bias, double weight, double q, bool repels)
    {
        var dual = DualActivationTests.Dual(word);
        var edge = EdgeOfChaos.AtBias(dual, bias * bias)!;
        Digits(Math.Sqrt(edge.WeightVariance), weight, 10);
        Digits(edge.Variance, q, 10);
        edge.Repels.Should().Be(repels);
        EdgeOfChaos.AtWeight(dual, edge.WeightVariance).Should().Contain(back => Math.Abs(back.Variance - edge.Variance) < 1e-6 * edge.Variance);
        var field = new MeanField(dual, edge.WeightVariance, edge.BiasVariance);
        field.GainsAt(edge.Variance).Noise.Should().BeApproximately(1, 1e-9);
        field.Next(edge.Variance).Should().BeApproximately(edge.Variance, 1e-9 * edge.Variance);
    }

    [Fact]
    public void Edge_of_chaos_without_biases_is_that_of_the_slope_at_zero()
    {
        Digits(Math.Sqrt(Edge("erf", 0)!.WeightVariance), 0.8862269255, 10);
        Edge("tanh", 0)!.WeightVariance.Should().BeApproximately(1, 1e-14);
        Edge("gelu", 0)!.WeightVariance.Should().BeApproximately(4, 1e-13);
        Edge("gelu", 0)!.Repels.Should().BeTrue();
        Digits(Math.Sqrt(Edge("relu", 0)!.WeightVariance), 1.4142135624, 10);
        Edge("relu", 0.1).Should().BeNull("biases leave no fixed point to a ReLU whose noise stays");
    }

    /// <summary>Smooth functions lose variance as 1/l there, but ELU, whose second derivative jumps at 0, as 1/l².</summary>
    [Theory]
    [InlineData("tanh", "1/l", 0.5)]
    [InlineData("erf", "1/l", 0.5)]
    [InlineData("sine", "1/l", 0.5)]
    [InlineData("elu", "1/l²", 0.25)]
    public void Variance_at_the_edge_of_chaos_without_biases_vanishes_by_the_stated_power(string word, string decay, double factorOfTwiceTheDepth)
    {
        const int Layers = 2000;
        var dual = DualActivationTests.Dual(word);
        var field = new MeanField(dual, EdgeOfChaos.AtBias(dual, 0)!.WeightVariance, 0);
        var (variance, half) = (1.0, 0.0);
        for (var layer = 1; layer <= 2 * Layers; layer++)
        {
            variance = field.Next(variance);
            half = layer == Layers ? variance : half;
        }

        // The next term of the expansion in 1/l is of order ln(l)/l, 0.4 % here.
        (variance / half)
            .Should()
            .BeApproximately(factorOfTwiceTheDepth, 0.01 * factorOfTwiceTheDepth);
        EdgeOfChaos.DecayAtZero(dual).Should().Be(decay);
    }

    [Fact]
    public void Edge_of_chaos_of_erf_and_sine_is_the_closed_form()
    {
        foreach (var bias in (double[])[0.1, 0.7, 2])
        {
            var erf = Edge("erf", bias)!;
            var q = erf.Variance;
            erf.WeightVariance.Should().BeApproximately(Math.PI / 4 * Math.Sqrt(1 + (4 * q)), 1e-12);
            (q - (0.5 * Math.Sqrt(1 + (4 * q)) * Math.Asin(2 * q / (1 + (2 * q))))).Should().BeApproximately(bias * bias, 1e-12);
            erf.RadialGain.Should().BeApproximately(1 / (1 + (2 * q)), 1e-12);
            var sine = Edge("sine", bias)!;
            sine.WeightVariance.Should().BeApproximately(2 / (1 + Math.Exp(-2 * sine.Variance)), 1e-12);
            (sine.Variance - Math.Tanh(sine.Variance)).Should().BeApproximately(bias * bias, 1e-12);
        }
    }

    [Theory]
    [InlineData("gelu", 3.561553, 1.408211, 0.415839)]
    [InlineData("silu", 14.320174, 1.409966, 0.745079)]
    public void Edges_of_GELU_and_SiLU_repel_up_to_a_variance(string word, double q, double weight, double bias)
    {
        var edge = EdgeOfChaos.WhereItStopsToRepel(DualActivationTests.Dual(word))!;
        Digits(edge.Variance, q, 6);
        Digits(Math.Sqrt(edge.WeightVariance), weight, 6);
        Digits(Math.Sqrt(edge.BiasVariance), bias, 6);
    }

    [Fact]
    public void Off_the_edge_fixed_points_and_depth_scales_have_the_published_digits()
    {
        var ordered = new MeanField(DualActivationTests.Dual("tanh"), 0.81, 0.09);
        Digits(ordered.Variance, 0.2165246343, 10);
        Digits(ordered.NoiseGain, 0.6003712547, 10);
        Digits(ordered.CorrelationDepth, 1.9600, 4);
        (ordered.Correlation, ordered.Phase).Should().Be((1, Phase.Ordered));
        var chaotic = new MeanField(DualActivationTests.Dual("tanh"), 2.25, 0.01);
        Digits(chaotic.Variance, 0.8133223269, 10);
        Digits(chaotic.NoiseGain, 1.1290526987, 10);
        Digits(chaotic.Correlation, 0.18008421, 8);
        Digits(0.5 * Math.Log(chaotic.NoiseGain), 0.060689, 6);
        chaotic.Phase.Should().Be(Phase.Chaotic);
        chaotic.NextCorrelation(chaotic.Correlation).Should().BeApproximately(chaotic.Correlation, 1e-13);
    }

    [Fact]
    public void Fixed_points_at_zero_and_at_infinity_are_reported()
    {
        new MeanField(DualActivationTests.Dual("gelu"), 2).Variance.Should().Be(0);
        new MeanField(DualActivationTests.Dual("relu"), 3).Variance.Should().Be(double.PositiveInfinity);
        var he = new MeanField(DualActivationTests.Dual("relu"), 2);
        (he.Variance, he.Phase).Should().Be((1, Phase.Edge));
        new MeanField(DualActivationTests.Dual("relu"), 2, 0.1)
            .Phase.Should()
            .Be(Phase.Unbounded, "variances grow by σ_b² a layer: there is no fixed point and no slope at it");
        new MeanField(DualActivationTests.Dual("linear"), 1.5).Phase.Should().Be(Phase.Unbounded);
        new MeanField(DualActivationTests.Dual("relu"), 1, 0.5).Variance.Should().BeApproximately(1, 1e-13);
        var act = () => new MeanField(DualActivationTests.Dual("relu"), -1);
        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Theory]
    [InlineData("linear", 1, 1, 1, 1, 1)]
    [InlineData("relu", 1, 1.4669422069, 1.2111738962, 1, 1)]
    [InlineData("leaky_relu", 1, 1.3427833512, 1.1587852912, 1, 1)]
    [InlineData("abs", 1, 2.7519383939, 1.6588967400, 1, 1)]
    [InlineData("tanh", 1.1778072323, 1.1778072323, 1.0852682767, 0.4610708305, 0.4610708305)]
    [InlineData("erf", 1.2257000038, 1.2257000038, 1.1071133654, 0.4085666679, 0.4085666679)]
    [InlineData("sine", 1.3130352855, 1.3130352855, 1.1458775177, 0.3130352855, 0.3130352855)]
    [InlineData("gelu", 1.0720315984, 1.3188449709, 1.1484097574, 1.1440631969, 1.0621160202)]
    [InlineData("silu", 1.0666342412, 1.2120811148, 1.1009455549, 1.1725940541, 1.1009473788)]
    [InlineData("elu", 1.0359047186, 1.0790134555, 1.0387557246, 0.8909679719, 0.8602316763)]
    public void Constants_of_norms_have_the_published_digits(string word, double layer, double batch, double increment, double layerRadial, double batchRadial)
    {
        var constants = NormConstants.For(DualActivationTests.Dual(word));
        Digits(constants.LayerNorm, layer, 10);
        Digits(constants.BatchNorm, batch, 10);
        Digits(Math.Sqrt(constants.BatchNorm), increment, 10);
        Digits(constants.LayerNormRadial, layerRadial, 10);
        Digits(constants.BatchNormRadial, batchRadial, 10);
    }

    [Theory]
    [InlineData("relu", 0.233471, 0.575960)]
    [InlineData("leaky_relu", 0.171392, 0.401534)]
    [InlineData("abs", 0.875969, 3.286582)]
    [InlineData("tanh", 0.088904, 0.193615)]
    [InlineData("erf", 0.112850, 0.251170)]
    [InlineData("gelu", 0.159422, 0.369676)]
    [InlineData("silu", 0.106041, 0.234570)]
    [InlineData("elu", 0.039507, 0.082135)]
    [InlineData("sine", 0.156518, 0.362031)]
    public void Exponents_of_normalised_branches_have_the_published_digits(string word, double one, double two)
    {
        var gain = NormConstants.For(DualActivationTests.Dual(word)).BatchNorm;
        Digits(NormConstants.BranchExponent(gain, 1), one, 6);
        Digits(NormConstants.BranchExponent(gain, 2), two, 6);
    }

    [Fact]
    public void Feedforward_batch_norm_multiplies_noise_for_every_activation_but_the_linear_one()
    {
        foreach (var word in Function.Words)
        {
            var gain = NormConstants.For(DualActivationTests.Dual(word)).BatchNorm;
            if (word == "linear")
            {
                gain.Should().BeApproximately(1, 1e-14);
            }
            else
            {
                gain.Should().BeGreaterThan(1 + 1e-3, word);
            }
        }

        // Activations of one's own, random sums of bends and waves, too.
        var random = new Random(4);
        for (var draw = 0; draw < 10; draw++)
        {
            var (a, b, c, kink) = (random.NextDouble(), random.NextDouble() - 0.5, 3 * random.NextDouble(), random.NextDouble());
            var curve = new ActivationCurve(
                "own",
                u => (a * u) + (b * Math.Abs(u - kink)) + Math.Cos(c * u),
                u => a + (u > kink ? b : -b) - (c * Math.Sin(c * u)),
                null,
                kink
            );
            NormConstants.For(DualActivation.For(curve)).BatchNorm.Should().BeGreaterThan(1);
        }

        NormConstants.For(DualActivation.For(new ActivationCurve("affine", u => 3 - (2 * u), _ => -2))).BatchNorm.Should().BeApproximately(1, 1e-13);
        var constant = () => NormConstants.For(DualActivation.For(new ActivationCurve("constant", _ => 2, _ => 0)));
        constant.Should().Throw<ArgumentException>().WithMessage("expected an activation that is not constant*");
    }

    [Fact]
    public void F3_correlations_at_smooth_edges_approach_one_as_one_over_the_depth()
    {
        var dual = DualActivationTests.Dual("tanh");
        var moments = dual.Moments(1);
        var edge = new MeanField(dual, 1 / moments.SquareSlope, 1 - (moments.Square / moments.SquareSlope));
        edge.Variance.Should().BeApproximately(1, 1e-8);
        Digits(edge.EdgeCollapse(), 3.093917, 6);
        const int layers = 200_000;
        (CorrelationMap.Make(edge).After(0.5, layers) * layers).Should().BeApproximately(3.094086, 3e-4);
    }

    [Theory]
    [InlineData("relu", 0, 6.66432, 6.66376)]
    [InlineData("leaky_relu", 0.1, 8.30984, 8.30908)]
    [InlineData("abs", -1, 3.33216, 3.33192)]
    public void F4_correlations_at_homogeneous_edges_approach_one_as_one_over_the_squared_depth(string word, double slope, double limit, double measured)
    {
        Digits(MeanField.HomogeneousCollapse(slope), limit, 5);
        var field = new MeanField(DualActivationTests.Dual(word), 2 / (1 + (slope * slope)));
        const int layers = 300_000;
        (layers * Math.Sqrt(CorrelationMap.Make(field).After(0.5, layers))).Should().BeApproximately(measured, 3e-4);
    }

    [Fact]
    public void The_map_of_distances_keeps_the_digits_that_correlations_lose()
    {
        foreach (var word in (string[])["gelu", "tanh", "relu", "sine"])
        {
            var dual = DualActivationTests.Dual(word);
            var field = new MeanField(dual, 1.3, 0.2);
            var map = CorrelationMap.Make(field);
            map.After(0.4).Should().BeApproximately(1 - field.NextCorrelation(0.6), 1e-12);
            map.After(1.6).Should().BeApproximately(1 - field.NextCorrelation(-0.6), 1e-12);
            (map.After(1e-14) / 1e-14).Should().BeApproximately(field.NoiseGain, 1e-6, word);
        }
    }

    [Fact]
    public void F5_asymptotically_linear_nets_keep_their_correlations()
    {
        // tanh, σ_w = 1, σ_b = 0, from q = 1.
        var dual = DualActivationTests.Dual("tanh");
        var q = 1.0;
        for (var layer = 0; layer < 400; layer++)
        {
            q = dual.Moments(q).Square;
        }

        (2 * 400 * q).Should().BeApproximately(1.0049, 0.02);
    }

    [Fact]
    public void Dropout_by_point_has_the_published_limits()
    {
        foreach (
            var (keep, correlation, memory) in ((double, double, double)[])
                [(0.95, 0.7448170869, 3.165), (0.9, 0.6271458849, 2.274), (0.8, 0.4727993472, 1.554), (0.5, 0.2172336282, 0.796)]
        )
        {
            var limit = DropoutLimit.For(keep);
            Digits(limit.Correlation, correlation, 10);
            Digits(limit.Memory, memory, 3);
        }

        var act = () => DropoutLimit.For(1);
        act.Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void Z2_correlations_of_bounded_branches_tend_to_the_limit_at_time_one()
    {
        Digits(ResidualTime.Correlation(ArcCosineKernel.Order1, 0.2, 1), 0.383957, 6);
        var c = 0.2;
        for (var unit = 0; unit < 256; unit++)
        {
            c = (c + (ArcCosineKernel.Order1(c) / 256)) / (1 + (1.0 / 256));
        }

        Digits(c, 0.383490, 6);
    }

    [Theory]
    [InlineData("relu", 1, 1.723)]
    [InlineData("gelu", 1, 1.171)]
    [InlineData("tanh", 1, 0.652)]
    [InlineData("abs", 1, 7.116)]
    [InlineData("relu", 0.3, 0.763)]
    [InlineData("relu", 0.14433756729740643, 0.296)]
    public void Z3_growth_of_batch_normalised_branches_has_the_published_digits(string word, double scale, double expected)
    {
        var dual = DualActivationTests.Dual(word);

        // Weights are scaled so that a branch adds 1: σ_w² = 1/E s², which is He's 2 for a ReLU.
        var variance = dual.Moments(1).Variance / dual.Moments(1).Square;
        Digits(ResidualTime.LogChi(48, 2, NormConstants.For(dual).BatchNorm, scale * scale * variance), expected, 3);
    }

    [Theory]
    [InlineData("tanh", 0.1929, 4, 0.1936)]
    [InlineData("gelu", 0.105, 3, 0.0746)]
    public void Noise_of_pre_norm_branches_grows_as_a_power_with_the_exponent_of_the_norm_constant(string word, double published, int digits, double exponent)
    {
        // LN branches of two layers that add 1 to the signal, unit by unit: noise n, q and, for two points of equal norms, q(1 - c).
        var dual = DualActivationTests.Dual(word);
        var gain = NormConstants.For(dual).LayerNorm;
        var map = CorrelationMap.Make(new MeanField(dual, 1 / dual.Moments(1).Square));
        double Slope(double distance)
        {
            var (q, apart, noise, at1000) = (1.0, distance, 1.0, 0.0);
            for (var unit = 1; unit <= 3000; unit++)
            {
                (q, apart, noise) = (q + 1, apart + map.After(apart / q, 2), noise + (gain * gain * noise / q));
                at1000 = unit == 1000 ? 0.5 * Math.Log(noise / apart) : at1000;
            }

            return ((0.5 * Math.Log(noise / apart)) - at1000) / Math.Log(3);
        }

        // The published slopes over l = 1000 to 3000 are those of nearly orthogonal points, c = 0.02, of both activations; correlated points are still being
        // drawn apart and show less.
        Digits(Slope(0.98), published, digits);
        Slope(0.5).Should().BeLessThan(Slope(0.98));
        Digits(NormConstants.BranchExponent(gain, 2), exponent, 4);
    }

    [Fact]
    public void F5_correlations_of_vanishing_signals_have_the_published_digits()
    {
        // Two points of q = 1 and c = 0.3 through tanh with σ_w = 1: the printed 0.2587 is the value after 400 layers, where 2lν₂ is printed too; the limit is
        // 0.2586.
        var dual = DualActivationTests.Dual("tanh");
        var (q, p) = (1.0, 0.3);
        for (var layer = 1; layer <= 3000; layer++)
        {
            (q, p) = (dual.Moments(q).Square, dual.Evaluate(q, q, p).V);
            if (layer == 400)
            {
                Digits(p / q, 0.2587, 4);
                Digits(2 * layer * q, 1.0049, 4);
            }
        }

        Digits(p / q, 0.2586, 4);
    }

    [Fact]
    public void F9_noise_of_saturating_branches_grows_as_the_exponential_of_the_root_of_depth()
    {
        // erf, α = σ_w = 1, H = 1, from q = 1 and c = ½: slopes of ln noise over √l and of ln c over ln l, from l = 1000 to 4000.
        var dual = DualActivationTests.Dual("erf");
        var (q, p, logNoise, at1000) = (1.0, 0.5, 0.0, (Noise: 0.0, Correlation: 0.0));
        for (var unit = 1; unit <= 4000; unit++)
        {
            (q, p, logNoise) = (q + dual.Moments(q).Square, p + dual.Evaluate(q, q, p).V, logNoise + Math.Log(1 + dual.Moments(q).SquareSlope));
            at1000 = unit == 1000 ? (logNoise, Math.Log(p / q)) : at1000;
        }

        Digits((logNoise - at1000.Noise) / (Math.Sqrt(4000) - Math.Sqrt(1000)), 1.2826, 4);
        Digits((Math.Log(p / q) - at1000.Correlation) / Math.Log(4), -0.3587, 4);
        Digits(4 / Math.PI, 1.2732, 4);
        Digits(-(1 - (2 / Math.PI)), -0.3634, 4);
    }

    [Theory]
    [InlineData("gelu", 1.1441, 1.0354)]
    [InlineData("silu", 1.1726, 1.0328)]
    [InlineData("tanh", 0.4611, 1.0853)]
    public void N4_growth_of_radial_and_of_independent_noise_has_the_published_digits(string word, double radial, double independent)
    {
        var constants = NormConstants.For(DualActivationTests.Dual(word));
        Digits(constants.LayerNormRadial, radial, 4);
        Digits(Math.Sqrt(constants.LayerNorm), independent, 4);
    }

    [Theory]
    [InlineData("relu", 0.2274)]
    [InlineData("tanh", 0.0885)]
    public void Noise_grows_exponentially_if_a_factor_follows_the_residual_sum(string word, double expected) =>
        Digits(0.5 * Math.Log(ResidualTime.SquaredIncrement(0.5, NormConstants.For(DualActivationTests.Dual(word)).BatchNorm, 2)), expected, 4);

    [Fact]
    public void Z4_reflected_walk_has_the_published_digits()
    {
        var (nu1, nu2) = ResidualTime.ReflectedWalk(32);
        Digits(nu1, 4.0355, 4);
        Digits(nu2, 28.2198, 4);
    }

    private static EdgePoint? Edge(string word, double bias) => EdgeOfChaos.AtBias(DualActivationTests.Dual(word), bias * bias);

    /// <summary>Equal to the last of the printed digits: half a unit, and what rounding may add.</summary>
    internal static void Digits(double ours, double published, int digits) =>
        ours.Should().BeApproximately(published, 0.5000001 * Math.Pow(10, -digits) + 1e-15);

    [Fact]
    public void Activations_that_saturate_have_a_fixed_point_however_large_the_weights()
    {
        foreach (var weights in (double[])[1e6, 1e300])
        {
            var field = new MeanField(DualActivationTests.Dual("tanh"), weights, 0.2 * weights);
            field.Variance.Should().BeApproximately(1.2 * weights, 1e-3 * weights);
            field.Phase.Should().Be(Phase.Chaotic);

            // The tanh is a sign there: 1.2 c = (2/π) asin c + 0.2.
            (1.2 * field.Correlation)
                .Should()
                .BeApproximately((2 / Math.PI * Math.Asin(field.Correlation)) + 0.2, 2e-3);
        }

        new MeanField(DualActivationTests.Dual("relu"), 1e300).Phase.Should().Be(Phase.Unbounded);
        new MeanField(DualActivationTests.Dual("silu"), 1e9).Phase.Should().Be(Phase.Unbounded);
    }
}
