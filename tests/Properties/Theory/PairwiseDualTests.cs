using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class PairwiseDualTests
{
    public static TheoryData<string> All => [.. Function.Words];

    /// <summary>Points that lie anywhere, of one norm or of many, and points that have nearly collapsed.</summary>
    [Theory]
    [MemberData(nameof(All))]
    public void Kernels_after_an_activation_equal_its_dual_for_each_pair(string word)
    {
        foreach (var (points, common, spread) in ((int, double, double)[])[(20, 0, 0.2), (20, 6, 0), (20, 300, 0.1)])
        {
            var kernel = Kernel(points, common, spread, 1.3);
            var dual = DualActivationTests.Dual(word);
            var mapped = ActivationKernel.Apply(dual, kernel, Matrix<double>.Build.DenseIdentity(points) + 0.3, 0.2 * kernel);
            mapped.Error.Should().BeLessThan(word == "hard_swish" ? 1e-2 : 1e-9);
            var tolerance = 1e-12 + (2 * mapped.Error);
            foreach (var (i, j) in ((int, int)[])[(0, 1), (7, 3), (19, 18), (5, 11)])
            {
                var (q1, q2, p) = (kernel[i, i], kernel[j, j], kernel[i, j]);
                var at = dual.Evaluate(q1, q2, p);
                var noise = new NoiseAtPair(0.3, 0.2 * q1, 0.2 * p, 0.2 * p, 0.2 * q2);
                mapped.Signal[i, j].Should().BeApproximately(at.V, tolerance * (1 + Math.Abs(at.V)), "{0}, common {1}", word, common);
                mapped
                    .Noise![i, j]
                    .Should()
                    .BeApproximately(dual.NoiseCovariance(q1, q2, p, noise), 1e-9 + (10 * mapped.Error), "{0}, common {1}", word, common);
                mapped
                    .Cross![i, j]
                    .Should()
                    .BeApproximately(
                        dual.SignalNoiseCovariance(q2, q1, p, new NoiseAtPair(0.3, noise.C22, noise.C21, noise.C12, noise.C11)),
                        1e-9 + (10 * mapped.Error),
                        "{0}, common {1}",
                        word,
                        common
                    );
            }
        }
    }

    /// <summary>Where an expansion ends too late for kinks, the interpolation must say how good it is, and be so.</summary>
    [Theory]
    [InlineData("elu", 0, 1e-10)]
    [InlineData("elu", 0.3, 1e-8)]
    [InlineData("hard_swish", 0, 1e-9)]
    [InlineData("hard_swish", 0.3, 1e-2)]
    public void Many_points_near_to_each_other_are_interpolated_to_the_stated_error(string word, double spread, double most)
    {
        const int points = 48;
        var kernel = Kernel(points, 1000, spread, 2);
        var dual = DualActivationTests.Dual(word);
        var mapped = ActivationKernel.Apply(dual, kernel, Matrix<double>.Build.Dense(points, points, 1));
        mapped.Error.Should().BeLessThan(most);
        for (var i = 1; i < points; i += 5)
        {
            var at = dual.Evaluate(kernel[i, i], kernel[i - 1, i - 1], kernel[i, i - 1]);
            mapped.Signal[i, i - 1].Should().BeApproximately(at.V, 1e-12 + (5 * mapped.Error * Math.Abs(at.V)));
            mapped.Noise![i, i - 1].Should().BeApproximately(at.T, 1e-12 + (5 * mapped.Error));
        }
    }

    [Fact]
    public void The_Mehler_expansion_equals_the_dual()
    {
        var table = MehlerTable.Make(DualActivationTests.Dual("silu"), [0.4, 1.5]);
        var result = new double[2];
        table.AddValues(0, [0.3, 0.7], result);
        result[1].Should().BeApproximately(DualActivationTests.Dual("silu").Evaluate(0.4, 1.5, 0.7 * Math.Sqrt(0.6)).V, 1e-14);
        table.ValueRest.Should().OnlyContain(rest => rest < 1e-14);
    }

    [Theory]
    [InlineData("sigmoid")]
    [InlineData("tanh")]
    [InlineData("elu")]
    public void A_point_with_zero_signal_has_the_activation_at_zero(string word)
    {
        var kernel = Kernels.Example.Clone();
        kernel.ClearRow(2);
        kernel.ClearColumn(2);
        var dual = DualActivationTests.Dual(word);
        var mapped = ActivationKernel.Apply(dual, kernel, Kernels.Example, 0.3 * kernel);
        mapped.Signal[2, 0].Should().BeApproximately(dual.Curve.Value(0) * dual.Moments(1.5).Mean, 1e-14);
        mapped.Signal[2, 2].Should().Be(dual.Curve.Value(0) * dual.Curve.Value(0));
        mapped.Noise!.Enumerate().Concat(mapped.Cross!.Enumerate()).Should().OnlyContain(value => double.IsFinite(value));
        mapped.Signal[1, 0].Should().BeApproximately(dual.Evaluate(2.5, 1.5, 0.5).V, 1e-13);
    }

    [Fact]
    public void Signal_and_noise_kernels_of_different_sizes_are_refused()
    {
        var act = () => ActivationKernel.Apply(DualActivationTests.Dual("tanh"), Kernels.Example, Matrix<double>.Build.DenseIdentity(3));
        act.Should().Throw<ArgumentException>().WithMessage("expected 4 × 4 entries*");
    }

    /// <summary>Correlations near common²/(1 + common²), variances spread by a factor e^spread.</summary>
    internal static Matrix<double> Kernel(int points, double common, double spread, double variance)
    {
        var normal = new Normal(0, 1, new Random(3));
        var x = Matrix<double>.Build.Random(points, 40, normal) + (common * Matrix<double>.Build.Dense(points, 40, (_, k) => k % 2 == 0 ? 1 : -1));
        for (var i = 0; i < points; i++)
        {
            x.SetRow(i, x.Row(i) * Math.Sqrt(variance) * Math.Exp(spread * normal.Sample()) / x.Row(i).L2Norm());
        }

        var kernel = x.TransposeAndMultiply(x);
        if (spread == 0)
        {
            kernel.SetDiagonal(Vector<double>.Build.Dense(points, variance));
        }

        return kernel.Map(entry => Math.Min(entry, 1e9));
    }
}
