using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Sampled networks against laws that are exact at their width, each by another route than the sample's.</summary>
public class SampledNetworkTests
{
    private const int Networks = 1500;

    [Theory]
    [InlineData(WeightLaw.Normal, 6)]
    [InlineData(WeightLaw.Normal, 40)]
    [InlineData(WeightLaw.Uniform, 6)]
    [InlineData(WeightLaw.TruncatedNormal, 6)]
    [InlineData(WeightLaw.Orthogonal, 6)]
    [InlineData(WeightLaw.Orthogonal, 40)]
    public void Second_moments_after_weights_are_the_same_for_every_weight_law(WeightLaw law, int channels)
    {
        var (x, dx) = NetworkPredictionTests.Batch(3, 12);
        var (values, noise, cross) = (new double[Networks], new double[Networks], new double[Networks]);
        Draw(
            [new Dense { Channels = channels, Parameters = new(1.7, 0.3, law) }],
            x,
            dx,
            (network, state) =>
            {
                values[network] = state.Signal[0] * state.Signal[channels];
                noise[network] = state.Noise[0] * state.Noise[0];
                cross[network] = state.Signal[(2 * channels) + 1] * state.Noise[(2 * channels) + 1];
            }
        );
        values.Average().Should().BeApproximately((1.7 / 12 * (x.Row(0) * x.Row(1))) + 0.3, Sampling.Allowance(values));
        noise.Average().Should().BeApproximately(1.7 / 12 * (dx.Row(0) * dx.Row(0)), Sampling.Allowance(noise));
        cross.Average().Should().BeApproximately(1.7 / 12 * (x.Row(2) * dx.Row(2)), Sampling.Allowance(cross));
    }

    [Fact]
    public void Orthogonal_weights_keep_lengths_and_angles()
    {
        var (x, dx) = NetworkPredictionTests.Batch(3, 12);
        Draw(
            [new Dense { Parameters = new(2, 0, WeightLaw.Orthogonal) }],
            x,
            dx,
            (_, state) =>
            {
                var dot = Numerics.VectorMath.Dot(state.Signal[..12], state.Signal[12..24]) * Math.Exp(state.LogSignalScale);
                dot.Should().BeApproximately(2 * (x.Row(0) * x.Row(1)), 1e-10);
            },
            networks: 5
        );
    }

    [Theory]
    [InlineData(0.1, WeightLaw.Normal)]
    [InlineData(0.3, WeightLaw.Orthogonal)]
    public void V2_V3_the_sampled_walk_of_one_point_has_the_predicted_drift_and_variance(double slope, WeightLaw law)
    {
        const int width = 10,
            layers = 4;
        var (x, dx) = NetworkPredictionTests.Batch(1, width);
        var unit = new Repeat(
            layers,
            [new Dense { Parameters = new(2 / (1 + (slope * slope)), 0, law) }, new Activation(slope == 0 ? Function.Relu : Function.LeakyRelu(slope))]
        );
        var walk = new LeakyWalk(width, slope, law == WeightLaw.Orthogonal);
        var steps = new double[Networks];
        var start = Math.Log(x.Row(0).DotProduct(x.Row(0)) / width);
        Draw([unit], x, dx, (network, state) => steps[network] = Math.Log(SampledFeatures.MeanSquare(state.Signal)) + state.LogSignalScale - start);
        var squares = steps.Select(step => Math.Pow(step - (layers * walk.Drift), 2)).ToArray();
        steps.Average().Should().BeApproximately(layers * walk.Drift, Sampling.Allowance(steps));
        squares.Average().Should().BeApproximately(layers * walk.Variance, Sampling.Allowance(squares));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void LN2_squares_and_LN3_noise_of_few_sampled_channels_agree_with_the_sphere_laws(bool subtractsMean)
    {
        const int width = 9;
        var (x, dx) = NetworkPredictionTests.Batch(2, 5);
        Norm norm = subtractsMean ? new LayerNorm { Epsilon = 0 } : new RmsNorm { Epsilon = 0 };
        var (laws, gelu) = (new SphereLaws(width, subtractsMean), DualActivationTests.Dual("gelu"));
        Layers layers =
        [
            new Dense { Channels = width },
            norm,
            new Activation(new Function(FunctionKind.Gelu)),
            new Dense(),
            norm,
            new Activation(new Function(FunctionKind.Gelu)),
        ];
        var (first, deep, noise) = (new double[Networks], new double[Networks], new double[Networks]);
        var place = 0;
        for (var network = 0; network < Networks; network++)
        {
            place = 0;
            SampledNetwork.Walk(
                layers,
                x,
                dx,
                (ulong)network,
                false,
                state =>
                {
                    if (place is 2 or 5)
                    {
                        (place == 2 ? first : deep)[network] = SampledFeatures.MeanSquare(state!.Signal[..width]);
                    }

                    if (place == 2)
                    {
                        noise[network] = SampledFeatures.MeanSquare(state!.Noise[..width]) * Math.Exp(state.LogNoiseScale);
                    }

                    place++;
                },
                default
            );
        }

        first.Average().Should().BeApproximately(laws.Square(gelu), Sampling.Allowance(first));
        deep.Average().Should().BeApproximately(laws.Square(gelu), Sampling.Allowance(deep), "V6: the same number at every depth");
        var (q, d, c) = (2.0 / 5 * (x.Row(0) * x.Row(0)), 2.0 / 5 * (dx.Row(0) * dx.Row(0)), 2.0 / 5 * (x.Row(0) * dx.Row(0)));
        noise.Average().Should().BeApproximately(laws.Noise(gelu, q, d, c), Sampling.Allowance(noise));
    }

    [Fact]
    public void B5_sampled_full_noise_of_batch_norm_agrees_with_its_law_and_held_noise_is_larger()
    {
        const int points = 9;
        var (x, dx) = NetworkPredictionTests.Batch(points, 30);
        var start = LayerMap.Apply(new Dense { Channels = 4 }, KernelState.FromFeatures(new Shape(1, 1, 30), x, dx * 0));
        var norm = new BatchNormKernel(start.Signal, 0);
        foreach (var full in (bool[])[false, true])
        {
            var (squares, random) = (new double[Networks], new NormalSequence(5));
            for (var network = 0; network < Networks; network++)
            {
                // Noise that is independent of the signal in the mean over networks.
                var drawn = Matrix<double>.Build.Dense(points, 30, (_, _) => random.Next());
                SampledNetwork.Walk(
                    [new Dense { Channels = 4 }, new BatchNorm { Epsilon = 0 }],
                    x,
                    drawn,
                    (ulong)network,
                    full,
                    state => squares[network] = SampledFeatures.MeanSquare(state!.Noise) * Math.Exp(state.LogNoiseScale),
                    default
                );
            }

            var law = full ? norm.FullNoise(2 * Matrix<double>.Build.DenseIdentity(points)).Value : 2 * norm.InverseVariance().Value;
            squares.Average().Should().BeApproximately(law, Sampling.Allowance(squares), "full: {0}", full);
        }
    }

    [Fact]
    public void Sampled_masks_scales_sums_and_missing_branches_have_the_predicted_means()
    {
        var (x, dx) = NetworkPredictionTests.Batch(2, 6);
        Layers layers =
        [
            new Dense { Channels = 5 },
            new Dropout(0.7),
            new Dropout(0.6) { Mask = DropoutMask.ByPoint },
            new Scaling(1.5),
            new Residual([new Dense { Parameters = new(1.1) }])
            {
                Survival = 0.4,
                BranchScale = 2,
                SkipScale = 0.5,
            },
        ];
        var expected = LayerMap.Apply(layers, KernelState.FromFeatures(new Shape(1, 1, 6), x, dx));
        var (own, pair, noise) = (new double[Networks], new double[Networks], new double[Networks]);
        Draw(
            layers,
            x,
            dx,
            (network, state) =>
            {
                var scale = Math.Exp(state.LogSignalScale);
                for (var c = 0; c < 5; c++)
                {
                    own[network] += scale * state.Signal[c] * state.Signal[c] / 5;
                    pair[network] += scale * state.Signal[c] * state.Signal[5 + c] / 5;
                    noise[network] += state.Noise[5 + c] * state.Noise[5 + c] * Math.Exp(state.LogNoiseScale) / 5;
                }
            }
        );
        own.Average().Should().BeApproximately(expected.Signal[0, 0], Sampling.Allowance(own));
        pair.Average().Should().BeApproximately(expected.Signal[0, 1], Sampling.Allowance(pair));
        noise.Average().Should().BeApproximately(expected.Noise![1, 1], Sampling.Allowance(noise));
    }

    [Fact]
    public void Means_tend_to_the_recursion_as_one_over_the_width()
    {
        Layers Stack(int width) =>
            [
                new Dense { Channels = width, Parameters = Initialisation.LeCun },
                new Repeat(
                    6,
                    [new Residual([new LayerNorm(), new Dense { Parameters = new(1, 0.1) }, new Activation(new Function(FunctionKind.Tanh)), new Dense()])]
                ),
            ];
        var (x, dx) = NetworkPredictionTests.Batch(5, 8);
        var ladder = new[] { 16, 32, 64 }
            .Select(width =>
            {
                var network = new Network("ladder", new Shape(1, 1, 8), Stack(width));
                var last = network.Places.Count - 1;
                var sample = FiniteWidthSample.Make(
                    network,
                    x,
                    dx,
                    1,
                    [.. Enumerable.Range(0, 6400 / width).Select(number => (ulong)number)],
                    isWanted: index => index == last
                );
                var limit = NetworkPrediction.Make(network, network.Input, x, dx, 1, isWanted: index => index == last).Places[0];
                return (Difference: sample.Places[0].LogChi - limit.LogChi, Error: sample.Places[0].LogChiStandardError, Width: width);
            })
            .ToArray();

        // Richardson's step from the two widest: 2d(64) - d(32) is 0 up to 1/N².
        var extrapolated = (2 * ladder[2].Difference) - ladder[1].Difference;
        Math.Abs(extrapolated)
            .Should()
            .BeLessThan((5 * Math.Sqrt((4 * Math.Pow(ladder[2].Error, 2)) + Math.Pow(ladder[1].Error, 2))) + Math.Abs(ladder[0].Difference / 8));
    }

    [Fact]
    public void A_seed_determines_the_sampled_network_and_layers_that_cannot_be_sampled_are_named()
    {
        var (x, dx) = NetworkPredictionTests.Batch(2, 6);
        Layers layers = [new Dense(), new Activation(new Function(FunctionKind.Silu)), new Dense()];
        double[] Values(ulong seed)
        {
            double[] values = [];
            SampledNetwork.Walk(layers, x, dx, seed, false, state => values = state!.Values, default);
            return values;
        }

        Values(7).Should().Equal(Values(7)).And.NotEqual(Values(8));
        FiniteWidthSample.IsPossible(layers, new Shape(1, 1, 6)).Should().BeTrue();
        FiniteWidthSample.IsPossible([new Convolution(3)], new Shape(4, 4, 6)).Should().BeFalse();
        FiniteWidthSample.IsPossible([new Attention(1)], new Shape(1, 1, 6)).Should().BeFalse();
        SampledNetwork.Walk([new Dense(), new Attention(1)], x, dx, 1, false, _ => { }, default)!.Path.Should().Be("layers[1]");
        var one = () => FiniteWidthSample.Make(new Network("one", new Shape(1, 1, 6), layers), x, dx, 1, [1]);
        one.Should().Throw<ArgumentException>().WithMessage("expected at least 2 networks*");
    }

    private static void Draw(Layers layers, Matrix<double> x, Matrix<double> dx, Action<int, SampledFeatures> last, int networks = Networks)
    {
        for (var network = 0; network < networks; network++)
        {
            SampledFeatures? end = null;
            SampledNetwork.Walk(layers, x, dx, (ulong)(1000 + network), false, state => end = state, default).Should().BeNull();
            last(network, end!);
        }
    }
}
