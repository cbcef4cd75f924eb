using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class ConvolutionKernelTests
{
    [Theory]
    [InlineData(Boundary.Periodic, 3, 1)]
    [InlineData(Boundary.Symmetric, 3, 1)]
    [InlineData(Boundary.ZeroPadding, 3, 1)]
    [InlineData(Boundary.Periodic, 2, 2)]
    [InlineData(Boundary.ZeroPadding, 5, 2)]
    [InlineData(Boundary.Symmetric, 5, 1)]
    public void The_kernel_is_the_covariance_of_a_convolution_with_random_weights(Boundary border, int kernelSize, int stride)
    {
        const int images = 2,
            height = 4,
            width = 3,
            channels = 2,
            draws = 20_000;
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(5));
        var x = Matrix<double>.Build.Random(images * height * width, channels, normal);
        var convolution = new ConvolutionKernel(images, height, width, kernelSize, border, stride);
        var expected = convolution.Apply(x.TransposeAndMultiply(x) / channels);
        (convolution.OfFeatures(x, 2) - expected).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-12);
        convolution
            .Apply([.. Enumerable.Range(0, x.RowCount).Select(i => x.Row(i).Average(v => v * v))])
            .Should()
            .Equal(expected.Diagonal(), (a, b) => Math.Abs(a - b) < 1e-12);

        var (i, j) = (1, convolution.OutputPoints - 2);
        var (variance, covariance) = (new double[draws], new double[draws]);
        for (var draw = 0; draw < draws; draw++)
        {
            var weights = new double[kernelSize * kernelSize * channels];
            normal.Samples(weights);
            var scale = Math.Sqrt(2.0 / weights.Length);
            var (yi, yj) = (scale * Output(i, weights), scale * Output(j, weights));
            (variance[draw], covariance[draw]) = (yi * yi, yi * yj);
        }

        variance.Average().Should().BeApproximately(expected[i, i], Sampling.Allowance(variance));
        covariance.Average().Should().BeApproximately(expected[i, j], Sampling.Allowance(covariance));

        double Output(int point, double[] weights)
        {
            var (rows, columns) = ((height + stride - 1) / stride, (width + stride - 1) / stride);
            var (image, row, column) = (point / (rows * columns), point / columns % rows, point % columns);
            var sum = 0.0;
            for (var a = 0; a < kernelSize; a++)
            {
                for (var b = 0; b < kernelSize; b++)
                {
                    var (r, s) = ((row * stride) + a - ((kernelSize - 1) / 2), (column * stride) + b - ((kernelSize - 1) / 2));
                    if (border == Boundary.ZeroPadding && (r < 0 || r >= height || s < 0 || s >= width))
                    {
                        continue;
                    }

                    (r, s) = border == Boundary.Periodic ? ((r + (2 * height)) % height, (s + (2 * width)) % width) : (Mirror(r, height), Mirror(s, width));
                    for (var c = 0; c < channels; c++)
                    {
                        sum += x[(((image * height) + r) * width) + s, c] * weights[(((a * kernelSize) + b) * channels) + c];
                    }
                }
            }

            return sum;
        }

        static int Mirror(int position, int extent) =>
            position < 0 ? -1 - position
            : position >= extent ? (2 * extent) - 1 - position
            : position;
    }

    [Law(MaxTest = 50)]
    public void S2_a_periodic_convolution_conserves_the_trace_and_semidefiniteness(byte images, byte height, byte width, byte kernelSize, int seed)
    {
        var convolution = new ConvolutionKernel(1 + (images % 3), 1 + (height % 4), 1 + (width % 4), 1 + (kernelSize % 5), Boundary.Periodic);
        var x = Matrix<double>.Build.Random(convolution.InputPoints, 3, new Normal(0, 1, new Random(seed)));
        var gram = x.TransposeAndMultiply(x) / 3;
        var kernel = convolution.Apply(gram);
        kernel.Trace().Should().BeApproximately(2 * gram.Trace(), 1e-12 * gram.Trace());
        Kernels.SmallestEigenvalue(kernel).Should().BeGreaterThan(-1e-12 * gram.Trace());
    }

    [Fact]
    public void A_convolution_of_kernel_size_one_is_fully_connected()
    {
        var gram = Kernels.Example;
        (new ConvolutionKernel(4, 1, 1, 1, Boundary.ZeroPadding).Apply(gram) - (2 * gram)).Enumerate().Largest(Math.Abs).Should().Be(0);
    }
}
