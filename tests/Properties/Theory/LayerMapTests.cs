using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class LayerMapTests
{
    private static readonly Shape Image = new(4, 4, 3);

    [Theory]
    [InlineData("vanilla", 1)]
    [InlineData("vanilla", 3)]
    [InlineData("vanilla_res", 3)]
    [InlineData("bn_ff", 1)]
    [InlineData("bn_res", 1)]
    [InlineData("bn_res", 3)]
    public void Recipes_layer_by_layer_agree_with_the_recursions_of_the_four_architectures(string name, int kernelSize)
    {
        const int images = 4,
            depth = 3;
        var shape = new Shape(6, 6, 3);
        var (x, dx) = Batch(images, (int)shape.Positions);
        var network = Recipes.Find(name, new RecipeSizes(shape, depth, 64, kernelSize))!;
        var start = KernelState.FromFeatures(shape, x, dx);
        var first = LayerMap.Apply([.. network.Layers.Take(network.Layers.Count - 1)], start);
        var stack = (Repeat)network.Layers[^1];
        var kind = new NetworkKind(name.StartsWith("bn", StringComparison.Ordinal), name.EndsWith("res", StringComparison.Ordinal), 2);
        var points = first.Points;
        var convolution =
            kernelSize == 1 ? new ConvolutionKernel(points, 1, 1, 1, Boundary.Periodic) : new ConvolutionKernel(images, 3, 3, kernelSize, Boundary.Periodic);
        var recursion = KernelRecursion.Given(kind, first.Signal, [.. first.Noise!.Diagonal()], first.Cross!, convolution, 0.001);
        for (var unit = 1; unit <= depth; unit++)
        {
            var predicted = recursion.Next();
            var state = LayerMap.Apply([new Repeat(unit, stack.Unit)], first);
            Math.Log(state.Nu2()).Should().BeApproximately(predicted.LogNu2Signal, 1e-7, "{0} at {1}", name, unit);
            Math.Log(KernelMatrix.Mu2(state.Signal)).Should().BeApproximately(predicted.LogMu2Signal, 1e-7);
            Math.Log(state.NoisePower()).Should().BeApproximately(predicted.LogMu2Noise, 1e-7);
        }
    }

    /// <summary>Deterministic layers after one with weights, on 50,000 channels that are drawn: exact one-step laws.</summary>
    [Fact]
    public void Layers_after_fresh_weights_agree_with_the_moments_of_drawn_channels()
    {
        const int draws = 50_000;
        var (x, dx) = Batch(2);
        var first = new Convolution(3)
        {
            Channels = 1,
            Stride = 1,
            Boundary = Boundary.ZeroPadding,
            Parameters = new Initialisation(1.7, 0.2),
        };
        Layers rest = [new Activation(new Function(FunctionKind.Gelu)), new AveragePool(2), new Dropout(0.8) { Mask = DropoutMask.ByPoint }, new Scaling(-1.5)];
        var state = LayerMap.Apply([first, .. rest], KernelState.FromFeatures(Image, x, dx));
        state.Validity.Should().Be(Validity.Exact);
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(41));
        var random = new MathNet.Numerics.Random.MersenneTwister(42);
        var gelu = DualActivationTests.Dual("gelu").Curve;
        var patches = new ConvolutionKernel(2, 4, 4, 3, Boundary.ZeroPadding);
        var (p, dp) = (patches.Patches(x), patches.Patches(dx));
        double[] own = new double[draws],
            pair = new double[draws],
            noise = new double[draws],
            noisePair = new double[draws],
            cross = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            var w = Vector<double>.Build.Random(27, normal) * Math.Sqrt(1.7 / 27);
            var (y, dy) = ((p * w) + (Math.Sqrt(0.2) * normal.Sample()), dp * w);
            var (z, dz) = (Pool(y.Map(gelu.Value)), Pool(y.Map(gelu.Slope).PointwiseMultiply(dy)));
            for (var i = 0; i < z.Count; i++)
            {
                var mask = random.NextDouble() < 0.8 ? -1.5 / 0.8 : 0;
                (z[i], dz[i]) = (z[i] * mask, dz[i] * mask);
            }

            (own[draw], pair[draw], noise[draw], noisePair[draw], cross[draw]) = (z[1] * z[1], z[0] * z[6], dz[2] * dz[2], dz[0] * dz[1], dz[5] * z[4]);
        }

        state.Signal[1, 1].Should().BeApproximately(own.Average(), Sampling.Allowance(own));
        state.Signal[0, 6].Should().BeApproximately(pair.Average(), Sampling.Allowance(pair));
        state.Noise![2, 2].Should().BeApproximately(noise.Average(), Sampling.Allowance(noise));
        state.Noise[0, 1].Should().BeApproximately(noisePair.Average(), Sampling.Allowance(noisePair));
        state.Cross![5, 4].Should().BeApproximately(cross.Average(), Sampling.Allowance(cross));

        static Vector<double> Pool(Vector<double> values) =>
            Vector<double>.Build.Dense(
                8,
                i =>
                {
                    var (image, row, column) = (i / 4, i / 2 % 2, i % 2);
                    var at = (image * 16) + (row * 8) + (column * 2);
                    return (values[at] + values[at + 1] + values[at + 4] + values[at + 5]) / 4;
                }
            );
    }

    /// <summary>
    /// Norms of points are limits of infinite width: one layer of 16,384 channels, whose means scatter by a hundredth of what they are means of.
    /// </summary>
    [Theory]
    [InlineData("layer_norm")]
    [InlineData("rms_norm")]
    [InlineData("layer_norm_all")]
    [InlineData("group_norm")]
    public void Norms_over_many_channels_agree_with_their_infinite_width_limits(string word)
    {
        const int channels = 16_384;
        var (x, dx) = Batch(2);
        Layer norm = word switch
        {
            "layer_norm" => new LayerNorm { Epsilon = 0.1, Scale = 1.3 },
            "rms_norm" => new RmsNorm { Epsilon = 0.1, Scale = 1.3 },
            "layer_norm_all" => new LayerNorm
            {
                Over = NormalisedOver.All,
                Epsilon = 0.1,
                Scale = 1.3,
            },
            _ => new GroupNorm(2) { Epsilon = 0.1, Scale = 1.3 },
        };
        foreach (var before in (bool[])[false, true])
        {
            if (before && word == "group_norm")
            {
                continue;
            }

            // With a ReLU before it, channels have a mean.
            Layers layers = before
                ? [new Dense { Channels = channels, Parameters = new(1.5) }, new Activation(Function.Relu), norm]
                : [new Dense { Channels = channels, Parameters = new(1.5) }, norm];
            var state = LayerMap.Apply(layers, KernelState.FromFeatures(Image, x, dx));
            state.Validity.Should().Be(Validity.InfiniteWidth);
            var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(7));
            var w = Matrix<double>.Build.Random(3, channels, normal) * Math.Sqrt(1.5 / 3);
            var (y, dy) = (x * w, dx * w);
            if (before)
            {
                (y, dy) = (y.PointwiseMaximum(0), dy.MapIndexed((i, j, value) => y[i, j] > 0 ? value : 0));
            }

            var over = word is "layer_norm_all" or "group_norm" ? 16 : 1;
            var (z, dz) = (Matrix<double>.Build.Dense(y.RowCount, channels), Matrix<double>.Build.Dense(y.RowCount, channels));
            var groups = word == "group_norm" ? 2 : 1;
            for (var (group, width) = (0, channels / groups); group < groups; group++)
            {
                var (own, ownNoise) = (y.SubMatrix(0, y.RowCount, group * width, width), dy.SubMatrix(0, y.RowCount, group * width, width));
                var (part, noisePart) = Normalise(own, ownNoise, over, centred: word != "rms_norm", 0.1, 1.3);
                z.SetSubMatrix(0, group * width, part);
                dz.SetSubMatrix(0, group * width, noisePart);
            }

            Compare(state.Signal, z * z.Transpose() / channels, word);
            Compare(state.Noise!, dz * dz.Transpose() / channels, word);
            var scale = Math.Sqrt(state.Signal.Diagonal().Largest() * state.Noise!.Diagonal().Largest());
            (state.Cross! - (dz * z.Transpose() / channels)).Enumerate().Largest(Math.Abs).Should().BeLessThan(6 * Math.Sqrt(8.0 / channels) * scale, word);
            CompareFirstMoments(state.Means, z, state.Signal);
            CompareFirstMoments(state.NoiseMeans, dz, state.Noise);
        }

        static void Compare(Matrix<double> law, Matrix<double> measured, string word) => CompareMeans(law, measured, channels, word);

        // Six standard deviations of a mean over the channels, and as much again for the statistics of the norm, which are such means too.
        void CompareFirstMoments(Vector<double>? law, Matrix<double> measured, Matrix<double> squares)
        {
            for (var i = 0; i < measured.RowCount; i++)
            {
                measured.Row(i).Average().Should().BeApproximately(law?[i] ?? 0, 12 * Math.Sqrt(squares[i, i] / channels), $"{word}, point {i}");
            }
        }
    }

    /// <summary>Channels that are normalised together, and what all positions have in common; one channel, which is the simpler case, at night.</summary>
    public static TheoryData<int, double> Together
    {
        get
        {
            TheoryData<int, double> data = new() { { 4, 0.02 } };
            if (Breadth.Choose(usual: false, atNight: true))
            {
                data.Add(1, 0.4);
            }

            return data;
        }
    }

    /// <summary>
    /// Instance norm, and group norm of few channels, of images whose positions vary in many directions: 20,000 channels that are drawn, noise that follows the
    /// signal of its own position and of the next, and points of two images that are correlated.
    /// </summary>
    [Theory]
    [MemberData(nameof(Together))]
    public void Norms_over_positions_of_many_directions_follow_their_limits(int together, double common)
    {
        const int channels = 20_000,
            positions = 49,
            points = 2 * positions;
        Norm norm = together == 1 ? new InstanceNorm { Epsilon = 0.1, Scale = 1.3 } : new GroupNorm(channels / together) { Epsilon = 0.1, Scale = 1.3 };
        var kernel = Matrix<double>.Build.Dense(
            points,
            points,
            (i, j) =>
                common
                + (
                    i == j ? 1 + (0.1 * (i % 3))
                    : i % positions == j % positions ? 0.5
                    : 0
                )
        );
        var follows = Matrix<double>.Build.Dense(
            points,
            points,
            (i, j) =>
                i == j ? 0.6
                : j == (i + 1) % points ? 0.3
                : 0
        );
        var before = KernelState.Gaussian(
            new Shape(7, 7, channels),
            kernel,
            (follows * kernel * follows.Transpose()) + (0.25 * Matrix<double>.Build.DenseIdentity(points)),
            follows * kernel
        );
        var state = LayerMap.Apply(norm, before);
        state.Validity.Should().Be(Validity.InfiniteWidth);
        state.Error.Should().BeInRange(0.01, 0.07);
        state.IsGaussian.Should().BeTrue();

        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(19));
        var (z, dz) = (Matrix<double>.Build.Dense(points, channels), Matrix<double>.Build.Dense(points, channels));
        foreach (var (start, drawn) in Kernels.Neurons(kernel, channels, 20).Chunk(together).Select((drawn, group) => (group * together, drawn)))
        {
            var y = Matrix<double>.Build.DenseOfColumnVectors(drawn);
            var dy = (follows * y) + (0.5 * Matrix<double>.Build.Random(points, together, normal));
            var (part, noisePart) = Normalise(y, dy, positions, centred: true, 0.1, 1.3);
            z.SetSubMatrix(0, start, part);
            dz.SetSubMatrix(0, start, noisePart);
        }

        Near(state.Signal, z * z.Transpose() / channels, "signal");
        Near(state.Noise!, dz * dz.Transpose() / channels, "noise");
        Near(state.Cross!, dz * z.Transpose() / channels, "covariance");

        // Entries scatter by their variances over √channels, and the law may err by the share that it states.
        void Near(Matrix<double> law, Matrix<double> measured, string what) =>
            ((law - measured).FrobeniusNorm() / points)
                .Should()
                .BeLessThan((1.5 * 1.7 / Math.Sqrt(channels)) + (state.Error * law.FrobeniusNorm() / points), what);
    }

    /// <summary>The gradient's kernel goes back through the transpose of what the norm makes of independent noise.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void Norms_over_positions_and_their_transposes_have_the_same_products(int together)
    {
        const int positions = 64;
        var shape = new Shape(8, 8, 12);
        var random = Matrix<double>.Build.Random(2 * positions, 2 * positions, 5);
        var (noise, gradient) = (random * random.Transpose(), random.Transpose() * random);
        var kernel = Matrix<double>.Build.Dense(
            2 * positions,
            2 * positions,
            (i, j) =>
                i == j ? 1 + (0.01 * i)
                : i % positions == j % positions ? 0.5
                : 0.01
        );
        Norm norm = together == 1 ? new InstanceNorm() : new GroupNorm(3);
        PositionNormMap.ChannelsOf(norm, shape).Should().Be(together);
        var state = KernelState.Gaussian(shape, kernel, noise);
        var passed = LayerMap.Apply(norm, state).Noise!.PointwiseMultiply(gradient).Enumerate().Sum();
        var returned = PositionNormMap.Transpose(norm, state, together, gradient).PointwiseMultiply(noise).Enumerate().Sum();
        returned.Should().BeApproximately(passed, 1e-9 * passed);
    }

    /// <summary>A layer norm takes means over channels away: those that batch norm and an activation leave, of signal and noise.</summary>
    [Theory]
    [InlineData("relu", 8, 0.5, -1.2)]
    [InlineData("abs", 8, 0.5, 0.7)]
    [InlineData("gelu", 8, 0, 1.2)]
    [InlineData("erf", 8, 0, 1)]
    [InlineData("softplus", 24, 0, 0.8)]
    public void Layer_norm_after_batch_norm_and_an_activation_removes_the_channel_mean(string word, int points, double along, double scale)
    {
        const int channels = 20_000;

        // Where no dual continues to complex covariances, the expansion for many directions asks for them.
        var kernel = points < 20 ? PairwiseDualTests.Kernel(points, 0.5, 0.4, 2) : PairwiseDualTests.Kernel(points, 0.3, 0.1, 1.5);
        var state = KernelState.Gaussian(
            new Shape(1, 1, channels),
            kernel,
            Matrix<double>.Build.DenseIdentity(points) + (along * along * kernel),
            along == 0 ? null : along * kernel
        );
        var dual = DualActivationTests.Dual(word);
        Layers layers =
        [
            new BatchNorm { Epsilon = 0.1, Scale = scale },
            new Activation(new Function(Function.Find(word)!.Value)),
            new LayerNorm { Epsilon = 0.05 },
        ];
        var after = LayerMap.Apply(layers, state);

        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(3));
        var (x, dx) = (Matrix<double>.Build.Dense(points, channels), Matrix<double>.Build.Dense(points, channels));
        var channel = 0;
        foreach (var y in Kernels.Neurons(kernel, channels, 77))
        {
            var dy = (along * y) + Vector<double>.Build.Random(points, normal);
            var u = y - y.Average();
            var root = Math.Sqrt((u.DotProduct(u) / points) + 0.1);
            x.SetColumn(channel, u.Map(value => dual.Curve.Value(scale * value / root)));
            dx.SetColumn(channel++, dy.MapIndexed((i, value) => dual.Curve.Slope(scale * u[i] / root) * scale * value / root));
        }

        var (z, dz) = Normalise(x, dx, 1, centred: true, 0.05, 1);
        CompareMeans(after.Signal, z * z.Transpose() / channels, channels, word);
        CompareMeans(after.Noise!, dz * dz.Transpose() / channels, channels, word);
    }

    [Fact]
    public void Batch_norm_of_constant_points_divides_noise_by_the_root_of_epsilon()
    {
        var state = KernelState.Gaussian(new Shape(1, 1, 8), Matrix<double>.Build.Dense(3, 3, 2), Matrix<double>.Build.DenseIdentity(3));
        Power(new BatchNorm { Epsilon = 0.01 }).Should().BeApproximately(100, 1e-9, "it divides by √ε");
        Power(new BatchNorm { Epsilon = 0.01 }, new Activation(Function.LeakyRelu(0.2)))
            .Should()
            .BeApproximately(4, 1e-9, "at 0 the slope is that of the left side");
        Power(new BatchNorm { Epsilon = 0.01 }, new Activation(Function.Relu)).Should().Be(0);
        Power(new BatchNorm { Epsilon = 0.01 }, new Activation(new Function(FunctionKind.Gelu))).Should().BeApproximately(25, 1e-9);

        double Power(params Layer[] layers) => LayerMap.Apply([.. layers], state).NoisePower();
    }

    [Fact]
    public void Large_batch_expansions_are_marked_as_valid_for_large_batches()
    {
        var state = KernelState.Gaussian(new Shape(1, 1, 64), PairwiseDualTests.Kernel(24, 0.3, 0.1, 1.5), Matrix<double>.Build.DenseIdentity(24));
        LayerMap.Apply([new BatchNorm(), new Activation(new Function(FunctionKind.Tanh))], state).Validity.Should().Be(Validity.LargeBatch);
        LayerMap.Apply([new BatchNorm(), new Activation(new Function(FunctionKind.Gelu))], state).Validity.Should().Be(Validity.Exact);
    }

    [Fact]
    public async Task Talbot_sums_have_the_same_bits_for_any_schedule_of_threads()
    {
        var norm = new BatchNormKernel(PairwiseDualTests.Kernel(12, 0.3, 0.1, 1.5), 0);
        var dual = (IComplexDual)DualActivationTests.Dual("gelu");
        var first = new BatchNormTalbot(norm, dual, 1).Signal().Kernel;
        for (var time = 0; time < 10; time++)
        {
            // Other work takes threads away, and blocks end in another order.
            var busy = Task.Run(() => Parallel.For(0, 200, i => Thread.SpinWait(1000 * (i % 7))));
            new BatchNormTalbot(norm, dual, 1).Signal().Kernel.Should().BeEquivalentTo(first);
            await busy;
        }
    }

    [Fact]
    public void A_branch_with_survival_probability_keeps_its_share_in_means_and_norms_after_it_are_refused()
    {
        var (x, dx) = Batch(2);
        var start = LayerMap.Apply([new Flatten(), new Dense()], KernelState.FromFeatures(Image, x, dx));
        var features = LayerMap.Apply([new Activation(Function.Relu)], start);
        var kept = LayerMap.Apply(new Residual([new Dense()]) { Survival = 0.25 }, features);
        var inner = LayerMap.Apply(new Dense(), features);
        (kept.Signal - (features.Signal + (0.25 * inner.Signal))).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-14);
        kept.Means.Should().BeEquivalentTo(features.Means, "fresh weights have no mean");
        kept.NoiseMeans.Should().BeEquivalentTo(features.NoiseMeans);
        features.NoiseMeans!.Largest(Math.Abs).Should().BeGreaterThan(1e-3);

        // The mean of a branch that lies on a fresh skip counts by its share.
        var onSkip = LayerMap.Apply(
            new Residual([new Activation(Function.Relu)])
            {
                Skip = [new Dense()],
                Survival = 0.25,
                BranchScale = 2,
            },
            start
        );
        (onSkip.Means! - (0.5 * features.Means!)).Largest(Math.Abs).Should().BeLessThan(1e-14);
        (onSkip.NoiseMeans! - (0.5 * features.NoiseMeans)).Largest(Math.Abs).Should().BeLessThan(1e-14);

        foreach (var layer in (Layer[])[new LayerNorm(), new RmsNorm(), new Activation(Function.Relu), new BatchNorm()])
        {
            var act = () => LayerMap.Apply([new Residual([new Dense()]) { Survival = 0.25 }, new Scaling(2), layer], start);
            act.Should().Throw<NoTheoryException>().WithMessage($"no theory of {layer.Word}: it follows a branch that is dropped in some mappings*");
        }
    }

    /// <summary>The pixels' channels that one group reads are other numbers than those of another, at every width.</summary>
    [Fact]
    public void Groups_of_the_inputs_channels_have_kernels_of_their_own_at_every_width()
    {
        var features = Matrix<double>.Build.Random(2, 128, new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(5)));
        var start = KernelState.FromFeatures(new Shape(1, 1, 128), features, features);
        Convolution grouped = new(1) { Channels = 4096, Groups = 2 };

        LayerMap.Apply([grouped], start).IsGaussian.Should().BeFalse("each group of 64 has the kernel of its own half of the features");
        LayerMap
            .Apply([new Dense { Channels = 4096 }, grouped], start)
            .IsGaussian.Should()
            .BeTrue("halves of many random features have one kernel in the limit");
        LayerMap.Apply([new Convolution(1) { Channels = 4096 }], start).IsGaussian.Should().BeTrue();
    }

    [Fact]
    public void A_scale_of_1_leaves_to_an_activation_what_the_norm_before_it_knows()
    {
        var (x, dx) = Batch(2, 3);
        var start = KernelState.FromFeatures(new Shape(1, 3, 3), x, dx);
        Layers With(params Layer[] between) => [new Dense(), new BatchNorm(), .. between, new Activation(Function.Relu)];

        var scaled = LayerMap.Apply(With(new Scaling(1)), start);

        (scaled.Signal - LayerMap.Apply(With(), start).Signal).Enumerate().Largest(Math.Abs).Should().Be(0);
    }

    [Fact]
    public void Residual_sums_keep_the_mean_noise_that_a_later_layer_norm_removes()
    {
        // The skip's noise after a ReLU has a mean over channels where it is correlated with the signal.
        const int channels = 20_000;
        var (x, dx) = Batch(2, 3);
        dx += 0.5 * x;
        var shape = new Shape(1, 3, 3);
        Layers layers =
        [
            new Dense { Channels = channels },
            new Activation(Function.Relu),
            new Residual([new Dense { Parameters = new(0.3) }]),
            new LayerNorm { Epsilon = 0.01 },
        ];
        var after = LayerMap.Apply(layers, KernelState.FromFeatures(shape, x, dx));
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(17));
        var w = Matrix<double>.Build.Random(3, channels, normal) * Math.Sqrt(2.0 / 3);
        var (y, dy) = (x * w, dx * w);
        (y, dy) = (y.PointwiseMaximum(0), dy.MapIndexed((i, j, value) => y[i, j] > 0 ? value : 0));

        // Fresh weights on features of Gram matrix G are Gaussian with the covariance 0.3 G: no need to draw all of them.
        var both = y.Stack(dy);
        var branch = (both * both.Transpose() * (0.3 / channels)).Svd();
        var factor = branch.U * Matrix<double>.Build.DiagonalOfDiagonalVector(branch.S.PointwiseSqrt());
        var drawn = factor * Matrix<double>.Build.Random(both.RowCount, channels, normal);
        var (z, dz) = Normalise(y + drawn.SubMatrix(0, 6, 0, channels), dy + drawn.SubMatrix(6, 6, 0, channels), 1, centred: true, 0.01, 1);
        CompareMeans(after.Signal, z * z.Transpose() / channels, channels, "signal");
        CompareMeans(after.Noise!, dz * dz.Transpose() / channels, channels, "noise");
    }

    [Fact]
    public void Dilated_strided_convolutions_read_the_patches_of_their_convention()
    {
        // The patch of an output starts ⌊(k-1)/2⌋·dilation before stride·output; zeros beyond the border; weights of variance 1.5/27 and biases of 0.3.
        var (x, dx) = Batch(1, 49);
        var shape = new Shape(7, 7, 3);
        var convolution = new Convolution(3)
        {
            Stride = 2,
            Dilation = 2,
            Boundary = Boundary.ZeroPadding,
            Parameters = new(1.5, 0.3),
        };
        var state = LayerMap.Apply(convolution, KernelState.FromFeatures(shape, x, dx));
        state.Points.Should().Be(16);
        foreach (var (i, j) in ((int, int)[])[(0, 0), (5, 6), (3, 12), (15, 10)])
        {
            state.Signal[i, j].Should().BeApproximately((1.5 / 27 * Products(x, x, i, j)) + 0.3, 1e-12);
            state.Cross![i, j].Should().BeApproximately(1.5 / 27 * Products(dx, x, i, j), 1e-12);
        }

        var grouped = LayerMap.Apply(convolution with { Groups = 3 }, KernelState.FromFeatures(shape, x, dx));
        (grouped.Signal - state.Signal).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-14, "means over channels do not ask which group they are in");
        grouped.IsGaussian.Should().BeFalse();

        static double Products(Matrix<double> left, Matrix<double> right, int i, int j)
        {
            var sum = 0.0;
            for (var a = -2; a <= 2; a += 2)
            {
                for (var b = -2; b <= 2; b += 2)
                {
                    var ((r, c), (s, d)) = (((2 * (i / 4)) + a, (2 * (i % 4)) + b), ((2 * (j / 4)) + a, (2 * (j % 4)) + b));
                    if (r is >= 0 and < 7 && c is >= 0 and < 7 && s is >= 0 and < 7 && d is >= 0 and < 7)
                    {
                        sum += left.Row((7 * r) + c) * right.Row((7 * s) + d);
                    }
                }
            }

            return sum;
        }
    }

    [Fact]
    public void Residual_sums_have_no_cross_terms_where_the_branch_ends_in_fresh_weights()
    {
        var (x, dx) = Batch(3);
        var start = LayerMap.Apply([new Flatten(), new Dense()], KernelState.FromFeatures(Image, x, dx));
        Layers branch = [new Activation(new Function(FunctionKind.Tanh)), new Dense { Parameters = new(1.2, 0.1) }];
        var inner = LayerMap.Apply(branch, start);
        var sum = LayerMap.Apply(new Residual(branch) { BranchScale = 0.5, SkipScale = 0.8 }, start);
        (sum.Signal - ((0.64 * start.Signal) + (0.25 * inner.Signal))).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-14);
        (sum.Noise! - ((0.64 * start.Noise!) + (0.25 * inner.Noise!))).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-14);
        sum.IsGaussian.Should().BeTrue();
        LayerMap.Apply(new Residual(branch) { BranchScale = 0 }, start).Signal.Should().BeEquivalentTo(start.Signal);
        LayerMap.Apply(new Residual(branch) { Survival = 0.5 }, start).IsGaussian.Should().BeFalse();
        var scaled = LayerMap.Apply([new Repeat(3, [new Residual(branch) { BranchScale = ResidualScale.ByUnit }])], start);
        scaled.Nu2().Should().BeGreaterThan(start.Nu2());
    }

    [Fact]
    public void Z1_layer_normalised_branches_add_the_same_at_every_unit()
    {
        var (x, dx) = Batch(4);
        var start = LayerMap.Apply([new Flatten(), new Dense()], KernelState.FromFeatures(Image, x, dx));
        Layers unit = [new Residual([new LayerNorm { Epsilon = 0 }, new Activation(new Function(FunctionKind.Gelu)), new Dense()])];

        // The first unit at its own width, of 47 dimensions; the others in the limit.
        var (gain, first) = (
            2 * DualActivationTests.Dual("gelu").Moments(1).Square,
            2 * new SphereLaws(48, subtractsMean: true).Square(DualActivationTests.Dual("gelu"))
        );
        LayerMap.Apply(unit, start).Validity.Should().Be(Validity.Exact);
        foreach (var units in (int[])[1, 5])
        {
            LayerMap.Apply([new Repeat(units, unit)], start).Nu2().Should().BeApproximately(start.Nu2() + first + ((units - 1) * gain), 1e-10);
        }
    }

    /// <summary>
    /// Norms over few channels, alone and before an activation: pairs and mean squares of 30,000 drawn points are those of the laws at this width, not of the
    /// limit.
    /// </summary>
    [Theory]
    [InlineData("layer_norm", "gelu", 1.3)]
    [InlineData("rms_norm", "hard_swish", -1)]
    [InlineData("group_norm", "relu", 1)]
    [InlineData("layer_norm", "linear", 1)]
    public void Norms_over_few_channels_agree_with_the_laws_at_their_width(string word, string activation, double scale)
    {
        const int channels = 12,
            draws = 30_000;
        Norm norm = word switch
        {
            "layer_norm" => new LayerNorm { Scale = scale },
            "rms_norm" => new RmsNorm { Scale = scale },
            _ => new GroupNorm(2) { Scale = scale },
        };
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(37));
        var (x, dx) = (Matrix<double>.Build.Random(3, 5, normal), Matrix<double>.Build.Random(3, 5, normal));
        var function = new Function(Function.Find(activation)!.Value);
        var dense = new Dense { Channels = channels, Parameters = new(1.5, 0.1) };
        var state = LayerMap.Apply([dense, norm, new Activation(function)], KernelState.FromFeatures(new Shape(1, 1, 5), x, dx));
        state.Validity.Should().Be(Validity.Exact);
        var curve = DualActivation.For(function).Curve;
        double[] square = new double[draws],
            pair = new double[draws],
            noise = new double[draws];
        var over = word == "group_norm" ? channels / 2 : channels;
        for (var draw = 0; draw < draws; draw++)
        {
            var w = Matrix<double>.Build.Random(5, over, normal) * Math.Sqrt(1.5 / 5);
            var biases = Vector<double>.Build.Random(over, normal) * Math.Sqrt(0.1);
            var y = (x * w) + Matrix<double>.Build.Dense(3, over, (_, k) => biases[k]);
            var (z, dz) = Normalise(y, dx * w, 1, word != "rms_norm", 1e-5, scale);
            (square[draw], pair[draw]) = (
                z.Row(1).Average(value => Math.Pow(curve.Value(value), 2)),
                z.Row(0).Zip(z.Row(2), (a, b) => curve.Value(a) * curve.Value(b)).Average()
            );
            noise[draw] = Enumerable.Range(0, over).Average(k => Math.Pow(curve.Slope(z[1, k]) * dz[1, k], 2));
        }

        state.Signal[1, 1].Should().BeApproximately(square.Average(), Sampling.Allowance(square) + 1e-4);
        state.Signal[0, 2].Should().BeApproximately(pair.Average(), Sampling.Allowance(pair));
        state.Noise![1, 1].Should().BeApproximately(noise.Average(), Sampling.Allowance(noise));

        // Beyond the first layer with weights the limit is what stays, and the scope says so.
        LayerMap
            .Apply(
                [dense, new Activation(Function.Relu), new Dense(), new LayerNorm(), new Activation(function)],
                KernelState.FromFeatures(new Shape(1, 1, 5), x, dx)
            )
            .Validity.Should()
            .Be(Validity.InfiniteWidth);
        LayerMap
            .Apply([dense, new LayerNorm(), new Scaling(2), new Activation(Function.Relu)], KernelState.FromFeatures(new Shape(1, 1, 5), x, dx))
            .Validity.Should()
            .Be(Validity.InfiniteWidth, "channels on a sphere are Gaussian in the limit alone");
    }

    [Fact]
    public void Groups_of_few_channels_have_a_law_over_one_position()
    {
        var (x, dx) = Batch(2);
        var state = LayerMap.Apply(
            [
                new Flatten(),
                new Dense { Channels = 40 },
                new GroupNorm(5),
                new Activation(Function.Relu),
                new Dense(),
                new GroupNorm(5),
                new Activation(Function.Relu),
            ],
            KernelState.FromFeatures(Image, x, dx)
        );
        state.Validity.Should().Be(Validity.InfiniteWidth);
        state.Nu2().Should().BeApproximately(0.5, 1e-4, "half of what is normalised is positive");
        var few = () => LayerMap.Apply([new Flatten(), new Dense { Channels = 40 }, new GroupNorm(10)], KernelState.FromFeatures(Image, x, dx));
        few.Should().Throw<NoTheoryException>().WithMessage("no theory of group_norm: groups of 4 channels*");
    }

    [Fact]
    public void Variances_beyond_the_range_of_quadratures_are_refused_and_formulas_still_apply()
    {
        var kernel = 1e300 * PairwiseDualTests.Kernel(4, 0.5, 0.4, 1);
        var state = KernelState.Gaussian(new Shape(1, 1, 8), kernel, Matrix<double>.Build.DenseIdentity(4));
        var tanh = () => LayerMap.Apply(new Activation(new Function(FunctionKind.Tanh)), state);
        tanh.Should().Throw<NoTheoryException>().WithMessage("no theory of tanh: a variance before it is *; its dual has no formula*");
        (LayerMap.Apply(new Activation(Function.Relu), state).Nu2() / state.Nu2()).Should().BeApproximately(0.5, 1e-12);
        KernelMatrix.EffectiveRank(kernel).Should().BeApproximately(KernelMatrix.EffectiveRank(kernel * 1e-300), 1e-6, "a rank has no scale");
    }

    [Fact]
    public void Layer_normalised_stacks_explode_at_the_rate_of_their_constant()
    {
        // LN and GELU: √κ_LN = 1.0354 a layer with the full derivative, which is what the program's noise is.
        var (x, dx) = Batch(3);
        var normal = new Normal(0, 1, new Random(2));
        dx = Matrix<double>.Build.Random(dx.RowCount, dx.ColumnCount, normal);
        var state = LayerMap.Apply([new Flatten(), new Dense()], KernelState.FromFeatures(Image, x, dx));
        Layers unit = [new LayerNorm { Epsilon = 0 }, new Activation(new Function(FunctionKind.Gelu)), new Dense()];
        var (before, after) = (LayerMap.Apply([new Repeat(200, unit)], state), LayerMap.Apply([new Repeat(201, unit)], state));
        Math.Sqrt(after.NoisePower() / before.NoisePower() * before.Nu2() / after.Nu2()).Should().BeApproximately(1.0354, 5e-5);
    }

    [Fact]
    public void Batch_norm_before_GELU_on_64_points_is_predicted()
    {
        var kernel = PairwiseDualTests.Kernel(64, 0.3, 0.2, 1);
        var state = KernelState.Gaussian(new Shape(1, 1, 64), kernel, Matrix<double>.Build.DenseIdentity(64));
        var after = LayerMap.Apply([new BatchNorm(), new Activation(new Function(FunctionKind.Gelu)), new Dense()], state);
        after.Error.Should().BeLessThan(1e-9);
        after.IsGaussian.Should().BeTrue();
        after.Chi(state).Should().BeInRange(1.1, 1.25);

        // tanh has no complex dual: the expansion stands in, and says its error.
        var tanh = LayerMap.Apply([new BatchNorm(), new Activation(new Function(FunctionKind.Tanh))], state);
        tanh.Error.Should().BeInRange(1e-5, 1e-2);
        tanh.Noise.Should().NotBeNull();
    }

    [Theory]
    [InlineData(0.15)]
    [InlineData(1)]
    public void The_prediction_for_noise_correlated_with_the_signal_is_within_its_stated_error_or_refused(double along)
    {
        const int points = 10,
            draws = 40_000;
        var kernel = PairwiseDualTests.Kernel(points, 0.4, 0.3, 1.5);
        var independent = Matrix<double>.Build.DenseIdentity(points);
        var state = KernelState.Gaussian(new Shape(1, 1, 64), kernel, independent + (along * along * kernel), along * kernel);
        var after = LayerMap.Apply([new BatchNorm { Epsilon = 0 }, new Activation(new Function(FunctionKind.Gelu))], state);
        if (along == 1)
        {
            after.Noise.Should().BeNull();
            after.NoNoise!.Message.Should().Contain("correlated with the signal");
            return;
        }

        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(19));
        var gelu = DualActivationTests.Dual("gelu").Curve;
        var samples = Kernels
            .Neurons(kernel, draws, 5)
            .Select(y =>
            {
                var dy = (along * y) + Vector<double>.Build.Random(points, normal);
                var u = y - y.Average();
                var sigma = Math.Sqrt(u.DotProduct(u) / points);
                return Enumerable.Range(0, points).Average(i => Math.Pow(gelu.Slope(u[i] / sigma) * dy[i] / sigma, 2));
            })
            .ToArray();
        after.NoiseError.Should().BeInRange(0.005, 0.3);
        after.NoisePower().Should().BeApproximately(samples.Average(), Sampling.Allowance(samples) + (after.NoiseError * samples.Average()));
    }

    [Fact]
    public void Layers_without_a_law_are_refused_by_name()
    {
        var (x, dx) = Batch(3);
        var inputs = KernelState.FromFeatures(Image, x, dx);
        var weights = new Convolution(3);
        Refuses([new Activation(Function.Relu)], "no theory of relu: it follows channels that are not Gaussian*");
        Refuses([weights, new MaxPool(2)], "no theory of max_pool*");
        Refuses([weights, new InstanceNorm()], "no theory of instance_norm: single channels of 16 positions have * % of their variance in one*");
        Refuses([new Flatten(), new Dense { Channels = 3 }, new InstanceNorm()], "no theory of instance_norm: single channels of 1 position do not vary");
        Refuses([weights, new GroupNorm(3)], "no theory of group_norm: single channels of 16 positions have * % of their variance in one*");
        Refuses([weights, new Activation(Function.Relu), new GroupNorm(1)], "no theory of group_norm: each group of channels that are not Gaussian*");
        Refuses([weights, new Attention(1), new LayerNorm()], "no theory of layer_norm: it follows attention*");
        Refuses([weights, new Dropout(0.5), new Activation(Function.Relu)], "no theory of relu*");
        Refuses([weights, new Activation(Function.Relu), new BatchNorm()], "no theory of batch_norm: it follows channels that are not Gaussian*");
        Refuses([weights, new Residual([new Activation(Function.Relu)])], "no theory of residual: neither its branch*");
        Refuses([new Convolution(3) { Groups = Convolution.EachChannel }, new Activation(Function.Relu)], "no theory of relu*");
        Refuses([new Flatten(), new Dense(), new BatchNorm(), new Activation(new Function(FunctionKind.Silu))], "no theory of silu: it follows batch norm of*");

        void Refuses(Layers layers, string message)
        {
            var act = () => LayerMap.Apply(layers, inputs);
            act.Should().Throw<NoTheoryException>().WithMessage(message);
        }
    }

    /// <summary>A mask over eight inputs makes the kernel random before the first weights: E tanh² was 0.612 and called exact, and is 0.566.</summary>
    [Fact]
    public void Masks_over_inputs_are_exact_only_up_to_the_first_layer_that_is_not_linear()
    {
        var start = KernelState.FromFeatures(Image, Batch(2).X, Batch(2).Dx);
        var activation = new Activation(new Function(FunctionKind.Tanh));
        Validity Of(params Layer[] layers) => LayerMap.Apply([.. layers], start).Validity;
        foreach (var mask in Enum.GetValues<DropoutMask>())
        {
            var dropout = new Dropout(0.5) { Mask = mask };
            Of(dropout, new Dense(), new Dense()).Should().Be(Validity.Exact, "second moments are linear in the kernel");
            Of(dropout, new Dense(), activation).Should().Be(Validity.InfiniteWidth);
            Of(dropout, new Dense(), new BatchNorm()).Should().Be(Validity.InfiniteWidth);
            Of(dropout, new Dense(), new LayerNorm()).Should().Be(Validity.InfiniteWidth);
            Of(dropout, new RmsNorm()).Should().Be(Validity.InfiniteWidth);
            Of(new Residual([dropout, new Dense()]), new Dense(), activation).Should().Be(Validity.InfiniteWidth);
            Of(dropout with { Keep = 1 }, new Dense(), activation).Should().Be(Validity.Exact);
        }
    }

    /// <summary>Of a point that is zero, noise passes with the slope of the left side (O2), and not with that of the mean over both sides.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    [InlineData(-1)]
    public void Noise_of_a_point_that_is_zero_passes_with_the_slope_of_the_left_side(double slope)
    {
        var (x, dx) = Batch(3, 1);
        x.ClearRow(1);
        var linear = LayerMap.Apply([new Dense()], KernelState.FromFeatures(new Shape(1, 1, 3), x, dx));
        linear.Signal[1, 1].Should().Be(0);
        var after = LayerMap.Apply([new Activation(Function.LeakyRelu(slope))], linear);

        after.Noise![1, 1].Should().BeApproximately(slope * slope * linear.Noise![1, 1], 1e-15);
        after.Noise[0, 0].Should().BeApproximately(0.5 * (1 + (slope * slope)) * linear.Noise[0, 0], 1e-15);
        new MeanField(DualActivation.For(Function.LeakyRelu(slope)), 0.5).NoiseGain.Should().Be(0.25 * (1 + (slope * slope)), "variances only tend to 0");
    }

    [Fact]
    public void The_recursions_let_no_noise_pass_a_ReLU_at_zero()
    {
        var kernel = Matrix<double>.Build.DenseOfDiagonalArray([2, 0, 1]);
        var convolution = new ConvolutionKernel(3, 1, 1, 1, Boundary.Periodic);
        var plain = new KernelRecursion(new NetworkKind(false, false, 1), kernel, [1, 1, 1], convolution, 0.001).Next();
        Math.Exp(plain.LogMu2Noise).Should().BeApproximately(2.0 / 3, 1e-12, "weights double what the ReLU halves, at two points of three");
        var same = Matrix<double>.Build.Dense(3, 3, 2);
        var normed = new KernelRecursion(new NetworkKind(true, false, 1), same, [1, 1, 1], convolution, 0.001).Next();
        normed.LogMu2Noise.Should().Be(double.NegativeInfinity, "equal points are 0 after batch norm");
    }

    [Fact]
    public void Noise_with_infinite_mean_square_is_left_out_with_the_reason()
    {
        var kernel = Kernels.Example.SubMatrix(0, 3, 0, 3);
        var state = KernelState.Gaussian(new Shape(1, 1, 8), kernel, Matrix<double>.Build.DenseIdentity(3));
        var after = LayerMap.Apply([new BatchNorm { Epsilon = 0 }, new Activation(Function.Relu)], state);
        after.Noise.Should().BeNull();
        after.NoNoise!.Message.Should().Contain("batch_norm");
        double.IsNaN(after.Chi(state)).Should().BeTrue();
    }

    [Fact]
    public void Invalid_kernel_states_are_refused()
    {
        var indefinite = Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { 1, 0.9, -0.9 },
                { 0.9, 1, 0.9 },
                { -0.9, 0.9, 1 },
            }
        );
        var act = () => KernelState.Gaussian(new Shape(1, 1, 2), indefinite, Matrix<double>.Build.DenseIdentity(3));
        act.Should().Throw<ArgumentException>().WithMessage("*eigenvalue*");
        var (x, dx) = Batch(2);
        var points = () => KernelState.FromFeatures(new Shape(5, 4, 3), x, dx);
        points.Should().Throw<ArgumentException>().WithMessage("expected points that 20 positions*");
        x[0, 0] = double.NaN;
        var finite = () => KernelState.FromFeatures(Image, x, dx);
        finite.Should().Throw<ArgumentException>().WithMessage("expected finite*");
    }

    private static (Matrix<double> X, Matrix<double> Dx) Batch(int images, int positions = 16)
    {
        var normal = new Normal(0, 1, new Random(13));
        var points = images * positions;
        return (Matrix<double>.Build.Random(points, 3, normal) + 0.4, 0.3 * Matrix<double>.Build.Random(points, 3, normal));
    }

    /// <summary>
    /// Means of products over channels scatter by at most √8 of the largest of them, of fourth moments; six deviations, for some thousand comparisons.
    /// </summary>
    private static void CompareMeans(Matrix<double> law, Matrix<double> measured, int channels, string what) =>
        (law - measured).Enumerate().Largest(Math.Abs).Should().BeLessThan(6 * Math.Sqrt(8.0 / channels) * law.Diagonal().Largest(), what);

    private static (Matrix<double> Z, Matrix<double> Dz) Normalise(Matrix<double> y, Matrix<double> dy, int over, bool centred, double epsilon, double scale)
    {
        var (z, dz) = (y.Clone(), dy.Clone());
        for (var start = 0; start < y.RowCount; start += over)
        {
            var (block, noise) = (y.SubMatrix(start, over, 0, y.ColumnCount), dy.SubMatrix(start, over, 0, y.ColumnCount));
            if (centred)
            {
                (block, noise) = (block - block.Enumerate().Average(), noise - noise.Enumerate().Average());
            }

            var root = Math.Sqrt(block.PointwiseMultiply(block).Enumerate().Average() + epsilon);
            block /= root;
            noise = (noise - (block * block.PointwiseMultiply(noise).Enumerate().Average())) / root;
            z.SetSubMatrix(start, 0, block * scale);
            dz.SetSubMatrix(start, 0, noise * scale);
        }

        return (z, dz);
    }
}
