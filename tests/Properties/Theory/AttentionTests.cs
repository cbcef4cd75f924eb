using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>T1 to T6: laws of attention at initialisation, and the map over kernel states that draws its weights.</summary>
public class AttentionTests
{
    private static readonly Normal Normal = new(0, 1, new MathNet.Numerics.Random.MersenneTwister(53));

    [Fact]
    public void T1_to_T6_have_the_published_digits()
    {
        DepthTests.Digits(512 * (AttentionLaws.LongSequence(0.3, 1, 512).Own - 0.3) / 0.7, 2.0138, 4);
        DepthTests.Digits(AttentionLaws.CubicCollapse(1, 16), 0.05859, 4);
        DepthTests.Digits(AttentionLaws.CubicCollapse(2, 16), 0.2344, 4);
        DepthTests.Digits(AttentionLaws.CubicCollapse(1, 4), 0.1875, 4);
        DepthTests.Digits(AttentionLaws.FullOverHeld(0.3, 1, 1024, 1024), 2.433, 3);
        DepthTests.Digits(AttentionLaws.FullOverHeld(0.3, 1, 128, 256), 2.312, 3);
        AttentionLaws.CollapseExponent(1, 1, 1).Should().Be(0.5);
        var frozen = () => AttentionLaws.LongSequence(0, 4, 64);
        frozen.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*puts its weight on few tokens*");
        var uniform = Matrix<double>.Build.Dense(3, 3, 1.0 / 3);
        AttentionLaws.Kernel([uniform, uniform], Matrix<double>.Build.DenseIdentity(3), 2, 3)[0, 1].Should().BeApproximately(2, 1e-14);
        AttentionLaws.ScoreCovariance(Matrix<double>.Build.DenseIdentity(3), 2, (0, 1), (0, 1)).Should().Be(4);
        var sizes = () => AttentionLaws.Kernel([uniform], Matrix<double>.Build.DenseIdentity(4));
        sizes.Should().Throw<ArgumentException>().WithMessage("expected at least one head*");
    }

    /// <summary>
    /// Two sequences of three tokens, two heads of three channels, biases: 15,000 whole attention layers drawn and differentiated in the test.
    /// </summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void T1_T2_kernels_after_attention_are_the_moments_of_drawn_layers(bool causal)
    {
        const int draws = 15_000,
            tokens = 3,
            width = 6,
            heads = 2;
        var (x, dx) = (Matrix<double>.Build.Random(2 * tokens, width, Normal), Matrix<double>.Build.Random(2 * tokens, width, Normal));
        var attention = new Attention(heads) { Causal = causal, Parameters = new(1.4, 0.2) };
        var state = LayerMap.Apply(attention, KernelState.FromFeatures(new Shape(1, tokens, width), x, dx));
        state.Validity.Should().Be(Validity.Exact);
        state.Error.Should().BeInRange(1e-4, 0.2);
        double[] own = new double[draws],
            pair = new double[draws],
            noise = new double[draws],
            cross = new double[draws];
        for (var draw = 0; draw < draws; draw++)
        {
            var (y, dy) = Draw(x, dx, attention, tokens);
            (own[draw], pair[draw]) = (y.Row(1) * y.Row(1) / width, y.Row(2) * y.Row(4) / width);
            (noise[draw], cross[draw]) = (dy.Row(1) * dy.Row(1) / width, dy.Row(2) * y.Row(1) / width);
        }

        // Both sides scatter: the map's own error is beside the test's.
        var (q, d) = (state.Signal.Diagonal().Largest(), state.Noise!.Diagonal().Largest());
        state.Signal[1, 1].Should().BeApproximately(own.Average(), Sampling.Allowance(own) + (4 * state.Error * q));
        state.Signal[2, 4].Should().BeApproximately(pair.Average(), Sampling.Allowance(pair) + (4 * state.Error * q));
        state.Noise[1, 1].Should().BeApproximately(noise.Average(), Sampling.Allowance(noise) + (4 * state.Error * d));
        state.Cross![2, 1].Should().BeApproximately(cross.Average(), Sampling.Allowance(cross) + (4 * state.Error * Math.Sqrt(q * d)));
    }

    [Fact]
    public void T4_the_distance_of_nearly_equal_tokens_decreases_by_its_cube()
    {
        const int tokens = 16;
        const double rest = 0.02;
        var kernel = (Matrix<double>.Build.DenseIdentity(tokens) * rest) + (1 - rest);

        // Wide heads: 128 channels in one.
        var state = LayerMap.Apply(new Attention(1), KernelState.Gaussian(new Shape(4, 4, 128), kernel, Matrix<double>.Build.DenseIdentity(tokens)));
        var collapsed = KernelMatrix.Mu2(state.Signal) * tokens / (tokens - 1.0);
        (collapsed / Math.Pow(rest, 3)).Should().BeApproximately(AttentionLaws.CubicCollapse(1, tokens), 0.08 * AttentionLaws.CubicCollapse(1, tokens));
    }

    [Fact]
    public void Kernels_averaged_over_attention_weights_pass_linear_layers_only()
    {
        var (x, dx) = (Matrix<double>.Build.Random(8, 6, Normal), Matrix<double>.Build.Random(8, 6, Normal));
        var input = KernelState.FromFeatures(new Shape(2, 2, 6), x, dx);
        var after = LayerMap.Apply([new Residual([new Attention(2)]), new Dense(), new AveragePool(2)], input);
        (after.Points, after.Validity).Should().Be((2, Validity.Exact));
        LayerMap
            .Apply([new Dense { Channels = 6 }, new LayerNorm(), new Attention(2)], input)
            .Validity.Should()
            .Be(Validity.InfiniteWidth, "scores read a kernel that is random at finite width");
        foreach (var layer in (Layer[])[new LayerNorm(), new BatchNorm(), new Activation(Function.Relu), new Attention(3)])
        {
            var act = () => LayerMap.Apply([new Attention(2), new Dense(), layer], input);
            act.Should().Throw<NoTheoryException>().WithMessage($"no theory of {layer.Word}: it follows attention, whose random weights are shared*");
        }

        LayerMap
            .Apply(new Attention(2), input)
            .Signal.Should()
            .BeEquivalentTo(LayerMap.Apply(new Attention(2), input).Signal, "the same draws, in the same order");
    }

    private static (Matrix<double> Y, Matrix<double> Dy) Draw(Matrix<double> x, Matrix<double> dx, Attention attention, int tokens)
    {
        var (width, own) = (x.ColumnCount, x.ColumnCount / attention.Heads);
        var (q, dq) = Project(x, dx);
        var (k, dk) = Project(x, dx);
        var (v, dv) = Project(x, dx);
        var (mixed, moved) = (Matrix<double>.Build.Dense(x.RowCount, width), Matrix<double>.Build.Dense(x.RowCount, width));
        for (var first = 0; first < x.RowCount; first += tokens)
        {
            for (var head = 0; head < attention.Heads; head++)
            {
                Matrix<double> Part(Matrix<double> matrix) => matrix.SubMatrix(first, tokens, head * own, own);
                var scores = Part(q) * Part(k).Transpose() / Math.Sqrt(own);
                var slopes = ((Part(dq) * Part(k).Transpose()) + (Part(q) * Part(dk).Transpose())) / Math.Sqrt(own);
                var weights = Matrix<double>.Build.Dense(tokens, tokens, (i, j) => attention.Causal && j > i ? 0 : Math.Exp(scores[i, j]));
                weights = Matrix<double>.Build.DiagonalOfDiagonalVector(1 / weights.RowSums()) * weights;
                var mean = weights.PointwiseMultiply(slopes).RowSums();
                var turned = weights.MapIndexed((i, j, weight) => weight * (slopes[i, j] - mean[i]));
                mixed.SetSubMatrix(first, head * own, weights * Part(v));
                moved.SetSubMatrix(first, head * own, (turned * Part(v)) + (weights * Part(dv)));
            }
        }

        return Project(mixed, moved);

        (Matrix<double> Y, Matrix<double> Dy) Project(Matrix<double> value, Matrix<double> noise)
        {
            var w = Matrix<double>.Build.Random(width, width, Normal) * Math.Sqrt(attention.Parameters.WeightVariance / width);
            var biases = Vector<double>.Build.Random(width, Normal) * Math.Sqrt(attention.Parameters.BiasVariance);
            return ((value * w) + Matrix<double>.Build.Dense(value.RowCount, width, (_, c) => biases[c]), noise * w);
        }
    }
}
