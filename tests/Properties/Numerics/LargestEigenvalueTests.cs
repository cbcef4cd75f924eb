using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;

namespace Wellbehaved.Tests.Properties;

public class LargestEigenvalueTests
{
    /// <summary>What effective ranks are promised to have.</summary>
    private const double Promised = 1e-9;

    [Law(MaxTest = 100)]
    public void The_largest_eigenvalue_equals_that_of_a_full_decomposition(Features features)
    {
        var x = Matrix<double>.Build.DenseOfRowMajor(features.Points, features.Channels, features.Values());
        var gram = x.TransposeThisAndMultiply(x);
        var expected = gram.Evd(Symmetricity.Symmetric).EigenValues.Real().Maximum();

        LargestEigenvalue.OfSymmetric(gram.ToColumnMajorArray(), features.Channels).Should().BeApproximately(expected, Promised * expected);
    }

    [Theory]
    [InlineData(2, 3)]
    [InlineData(13, 16)]
    [InlineData(48, 48)]
    [InlineData(49, 49)]
    [InlineData(100, 100)]
    [InlineData(200, 1000)]
    [InlineData(300, 300)]
    public void The_largest_eigenvalue_is_found_in_a_noise_spectrum_with_a_small_gap(int size, int samples)
    {
        // Eigenvalues of a Wishart matrix crowd at the edge, at distances of size^(-2/3): the hardest case for the method.
        var random = new MathNet.Numerics.Distributions.Normal(0, 1, new Random(size));
        var x = Matrix<double>.Build.Random(samples, size, random);
        var gram = x.TransposeThisAndMultiply(x);
        var expected = gram.Evd(Symmetricity.Symmetric).EigenValues.Real().Maximum();

        LargestEigenvalue.OfSymmetric(gram.ToColumnMajorArray(), size).Should().BeApproximately(expected, Promised * expected);
    }

    [Fact]
    public void The_largest_eigenvalue_of_a_multiple_of_the_identity_is_found() =>
        LargestEigenvalue.OfSymmetric(Matrix<double>.Build.DenseIdentity(50).Multiply(3).ToColumnMajorArray(), 50).Should().BeApproximately(3, 1e-12);

    [Fact]
    public void A_matrix_of_zeros_has_eigenvalue_zero() => LargestEigenvalue.OfSymmetric(new double[9], 3).Should().Be(0);

    /// <summary>
    /// A signal that lives at one point has one direction. Behind each reflection such a matrix leaves rounding errors of the errors before: their squares fell
    /// below the smallest number, and the eigenvalue was NaN.
    /// </summary>
    [Law(MaxTest = 2000)]
    public void The_largest_eigenvalue_of_one_point_among_zeros_is_the_trace(int seed)
    {
        var random = new Random(seed);
        var (points, channels) = (random.Next(2, 49), random.Next(1, 49));
        var x = Matrix<double>.Build.Dense(points, channels);
        x.SetRow(random.Next(points), [.. Enumerable.Range(0, channels).Select(_ => Math.Max(0, (double)(float)(random.NextDouble() - 0.3)))]);
        var centred = Matrix<double>.Build.DenseOfColumns(x.EnumerateColumns().Select(column => column - column.Average()));
        foreach (var gram in new[] { centred.TransposeAndMultiply(centred), centred.TransposeThisAndMultiply(centred) })
        {
            LargestEigenvalue.OfSymmetric(gram.ToColumnMajorArray(), gram.RowCount).Should().BeApproximately(gram.Trace(), Promised * gram.Trace());
        }
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(1e-8)]
    [InlineData(1e-3)]
    public void The_sum_of_small_eigenvalues_beside_one_large_keeps_its_digits(double remainder)
    {
        // Eigenvalues 1 and remainder·(1, ½, ¼): trace minus largest is 1.75·remainder, to the rounding of the trace.
        var rotation = Matrix<double>.Build.Random(4, 4, 7).QR().Q;
        var matrix = rotation * Matrix<double>.Build.DenseOfDiagonalArray([1, remainder, remainder / 2, remainder / 4]) * rotation.Transpose();

        var left = matrix.Trace() - LargestEigenvalue.OfSymmetric(matrix.ToColumnMajorArray(), 4);

        left.Should().BeApproximately(1.75 * remainder, (Promised * remainder) + 1e-14);
    }

    [Theory]
    [InlineData(1e-200)]
    [InlineData(1e200)]
    public void The_scale_of_a_matrix_does_not_change_the_accuracy(double scale)
    {
        var matrix = Matrix<double>.Build.DenseOfArray(
            new double[,]
            {
                { 2, 1, 0.5 },
                { 1, 2, 1 },
                { 0.5, 1, 2 },
            }
        );
        var expected = matrix.Evd(Symmetricity.Symmetric).EigenValues.Real().Maximum();

        (LargestEigenvalue.OfSymmetric((scale * matrix).ToColumnMajorArray(), 3) / scale).Should().BeApproximately(expected, 1e-14);
    }

    [Fact]
    public void NaN_and_wrong_sizes_are_refused()
    {
        FluentActions.Invoking(() => LargestEigenvalue.OfSymmetric([double.NaN], 1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => LargestEigenvalue.OfSymmetric([1, 2], 1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => LargestEigenvalue.OfSymmetric([], 0)).Should().Throw<ArgumentException>();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    [InlineData(40)]
    public void The_largest_eigenvalue_is_found_from_a_nearly_orthogonal_starting_vector(int size)
    {
        // The eigenvector of the largest eigenvalue has a component of 1e-5 along the starting vector, that of the second nearly all.
        var start = Vector<double>.Build.Dense(LargestEigenvalue.StartingVector(size, 0));
        var other = Vector<double>.Build.Dense(size, i => i == 0 ? 1 : 0);
        var hidden = (other - (start * other.DotProduct(start))).Normalize(2);
        hidden = (hidden + (1e-5 * start)).Normalize(2);
        var second = (start - (hidden * start.DotProduct(hidden))).Normalize(2);
        var matrix = (3 * hidden.OuterProduct(hidden)) + (2.5 * second.OuterProduct(second)) + (1.0 / size * Matrix<double>.Build.DenseIdentity(size));

        LargestEigenvalue.OfSymmetric(matrix.ToColumnMajorArray(), size).Should().BeApproximately(3 + (1.0 / size), 3 * Promised);
    }
}
