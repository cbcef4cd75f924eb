using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>S5 for noise that is given, and so by chance correlated with the signal.</summary>
public class S5_GivenNoiseTests
{
    private const int Points = 8;
    private const int Channels = 12;

    [Law(MaxTest = 20)]
    public void S5_expected_squares_of_given_noise_equal_those_of_its_regression_on_the_signal(KernelCase generated, bool largeEpsilon)
    {
        // Noise that is half of the signal's neighbour and half its own: theory.md's form of S5 inverts the kernel, this one does not.
        var kernel = generated.Kernel() + (0.1 * generated.Scale * Matrix<double>.Build.DenseIdentity(generated.Points));
        var epsilon = (largeEpsilon ? 2 : 0.001) * generated.Scale;
        var cross = Shifted(kernel) * 0.5;
        double[] variances =
        [
            .. Enumerable.Range(0, generated.Points).Select(i => (0.25 * kernel[(i + 1) % generated.Points, (i + 1) % generated.Points]) + generated.Scale),
        ];
        var expected = OneStepLaws.ExpectedNoiseAfterBatchNorm(kernel, epsilon, cross, variances);

        var (noise, _, error) = new BatchNormKernel(kernel, epsilon).CorrelatedNoise(cross, variances);

        error.Should().BeLessThan(1e-7);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i]
                .Should()
                .BeApproximately(0.5 * expected[i], 1e-6 * expected[i], "two quadratures of 1e-8 at least, and a pseudo-inverse of a condition below 1e4");
        }
    }

    [Law(MaxTest = 20)]
    public void S5_uncorrelated_noise_is_multiplied_by_the_inverse_variance(KernelCase generated)
    {
        var norm = new BatchNormKernel(generated.Kernel(), 0.1);
        var (noise, cross, _) = norm.CorrelatedNoise(
            Matrix<double>.Build.Dense(generated.Points, generated.Points),
            [.. Enumerable.Repeat(3.0, generated.Points)]
        );
        noise.Should().AllSatisfy(value => value.Should().BeApproximately(1.5 * norm.InverseVariance().Value, 1e-7 * value));
        cross.Enumerate().Should().OnlyContain(value => value == 0);
    }

    [Trait("Evidence", "Sampling")]
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void S5_squares_and_covariances_agree_with_simulated_neurons(double epsilon)
    {
        // Eight channels of input and nine points of noise that the signal knows of in part.
        const int points = 9;
        var kernel = new KernelCase(points, 14, 0.1, 0.3, 11).Kernel();
        var regression = Matrix<double>.Build.Random(points, points, new Normal(0, 0.3, new Random(4)));
        var cross = regression * kernel;
        double[] variances = [.. (regression * kernel * regression.Transpose()).Diagonal().Select(shared => shared + 0.2)];
        var (noise, passed, error) = new BatchNormKernel(kernel, epsilon).CorrelatedNoise(cross, variances);
        error.Should().BeLessThan(1e-7);

        var own = new Normal(0, Math.Sqrt(0.2), new Random(5));
        var (squares, products) = (Table(points), Table(points * points));
        foreach (var y in Kernels.Neurons(kernel, 200_000, seed: 3))
        {
            var centred = y - y.Average();
            var deviation = Math.Sqrt((centred.DotProduct(centred) / points) + epsilon);
            var dy = regression * y;
            for (var i = 0; i < points; i++)
            {
                var dx = (dy[i] + own.Sample()) * (centred[i] > 0 ? 1 : 0) / deviation;
                squares[i].Add(dx * dx);
                for (var j = 0; j < points; j++)
                {
                    products[(i * points) + j].Add(dx * Math.Max(centred[j], 0) / deviation);
                }
            }
        }

        for (var i = 0; i < points; i++)
        {
            squares[i].Mean().Should().BeApproximately(noise[i], Sampling.Allowance(squares[i]));
            for (var j = 0; j < points; j++)
            {
                products[(i * points) + j].Mean().Should().BeApproximately(passed[i, j], Sampling.Allowance(products[(i * points) + j]));
            }
        }

        static List<double>[] Table(int count) => [.. Enumerable.Range(0, count).Select(_ => new List<double>())];
    }

    [Fact]
    public void S5_noise_common_to_all_points_and_noise_at_constant_points_become_zero()
    {
        var constant = Matrix<double>.Build.Dense(5, 5, 2.0);
        var (noise, cross, _) = new BatchNormKernel(constant, 0.1).CorrelatedNoise(constant, [2, 2, 2, 2, 2]);
        noise.Should().Equal(0, 0, 0, 0, 0);
        cross.Enumerate().Should().OnlyContain(value => value == 0);
        new BatchNormKernel(constant, 0.1).SharedNoise(constant, [2, 2, 2, 2, 2]).Should().Equal(0, 0, 0, 0, 0);
        FluentActions
            .Invoking(() => new BatchNormKernel(constant, 0.1).CorrelatedNoise(constant, [1]))
            .Should()
            .Throw<ArgumentException>()
            .WithParameterName("cross");
    }

    /// <remarks>As in the ladder of <see cref="InfiniteWidthTests"/>: the chain that is given the joint Gram matrix is exact in law at every width.</remarks>
    [Trait("Evidence", "Sampling")]
    [Theory]
    [InlineData("bn_ff")]
    [InlineData("bn_res")]
    public void R2_sampled_networks_with_given_noise_tend_to_the_recursion_with_that_noise(string architecture)
    {
        const int networks = 4000;
        const double epsilon = 0.01;
        var inputs = Matrix<double>.Build.Random(2 * Points, Channels, new Normal(0, 1, new Random(6)));
        var joint = inputs.TransposeAndMultiply(inputs) / Channels;
        var kind = NetworkKind.Named(architecture);
        var (kernel, cross, variances) = (
            joint.SubMatrix(0, Points, 0, Points),
            joint.SubMatrix(Points, Points, 0, Points),
            joint.Diagonal().Skip(Points).ToArray()
        );
        var convolution = new ConvolutionKernel(Points, 1, 1, 1, Boundary.Periodic);
        var predicted = LogChi(KernelRecursion.Given(kind, kernel, variances, cross, convolution, epsilon));
        var independent = LogChi(new KernelRecursion(kind, kernel, variances, convolution, epsilon));

        var (means, errors) = (new double[Ladder.Rungs], new double[Ladder.Rungs]);
        for (var rung = 0; rung < Ladder.Rungs; rung++)
        {
            var width = 24 << rung;
            double[] values =
            [
                .. Enumerable
                    .Range(0, networks)
                    .AsParallel()
                    .AsOrdered()
                    .Select(number =>
                    {
                        var chain = SampledNeurons.Given(kind, joint, width, epsilon, ((ulong)width << 32) | (uint)number);
                        chain.Advance();
                        chain.Advance();
                        return chain.Moments().LogChi(1);
                    }),
            ];
            (means[rung], errors[rung]) = (values.Mean(), values.Variance() / networks);
        }

        var allowance =
            (
                Normal.InvCDF(0, 1, 1 - (Sampling.FalseAlarmRate / 2))
                * Math.Sqrt(Ladder.Weights.Zip(errors, (weight, variance) => weight * weight * variance).Sum())
            ) + 0.001;
        Ladder.Extrapolate(means).Should().BeApproximately(predicted, allowance);
        Math.Abs(independent - predicted).Should().BeGreaterThan(2 * allowance, "or the test would not see whether the noise is given");

        static double LogChi(KernelRecursion recursion)
        {
            recursion.Next();
            return recursion.Next().LogChi(1);
        }
    }

    [Fact]
    public void R2_given_noise_uncorrelated_with_the_signal_equals_mean_noise_bit_for_bit()
    {
        var kernel = new KernelCase(Points, Channels, 0.1, 0.5, 6).Kernel();
        var convolution = new ConvolutionKernel(2, 2, 2, 3, Boundary.Periodic);
        double[] noise = [.. Enumerable.Repeat(1.0, Points)];
        foreach (var kind in NetworkKind.Names.Select(name => NetworkKind.Named(name)))
        {
            var (given, mean) = (
                KernelRecursion.Given(kind, kernel, noise, Matrix<double>.Build.Dense(Points, Points), convolution, 0.1),
                new KernelRecursion(kind, kernel, noise, convolution, 0.1)
            );
            for (var depth = 0; depth < 3; depth++)
            {
                given.Next().Should().Be(mean.Next());
            }

            given.SharedNoise.Should().Be(kind.BatchNorm ? 0 : null);
            mean.SharedNoise.Should().BeNull();
        }

        FluentActions
            .Invoking(() => KernelRecursion.Given(NetworkKind.Named("bn_ff"), kernel, noise, Matrix<double>.Build.Dense(Points, 3), convolution, 0.1))
            .Should()
            .Throw<ArgumentException>()
            .WithParameterName("cross");
    }

    [Theory]
    [InlineData(3, Boundary.Periodic, 2)]
    [InlineData(3, Boundary.ZeroPadding, 1)]
    [InlineData(5, Boundary.Symmetric, 1)]
    [InlineData(2, Boundary.ZeroPadding, 2)]
    [InlineData(1, Boundary.Periodic, 1)]
    public void A_cross_covariance_is_convolved_as_its_features_are(int kernelSize, Boundary border, int stride)
    {
        const int points = 2 * 4 * 5;
        var normal = new Normal(0, 1, new Random(8));
        var (noise, signal) = (Matrix<double>.Build.Random(points, 3, normal), Matrix<double>.Build.Random(points, 3, normal));
        var convolution = new ConvolutionKernel(2, 4, 5, kernelSize, border, stride);
        var patches = convolution.Patches(signal);

        var expected = 2 * convolution.Patches(noise).TransposeAndMultiply(patches) / patches.ColumnCount;

        (convolution.ApplyToCross(noise.TransposeAndMultiply(signal) / 3) - expected)
            .Enumerate()
            .Largest(Math.Abs)
            .Should()
            .BeLessThan(1e-13, "sums of 75 products of order 1");
        (2 * patches.TransposeAndMultiply(patches) / patches.ColumnCount - convolution.OfFeatures(signal, 2))
            .Enumerate()
            .Largest(Math.Abs)
            .Should()
            .BeLessThan(1e-13);
    }

    private static Matrix<double> Shifted(Matrix<double> kernel) =>
        Matrix<double>.Build.Dense(kernel.RowCount, kernel.RowCount, (i, j) => kernel[(i + 1) % kernel.RowCount, j]);
}
