using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>O1: the bound of a convolution's rounding holds for the algorithms that libraries use, and is not too wide to see mistakes.</summary>
public class ConvolutionRoundingTests
{
    private const int Cases = 4;
    private const int Outputs = 3;
    private static readonly double Single = Math.ScaleB(1, -24);
    private static readonly TensorShape Shape = new(2, 4, 3, 4);
    private static readonly double[][] PointSets =
    [
        [0, 1, -1],
        [0, 1, -1, 2, -2],
        [0, 1, -1, 0.5, -0.5],
    ];

    public static TheoryData<int, Boundary, Contents> Convolutions
    {
        get
        {
            var data = new TheoryData<int, Boundary, Contents>();
            foreach (var boundary in Enum.GetValues<Boundary>())
            {
                foreach (var contents in Enum.GetValues<Contents>())
                {
                    data.Add(1, boundary, contents);
                    data.Add(2, boundary, contents);
                    data.Add(3, boundary, contents);
                }
            }

            return data;
        }
    }

    /// <summary>What goes in.</summary>
    public enum Contents
    {
        /// <summary>Normal numbers.</summary>
        Random,

        /// <summary>Large numbers of alternating signs, of whose sums next to nothing is left.</summary>
        Cancelling,

        /// <summary>One pixel in each image, one weight for each output.</summary>
        Sparse,

        /// <summary>One image a million times as large as the other.</summary>
        Uneven,
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Sums_in_any_order_stay_within_the_bound(int size, Boundary boundary, Contents contents)
    {
        foreach (var sum in new Func<float[], float[], float>[] { Forward, Backward, Pairwise, Fused })
        {
            LargestRatio(size, boundary, contents, (convolution, x, w) => convolution.Direct(x, w, sum)).Should().BeLessThanOrEqualTo(1);
        }
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Fourier_transforms_stay_within_the_bound(int size, Boundary boundary, Contents contents)
    {
        // With weights of one position nobody transforms an image.
        foreach (var (length, packed) in size == 1 ? [] : new[] { (8, false), (8, true), (32, true) })
        {
            LargestRatio(size, boundary, contents, (convolution, x, w) => convolution.Fourier(x, w, length, packed)).Should().BeLessThanOrEqualTo(1);
        }
    }

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void Winograd_tiles_stay_within_the_bound(int size, Boundary boundary, Contents contents)
    {
        foreach (var points in size == WinogradRounding.Size ? PointSets : [])
        {
            LargestRatio(size, boundary, contents, (convolution, x, w) => convolution.Winograd(x, w, points)).Should().BeLessThanOrEqualTo(1);
        }
    }

    /// <summary>In the worst case all roundings and all terms have the sign that hurts; random ones come to the root of their numbers. A bound that is
    /// wider still has a mistake in it.</summary>
    [Fact]
    public void Rounding_bounds_are_within_four_orders_of_magnitude_of_actual_errors()
    {
        LargestRatio(1, Boundary.Periodic, Contents.Random, (convolution, x, w) => convolution.Direct(x, w, Forward)).Should().BeGreaterThan(0.02);
        LargestRatio(2, Boundary.Periodic, Contents.Random, (convolution, x, w) => convolution.Fourier(x, w, 32, packed: true)).Should().BeGreaterThan(0.001);
        LargestRatio(3, Boundary.Periodic, Contents.Random, (convolution, x, w) => convolution.Winograd(x, w, PointSets[1])).Should().BeGreaterThan(0.0001);
    }

    [Theory]
    [InlineData(1, 1, Contents.Random)]
    [InlineData(2, 1, Contents.Sparse)]
    [InlineData(3, 2, Contents.Sparse)]
    [InlineData(3, 1, Contents.Sparse)]
    public void A_weight_that_is_wrong_by_a_thousandth_exceeds_the_bound(int size, int stride, Contents contents)
    {
        foreach (var boundary in Enum.GetValues<Boundary>())
        {
            var (x, w) = Drawn(size, contents, 0);
            var exact = WrittenOutLayers.Convolve(Shape, x, w, size, stride, boundary);
            var bounds = ConvolutionRounding.Bound(Shape, [.. x.Select(Math.Abs)], w, size, stride, boundary, Single);
            for (var i = 0; i < w.Length; i++)
            {
                var wrong = (double[])w.Clone();
                wrong[i] *= 1.001;
                var apart = WrittenOutLayers.Convolve(Shape, x, wrong, size, stride, boundary).Zip(exact, (a, b) => Math.Abs(a - b)).ToArray();

                // A weight of zero, or one that meets no pixel in this stride, changes nothing.
                apart.Zip(bounds).Any(pair => pair.First > pair.Second).Should().Be(apart.Any(distance => distance > 0));
            }
        }
    }

    [Fact]
    public void Tiles_compute_convolutions()
    {
        // The matrices of F(2, 3) as they are printed, but for signs and scales of points.
        var two = WinogradRounding.Tile.FromPoints(PointSets[0]);
        two.Output.Should().BeEquivalentTo(new double[][] { [1, 0], [1, 1], [1, -1], [0, 1] }, options => options.WithStrictOrdering());
        two.Weights.Should()
            .BeEquivalentTo(new double[][] { [-1, 0, 0], [0.5, 0.5, 0.5], [0.5, -0.5, 0.5], [0, 0, 1] }, options => options.WithStrictOrdering());
        two.Input.Should()
            .BeEquivalentTo(new double[][] { [-1, 0, 1, 0], [0, 1, 1, 0], [0, -1, 1, 0], [0, -1, 0, 1] }, options => options.WithStrictOrdering());

        foreach (var points in PointSets)
        {
            var tile = WinogradRounding.Tile.FromPoints(points);
            var (outputs, inputs) = (tile.Output[0].Length, tile.Input.Length);
            for (var output = 0; output < outputs; output++)
            {
                for (var input = 0; input < inputs; input++)
                {
                    for (var weight = 0; weight < 3; weight++)
                    {
                        Enumerable
                            .Range(0, inputs)
                            .Sum(t => tile.Output[t][output] * tile.Input[t][input] * tile.Weights[t][weight])
                            .Should()
                            .BeApproximately(input == output + weight ? 1 : 0, 1e-12, "output i of a correlation is the sum of x_{i+r} w_r");
                    }
                }
            }
        }
    }

    [Fact]
    public void Rounding_constants_agree_with_their_formulas()
    {
        // By hand: t = 5 + 5 bits, each of at most the 10.6 of radix 7; five transforms for k = 3 (image, weights, three for the way back), 4 channels and
        // three roundings.
        var stage = (Math.Sqrt(7) * ((2 * Math.Sqrt(2)) + 1 + 6)) + (2 * Math.Sqrt(2)) + 1;
        var transform = 10 * stage / Math.Log2(7);
        FourierRounding.OfConvolution(4, 3, 4, 3).Should().BeApproximately((5 * transform) + Math.Sqrt((22 * 22) + 25) + 3, 1e-9);

        // An image of 40 rows with its border has 42, padded to at most 84.
        FourierRounding
            .OfConvolution(40, 3, 4, 3)
            .Should()
            .BeApproximately((5 * stage / Math.Log2(7) * (5 + Math.Log2(84))) + Math.Sqrt((22 * 22) + 25) + 3, 1e-9);

        // F(2, 3): rows of Bᵀ, G and Aᵀ have 2, 3 and 3 terms. The first output's form in |x| and |w| is (1 0 0; 1 1 1; 2 1 1; 0 0 0), the second's (0 0
        // 0; 1 1 2; 1 1 1; 0 0 1).
        var two = WinogradRounding.Tile.FromPoints(PointSets[0]);
        two.Roundings().Should().Be(3 + 4 + 4);
        two.Sigma().Should().BeApproximately(Math.Sqrt(10), 1e-12);
        two.Reach().Should().BeEquivalentTo(new double[][] { [0, 0, 0], [1, 1, 2], [1, 1, 1], [2, 1, 1], [0, 0, 0] }, options => options.WithStrictOrdering());
        WinogradRounding.OfConvolution(4).Should().BeGreaterThan(two.Sigma() * two.Sigma() * (22 + 6));
        Roundings.Gamma(4, 0.125).Should().Be(1);
        Roundings.Gamma(8, 0.125).Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void The_bound_is_that_of_the_least_accurate_algorithm()
    {
        // Two images of ones, and of threes, in one channel; all weights one: norms of images 4 and 12, together √160, of weights 3 and 2.
        var shape = new TensorShape(2, 4, 4, 1);
        double[] x = [.. Enumerable.Repeat(1.0, 16), .. Enumerable.Repeat(3.0, 16)];
        var winograd = Roundings.Gamma(WinogradRounding.OfConvolution(1), Single);
        var (three, two) = (
            Roundings.Gamma(FourierRounding.OfConvolution(4, 4, 1, 3), Single),
            Roundings.Gamma(FourierRounding.OfConvolution(4, 4, 1, 2), Single)
        );

        Bounds(3, 1, 9).Should().Equal([.. Enumerable.Repeat(winograd * 12, 16), .. Enumerable.Repeat(winograd * 36, 16)], Near);
        Bounds(3, 2, 9).Should().Equal([.. Enumerable.Repeat(three * 3 * Math.Sqrt(160), 8)], Near, "images may be paired");
        Bounds(2, 1, 4).Should().Equal([.. Enumerable.Repeat(two * 2 * Math.Sqrt(160), 32)], Near);
        Bounds(1, 1, 1).Should().Equal([.. Enumerable.Repeat(Roundings.Gamma(3, Single), 16), .. Enumerable.Repeat(3 * Roundings.Gamma(3, Single), 16)], Near);

        // With one weight, whose form is far below the norm, Fourier transforms may err more than tiles.
        Bounds(3, 1, 1).Should().AllSatisfy(bound => bound.Should().BeInRange(three * Math.Sqrt(160) * (1 - 1e-12), winograd * 12));

        double[] Bounds(int size, int stride, int ones) =>
            ConvolutionRounding.Bound(
                shape,
                x,
                [.. Enumerable.Range(0, size * size).Select(i => i < ones ? 1.0 : 0)],
                size,
                stride,
                Boundary.ZeroPadding,
                Single
            );

        static bool Near(double a, double b) => Math.Abs(a - b) < 1e-12 * b;
    }

    [Fact]
    public void An_algorithm_without_correct_digits_is_left_out_of_the_bound()
    {
        var (x, w) = Drawn(3, Contents.Random, 0);
        var coarse = Math.ScaleB(1, -8);

        var bounds = ConvolutionRounding.Bound(Shape, [.. x.Select(Math.Abs)], w, 3, 1, Boundary.Periodic, coarse);

        bounds.Should().OnlyContain(bound => double.IsFinite(bound) && bound > 0, "sums of 36 products are good to 38/256 in bfloat16");
    }

    private static double LargestRatio(int size, Boundary boundary, Contents contents, Func<SinglePrecisionConvolution, double[], double[], double[]> compute)
    {
        var largest = 0.0;
        for (var i = 0; i < Cases; i++)
        {
            var (x, w) = Drawn(size, contents, i);
            var computed = compute(new SinglePrecisionConvolution(Shape, size, boundary), x, w);
            var bounds = ConvolutionRounding.Bound(Shape, [.. x.Select(Math.Abs)], w, size, 1, boundary, Single);
            var exact = WrittenOutLayers.Convolve(Shape, x, w, size, 1, boundary);
            for (var element = 0; element < exact.Length; element++)
            {
                var distance = Math.Abs(computed[element] - exact[element]);
                largest = Math.Max(largest, distance == 0 ? 0 : distance / bounds[element]);
            }
        }

        return largest;
    }

    private static (double[] Input, double[] Weights) Drawn(int size, Contents contents, int index)
    {
        var random = new Random((1000 * size) + (100 * (int)contents) + index);
        var (x, w) = (new double[Shape.Elements], new double[size * size * Shape.Channels * Outputs]);
        Array.ForEach(
            [x, w],
            values =>
            {
                for (var i = 0; i < values.Length; i++)
                {
                    values[i] = contents switch
                    {
                        Contents.Random or Contents.Uneven => (float)(
                            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())
                        ),
                        Contents.Cancelling => (float)((values == x && i / Shape.Channels % 2 == 1 ? -1000 : 1000) * (1 + (1e-4 * random.NextDouble()))),
                        Contents.Sparse => 0,
                        _ => throw new ArgumentOutOfRangeException(nameof(contents), contents, "expected a known kind of contents"),
                    };
                }
            }
        );
        for (var image = 0; image < Shape.Images && contents == Contents.Sparse; image++)
        {
            x[(((image * 12) + random.Next(12)) * Shape.Channels) + 1] = (float)(0.5 + random.NextDouble());
        }

        for (var output = 0; output < Outputs && contents == Contents.Sparse; output++)
        {
            w[(((random.Next(size * size) * Shape.Channels) + 1) * Outputs) + output] = (float)(0.5 + random.NextDouble());
        }

        for (var i = 0; i < x.Length / 2 && contents == Contents.Uneven; i++)
        {
            x[i] *= 1 << 20;
        }

        return (x, w);
    }

    private static float Forward(float[] x, float[] w) => x.Zip(w, (a, b) => a * b).Aggregate(0f, (sum, product) => sum + product);

    private static float Backward(float[] x, float[] w) => Forward([.. x.Reverse()], [.. w.Reverse()]);

    private static float Fused(float[] x, float[] w) => x.Zip(w).Aggregate(0f, (sum, pair) => MathF.FusedMultiplyAdd(pair.First, pair.Second, sum));

    private static float Pairwise(float[] x, float[] w) =>
        x.Length == 1 ? x[0] * w[0] : Pairwise(x[..(x.Length / 2)], w[..(x.Length / 2)]) + Pairwise(x[(x.Length / 2)..], w[(x.Length / 2)..]);
}
