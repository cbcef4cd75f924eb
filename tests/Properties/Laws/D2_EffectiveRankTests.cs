using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class D2_EffectiveRankTests
{
    /// <summary>The precision that effective ranks are promised to have.</summary>
    private const double Promised = 1e-6;

    [Law(MaxTest = 300)]
    public void D2_effective_rank_equals_that_of_a_singular_value_decomposition(Features features)
    {
        var expected = BySingularValues(features, features.Values());
        Batches.ReffOf(features.Shape, features.Values()).Should().BeApproximately(expected, Promised * expected);
    }

    [Law(MaxTest = 300)]
    public void D2_effective_rank_lies_between_one_and_the_rank_of_the_covariance(Features features)
    {
        var rank = Centred(features, features.Values()).Svd(false).Rank;
        var reff = Batches.ReffOf(features.Shape, features.Values());

        reff.Should().BeGreaterThanOrEqualTo(1);
        reff.Should().BeLessThanOrEqualTo(rank * (1 + Promised));
        rank.Should().BeLessThanOrEqualTo(Math.Min(features.Channels, features.Points - 1));
    }

    [Law(MaxTest = 200)]
    public void D2_effective_rank_is_invariant_under_scaling_permutation_rotation_and_reordering(Features features)
    {
        var values = features.Values();
        var reff = Batches.ReffOf(features.Shape, values);
        var random = new Random(features.Seed);
        var x = Matrix<double>.Build.DenseOfRowMajor(features.Points, features.Channels, values);
        var points = Enumerable.Range(0, features.Points).ToArray();
        var channels = Enumerable.Range(0, features.Channels).ToArray();
        random.Shuffle(points);
        random.Shuffle(channels);
        var rotation = Matrix<double>.Build.Random(features.Channels, features.Channels, features.Seed).QR().Q;

        Rank(x * 1234.5).Should().BeApproximately(reff, 2 * Promised * reff);
        Rank(Matrix<double>.Build.DenseOfColumnVectors(channels.Select(x.Column))).Should().BeApproximately(reff, 2 * Promised * reff);
        Rank(Matrix<double>.Build.DenseOfRowVectors(points.Select(x.Row))).Should().BeApproximately(reff, 2 * Promised * reff);
        Rank(x * rotation).Should().BeApproximately(reff, 2 * Promised * reff);

        double Rank(Matrix<double> matrix) => Batches.ReffOf(features.Shape, matrix.ToRowMajorArray());
    }

    /// <summary>Squares of the elements of a covariance of 1e-180 are below the smallest double, and those of one of 1e160 beyond the largest.</summary>
    [Theory]
    [InlineData(60, 1e-140)]
    [InlineData(60, 1e-90)]
    [InlineData(60, 1e80)]
    [InlineData(60, 1e140)]
    [InlineData(20, 1e-90)]
    public void D2_effective_rank_does_not_depend_on_the_scale(int size, double scale)
    {
        var values = new double[size * size];
        new RandomNumbers(1, 2, 3, RandomPurpose.InputNoise).FillNormal<double>(values, 1);
        using var rank = new EffectiveRank();

        rank.Compute<double>([.. values.Select(value => scale * value)], new double[size])
            .Should()
            .BeApproximately(rank.Compute<double>(values, new double[size]), 1e-9);
    }

    [Theory]
    [InlineData(300, 200)]
    [InlineData(200, 300)]
    [InlineData(1500, 100)]
    public void D2_the_rank_of_noise_with_nearly_equal_variances_is_correct_for_few_and_many_points(int points, int channels)
    {
        var features = new Features(points, channels, 1, 0, 1, false, 3);
        var values = new float[points * channels];
        new RandomNumbers(1, 2, 3, RandomPurpose.InputNoise).FillNormal<float>(values, 1);
        var doubles = values.Select(value => (double)value).ToArray();

        var expected = BySingularValues(features, doubles);
        Batches.ReffOf(features.Shape, doubles).Should().BeApproximately(expected, Promised * expected);

        using var single = new SignalAndNoise<float>(features.Shape);
        values.CopyTo(single.Signal);
        using var computation = new MomentComputation<float>(features.Shape, threads: 2);
        computation.Compute(single, true, false).ReffSignal.Should().BeApproximately(expected, Promised * expected);
    }

    [Fact]
    public void D2_a_collapsed_signal_keeps_the_digits_of_its_distance_to_one()
    {
        // One direction of variance 1 and one of variance 1e-8, orthogonal: r_eff - 1 = 1e-8.
        double[] values = [1, 1e-4, 1, -1e-4, -1, 1e-4, -1, -1e-4];
        var reff = Batches.ReffOf(new TensorShape(4, 1, 1, 2), values);
        (reff - 1).Should().BeApproximately(1e-8, 1e-14);
    }

    private static double BySingularValues(Features features, double[] values)
    {
        var squares = Centred(features, values).Svd(false).S.PointwisePower(2);
        return squares.Sum() / squares.Maximum();
    }

    private static Matrix<double> Centred(Features features, double[] values)
    {
        var x = Matrix<double>.Build.DenseOfRowMajor(features.Points, features.Channels, values);
        var means = x.ColumnSums() / features.Points;
        return Matrix<double>.Build.Dense(features.Points, features.Channels, (i, j) => x[i, j] - means[j]);
    }
}
