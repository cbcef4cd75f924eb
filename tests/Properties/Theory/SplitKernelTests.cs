using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Batch norm of many points by a split kernel against the decomposition into eigenvalues.</summary>
public class SplitKernelTests
{
    private const int Points = 130;

    /// <summary>s(u) = max(u, au) has the mean (1-a)E|u|/2, which is proportional to 1 - a; a slope above 1 once ended the integrals too early.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void Means_after_batch_norm_are_proportional_to_one_minus_the_slope(int splitFrom)
    {
        var (kernel, _, cross) = Batch(400, 0.75);
        var norm = new BatchNormKernel(kernel, 0, 1e-9, splitFrom);

        var (signal, noise) = norm.Means(0, cross);
        foreach (var slope in new[] { -1, 0.5, 3 })
        {
            var (ofSlope, noiseOfSlope) = norm.Means(slope, cross);
            (ofSlope - ((1 - slope) * signal)).AbsoluteMaximum().Should().BeLessThan(1e-12 * signal.AbsoluteMaximum());
            (noiseOfSlope! - ((1 - slope) * noise!)).AbsoluteMaximum().Should().BeLessThan(1e-12 * noise!.AbsoluteMaximum());
        }
    }

    /// <summary>Few directions, flat spectra, and spectra that one direction or a few hold: what the split says its error is bounds what it is.</summary>
    [Theory]
    [InlineData(30, 0.5, 0)]
    [InlineData(400, 0, 0)]
    [InlineData(400, 0.75, 0)]
    [InlineData(400, 0.4, 0.1)]
    [InlineData(400, 1.5, 0)]
    [InlineData(3, 0, 0)]
    public void Batch_norm_by_a_split_kernel_agrees_with_batch_norm_by_full_decomposition(int features, double decay, double epsilon)
    {
        var (kernel, noise, cross) = Batch(features, decay);
        var (split, whole) = (new BatchNormKernel(kernel, epsilon, 1e-9, splitFrom: 2), new BatchNormKernel(kernel, epsilon, 1e-9, int.MaxValue));
        split.Split.Should().NotBeNull();
        double[] variances = [.. noise.Diagonal()];
        foreach (var word in (string[])["relu", "leaky_relu"])
        {
            var dual = (LeakyDual)DualActivationTests.Dual(word);
            foreach (var given in new[] { null, cross })
            {
                var (ours, theirs) = (split.Homogeneous(dual, noise, given), whole.Homogeneous(dual, noise, given));
                Apart(ours.Signal, theirs.Signal).Should().BeLessThan(ours.Error + 2e-9);
                Apart(ours.Noise!, theirs.Noise!).Should().BeLessThan((4 * ours.Error) + 2e-9);
                (given is null ? 0 : (ours.Cross! - theirs.Cross!).Enumerate().Largest(Math.Abs))
                    .Should()
                    .BeLessThan((4 * ours.Error + 2e-9) * Reach(noise, whole));
                var (means, expected) = (split.Means(dual.Slope, given), whole.Means(dual.Slope, given));
                (means.Signal - expected.Signal).AbsoluteMaximum().Should().BeLessThan((ours.Error + 2e-9) * expected.Signal.AbsoluteMaximum());
            }
        }

        var (linear, linearNoise) = (split.Linear(), split.LinearNoise(noise, cross));
        Apart(linear.Kernel, whole.Linear().Kernel).Should().BeLessThan(linear.Error + 2e-9);
        Apart(linearNoise.Noise, whole.LinearNoise(noise, cross).Noise).Should().BeLessThan((4 * linearNoise.Error) + 2e-9);
        split.InverseVariance().Value.Should().BeApproximately(whole.InverseVariance().Value, whole.InverseVariance().Value * (linear.Error + 2e-9));
        Apart(split.Signal().Kernel, whole.Signal().Kernel).Should().BeLessThan(split.Signal().Error + 2e-9);
        var (passed, passedBefore) = (split.CorrelatedNoise(cross, variances), whole.CorrelatedNoise(cross, variances));
        passed.Noise.Zip(passedBefore.Noise, (one, other) => Math.Abs(one - other) / other).Largest().Should().BeLessThan((4 * passed.Error) + 2e-9);
        split.SharedNoise(cross, variances).Zip(whole.SharedNoise(cross, variances), (one, other) => Math.Abs(one - other)).Largest().Should().BeLessThan(1e-3);
        split
            .ReachedNoise(cross, variances)
            .Zip(whole.SharedNoise(cross, variances), (one, other) => one - other)
            .Largest()
            .Should()
            .BeLessThan(1e-3, "no more is reached than is shared");

        static double Reach(Matrix<double> noise, BatchNormKernel whole) => Math.Sqrt(noise.Diagonal().Maximum() * whole.InverseVariance().Value);
    }

    /// <summary>
    /// Points that are one another's copies, and equal eigenvalues by the dozen, which a Krylov space of single vectors would not tell apart.
    /// </summary>
    [Fact]
    public void Equal_points_and_equal_eigenvalues_are_handled_by_the_split_kernel()
    {
        var kernel = Matrix<double>.Build.Dense(Points, Points, (i, j) => i % 13 == j % 13 ? 1 : 0.25);
        var (split, whole) = (new BatchNormKernel(kernel, 0, 1e-9, splitFrom: 2), new BatchNormKernel(kernel, 0, 1e-9, int.MaxValue));
        split.Split.Should().NotBeNull();
        var relu = (LeakyDual)DualActivationTests.Dual("relu");
        var (ours, theirs) = (split.Homogeneous(relu, kernel, 0.5 * kernel), whole.Homogeneous(relu, kernel, 0.5 * kernel));
        Apart(ours.Signal, theirs.Signal).Should().BeLessThan(5e-9);

        // Rounding turns a correlation of 1 into one of an angle of 1e-8; T is then smaller by a third of that angle.
        Apart(ours.Noise!, theirs.Noise!).Should().BeLessThan(2e-8);
        Apart(ours.Cross!, theirs.Cross!).Should().BeLessThan(2e-8);
        ours.Signal[0, 13].Should().BeApproximately(ours.Signal[0, 0], 1e-12, "they are one point");
    }

    [Fact]
    public void An_indefinite_kernel_is_refused_with_its_eigenvalue()
    {
        var (kernel, _, _) = Batch(400, 0.5);
        kernel[0, 1] = kernel[1, 0] = -0.99 * Math.Sqrt(kernel[0, 0] * kernel[1, 1]);
        kernel[0, 2] = kernel[2, 0] = -0.99 * Math.Sqrt(kernel[0, 0] * kernel[2, 2]);
        FluentActions
            .Invoking(() => new BatchNormKernel(kernel, 0, 1e-9, splitFrom: 2))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*positive semidefinite*eigenvalue -*");
    }

    [Fact]
    public void A_constant_kernel_is_refused_without_epsilon()
    {
        var flat = Matrix<double>.Build.Dense(Points, Points, 2);
        FluentActions
            .Invoking(() => new BatchNormKernel(flat, 0, 1e-9, splitFrom: 2))
            .Should()
            .Throw<ArgumentException>()
            .WithMessage("*varies over the points*");
        new BatchNormKernel(flat, 0.1, 1e-9, splitFrom: 2).Signal().Kernel.Enumerate().Should().AllBeEquivalentTo(0.0);
    }

    /// <summary>
    /// A positive definite matrix has a decomposition, also of a number of rows that no block divides; one with a negative eigenvalue has none.
    /// </summary>
    [Theory]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(201)]
    public void Blocked_Cholesky_solves_positive_definite_systems_and_refuses_indefinite_matrices(int size)
    {
        var x = Matrix<double>.Build.Random(size, size + 5, new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(4)));
        var (matrix, right) = (
            x * x.Transpose() / size,
            Matrix<double>.Build.Random(size, 3, new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(5)))
        );
        var solved = right.ToRowMajorArray();
        using var product = new MatrixProduct<double>(2);
        BlockedCholesky.Reduce(matrix.ToRowMajorArray(), size, solved, 3, product).Should().BeTrue();
        var half = Matrix<double>.Build.DenseOfRowMajor(size, 3, solved);
        var expected = right.Transpose() * matrix.Solve(right);
        (half.Transpose() * half - expected).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-8 * expected.Enumerate().Largest(Math.Abs));
        matrix[size - 1, size - 1] = matrix[size - 1, size - 2] * matrix[size - 1, size - 2] / matrix[size - 2, size - 2] * 0.99;
        BlockedCholesky.Reduce(matrix.ToRowMajorArray(), size, null, 0, product).Should().BeFalse();
    }

    /// <summary>The largest eigenvalue of many rows has the same bits whoever shares them.</summary>
    [Fact]
    public void Threads_change_no_bit_of_the_largest_eigenvalue()
    {
        var x = Matrix<double>.Build.Random(1030, 40, new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(4)));
        var matrix = (x * x.Transpose()).ToRowMajorArray();
        LargestEigenvalue.OfSymmetric(matrix, 1030, 3).Should().Be(LargestEigenvalue.OfSymmetric(matrix, 1030));
    }

    private static (Matrix<double> Kernel, Matrix<double> Noise, Matrix<double> Cross) Batch(int features, double decay)
    {
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(3));
        var x = Matrix<double>.Build.Dense(Points, features, (_, k) => Math.Pow(1 + k, -decay) * normal.Sample());
        var dx = Matrix<double>.Build.Random(Points, features, normal) + (0.3 * x);
        return ((x * x.Transpose() / features) + 0.3, dx * dx.Transpose() / features, dx * x.Transpose() / features);
    }

    private static double Apart(Matrix<double> one, Matrix<double> other) => (one - other).Enumerate().Largest(Math.Abs) / other.Enumerate().Largest(Math.Abs);
}
