using System.Globalization;
using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class DualActivationTests
{
    public static TheoryData<string> All => [.. Function.Words];

    public static TheoryData<string> ClosedForms => ["linear", "relu", "leaky_relu", "abs", "erf", "sine", "gelu"];

    [Theory]
    [InlineData("relu", 0.682153799133, 0.428216853436)]
    [InlineData("leaky_relu", 0.687544577298, 0.446855651283)]
    [InlineData("abs", 1.378615196534, 0.712867413743)]
    [InlineData("erf", 0.471712780049, 0.431420761566)]
    [InlineData("tanh", 0.411708350304, 0.361828117573)]
    [InlineData("gelu", 0.602679360627, 0.445540091102)]
    [InlineData("silu", 0.512224453709, 0.389436043962)]
    [InlineData("elu", 0.831233323100, 0.627579725436)]
    [InlineData("sine", 0.401431827775, 0.459276148650)]
    public void Dual_at_the_check_point_has_the_published_digits(string word, double v, double t)
    {
        var dual = Dual(word).Evaluate(1.5, 1.5, 1.35);
        Math.Round(dual.V, 12).Should().BeApproximately(v, 1.1e-12);
        Math.Round(dual.T, 12).Should().BeApproximately(t, 1.1e-12);
    }

    [Fact]
    public void Duals_agree_with_conditional_quadrature_in_thirty_digits()
    {
        var rows = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "duals.csv")).Skip(1).Select(line => line.Split(',')).ToArray();
        rows.Select(row => row[0]).Distinct().Should().BeEquivalentTo(Function.Words.Except(["linear"]));
        foreach (var row in rows)
        {
            var numbers = row.Skip(1).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray();
            var dual = Dual(row[0]).Evaluate(numbers[0], numbers[1], numbers[2]);
            dual.V.Should().BeApproximately(numbers[3], 2e-14, "V of {0}", string.Join(' ', row));
            dual.T.Should().BeApproximately(numbers[4], 2e-14, "T of {0}", string.Join(' ', row));
        }
    }

    [Theory]
    [MemberData(nameof(ClosedForms))]
    public void Closed_forms_agree_with_quadrature_and_so_do_all_derivatives(string word)
    {
        var closed = Dual(word);
        closed.IsClosedForm.Should().BeTrue();
        var quadrature = DualActivation.For(closed.Curve);
        quadrature.IsClosedForm.Should().BeFalse();
        foreach (
            var (q1, q2, c) in ((double, double, double)[])
                [(1, 1, 0.3), (0.2, 3, -0.7), (2, 2, 0.999), (0.01, 0.02, 0.9), (30, 1, 0.5), (1.5, 1.5, 1 - 1e-9), (5, 4, -0.9999)]
        )
        {
            var p = c * Math.Sqrt(q1 * q2);
            var (left, right) = (closed.Evaluate(q1, q2, p), quadrature.Evaluate(q1, q2, p));
            var at = $"{word} at {q1}, {q2}, c = {c}";
            right.V.Should().BeApproximately(left.V, 1e-13 * (1 + Math.Abs(left.V)), at);
            right.T.Should().BeApproximately(left.T, 1e-12 * (1 + Math.Abs(left.T)), at);
            right.V1.Should().BeApproximately(left.V1, 1e-11 * (1 + Math.Abs(left.V1)), at);
            right.V2.Should().BeApproximately(left.V2, 1e-11 * (1 + Math.Abs(left.V2)), at);

            // Next to c = 1 the derivatives of T have 1 - c² in the denominator, of which the covariance keeps seven digits.
            var digits = 1e-11 + (1e-15 / (1 - (c * c)));
            right.Tp.Should().BeApproximately(left.Tp, digits * (1 + Math.Abs(left.Tp)), at);
            right.T1.Should().BeApproximately(left.T1, digits * (1 + Math.Abs(left.T1)) / Math.Min(1, q1), at);
            right.T2.Should().BeApproximately(left.T2, digits * (1 + Math.Abs(left.T2)) / Math.Min(1, q2), at);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Derivatives_of_the_dual_agree_with_differences_of_V_and_T(string word)
    {
        const double q1 = 1.3,
            q2 = 0.7,
            p = 0.4,
            h = 1e-3;
        var dual = Dual(word);
        var at = dual.Evaluate(q1, q2, p);
        Difference(s => dual.Evaluate(q1, q2, p + s).V).Should().BeApproximately(at.T, 1e-9);
        Difference(s => dual.Evaluate(q1 + s, q2, p).V).Should().BeApproximately(at.V1, 1e-9);
        Difference(s => dual.Evaluate(q1, q2 + s, p).V).Should().BeApproximately(at.V2, 1e-9);
        Difference(s => dual.Evaluate(q1, q2, p + s).T).Should().BeApproximately(at.Tp, 1e-9);
        Difference(s => dual.Evaluate(q1 + s, q2, p).T).Should().BeApproximately(at.T1, 1e-9);
        Difference(s => dual.Evaluate(q1, q2 + s, p).T).Should().BeApproximately(at.T2, 1e-9);
        var moments = dual.Moments(q1);
        Difference(s => dual.Moments(q1 + s).Square).Should().BeApproximately(moments.SquareDerivative, 1e-9);
        Difference(s => dual.Moments(q1 + s).SquareSlope).Should().BeApproximately(moments.SquareSlopeDerivative, 1e-9);
        moments.Square.Should().BeApproximately(dual.Evaluate(q1, q1, q1).V, 1e-13);
        moments.SquareSlope.Should().BeApproximately(dual.Evaluate(q1, q1, q1).T, 1e-12);

        static double Difference(Func<double, double> f) => (f(-2 * h) - (8 * f(-h)) + (8 * f(h)) - f(2 * h)) / (12 * h);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Slope_and_curvature_of_an_activation_curve_agree_with_differences(string word)
    {
        var curve = Dual(word).Curve;
        foreach (var u in (double[])[-7, -2.9, -1.3, -0.2, 0.3, 1.7, 2.8, 6])
        {
            ((curve.Value(u + 1e-5) - curve.Value(u - 1e-5)) / 2e-5).Should().BeApproximately(curve.Slope(u), 1e-9, "{0} at {1}", word, u);
            ((curve.Slope(u + 1e-5) - curve.Slope(u - 1e-5)) / 2e-5).Should().BeApproximately(curve.Curvature(u), 1e-9, "{0} at {1}", word, u);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Noise_laws_are_the_expectations_of_correlated_draws(string word)
    {
        // (u, v, du, dv) with everything correlated, from a factor; 400,000 draws; the comparisons of one activation at 1e-6 a piece.
        var dual = Dual(word);
        var factor = Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { 1.1, 0, 0, 0 },
                { 0.5, 0.8, 0, 0 },
                { 0.4, -0.6, 0.7, 0 },
                { -0.3, 0.5, 0.2, 0.6 },
            }
        );
        var k = factor.TransposeAndMultiply(factor);
        const int draws = 400_000;
        var (noise, cross, own) = (new double[draws], new double[draws], new double[draws]);
        var normal = new Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(11));
        var z = new double[4];
        for (var draw = 0; draw < draws; draw++)
        {
            normal.Samples(z);
            var y = factor * Vector<double>.Build.Dense(z);
            var (s1, s2) = (dual.Curve.Slope(y[0]), dual.Curve.Slope(y[1]));
            noise[draw] = s1 * s2 * y[2] * y[3];
            cross[draw] = dual.Curve.Value(y[0]) * s2 * y[3];
            own[draw] = s1 * s1 * y[2] * y[2];
        }

        var at = new NoiseAtPair(k[2, 3], k[2, 0], k[2, 1], k[3, 0], k[3, 1]);
        dual.NoiseCovariance(k[0, 0], k[1, 1], k[0, 1], at).Should().BeApproximately(noise.Average(), Sampling.Allowance(noise));
        dual.SignalNoiseCovariance(k[0, 0], k[1, 1], k[0, 1], at).Should().BeApproximately(cross.Average(), Sampling.Allowance(cross));
        var moments = dual.Moments(k[0, 0]);
        ((k[2, 2] * moments.SquareSlope) + (2 * at.C11 * at.C11 * moments.SquareSlopeDerivative))
            .Should()
            .BeApproximately(own.Average(), Sampling.Allowance(own));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void The_noise_law_at_identical_points_is_the_limit_for_close_points(string word)
    {
        // Collinear variables: N2 must not be 0 times infinity there. Noise of u and of v = 2u is regressed on u alone.
        var dual = Dual(word);
        const double q = 0.9;
        var at = new NoiseAtPair(0.8, 0.3, 0.6, 0.5, 1.0);
        var (d1, d2) = (0.3 / q, 0.5 / q);
        var expected = GaussianNodes.Expectation(
            0,
            Math.Sqrt(q),
            [.. dual.Curve.Kinks, .. dual.Curve.Kinks.Select(kink => kink / 2)],
            u => dual.Curve.Slope(u) * dual.Curve.Slope(2 * u) * (0.8 + (d1 * d2 * ((u * u) - q)))
        );
        dual.NoiseCovariance(q, 4 * q, 2 * q, at).Should().BeApproximately(expected, 1e-11);
    }

    /// <summary>Products of variances are beyond double precision from 1e154 on and below 1e-162, where correlations still are what they are.</summary>
    [Theory]
    [InlineData("relu", 1e-200)]
    [InlineData("leaky_relu", 1e200)]
    [InlineData("abs", 1e-170)]
    public void The_noise_law_of_homogeneous_functions_does_not_see_the_scale_of_the_signal(string word, double scale)
    {
        var (dual, root) = (Dual(word), Math.Sqrt(scale));
        double At(double p, double square, double factor) =>
            dual.NoiseCovariance(0.9 * square, 1.4 * square, p * square, new(0.8, 0.3 * factor, 0.6 * factor, 0.5 * factor, 1.0 * factor));
        foreach (var p in (double[])[0.4, Math.Sqrt(0.9) * Math.Sqrt(1.4)])
        {
            At(p, scale, root).Should().BeApproximately(At(p, 1, 1), 1e-12, "only rounding differs, at covariance {0}", p);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Duals_of_positive_semidefinite_kernels_are_positive_semidefinite(string word)
    {
        foreach (var seed in Enumerable.Range(0, 3))
        {
            var kernel = new KernelCase(12, 5 + (6 * seed), seed == 2 ? 0.1 : 1.5, seed, seed).Kernel();
            var mapped = ActivationKernel.Apply(Dual(word), kernel, kernel, kernel);
            var scale = mapped.Signal.Diagonal().Maximum();
            Kernels.SmallestEigenvalue(mapped.Signal).Should().BeGreaterThan(-1e-12 * scale);

            // Noise that is the signal itself: the covariance of (x, dx) over all points is one, too.
            var joint = Matrix<double>.Build.DenseOfMatrixArray(
                new[,]
                {
                    { mapped.Signal, mapped.Cross!.Transpose() },
                    { mapped.Cross, mapped.Noise! },
                }
            );
            Kernels.SmallestEigenvalue(joint).Should().BeGreaterThan(-1e-10 * joint.Diagonal().Maximum());
        }
    }

    [Fact]
    public void The_dual_of_a_user_defined_function_with_kinks_is_computed()
    {
        // A hard tanh: its dual at c = 1 is a one-dimensional expectation, and its T there the probability of being inside.
        var curve = new ActivationCurve("hard_tanh", u => Math.Clamp(u, -1, 1), u => u is > -1 and < 1 ? 1 : 0, null, -1, 1);
        var dual = DualActivation.For(curve);
        dual.Evaluate(2, 2, 2).T.Should().BeApproximately(2 * Normal.CDF(0, 1, 1 / Math.Sqrt(2)) - 1, 1e-14);
        var at = dual.Evaluate(2, 1, 0.9);
        var (q, h) = (2.0, 1e-3);
        ((dual.Evaluate(q + h, 1, 0.9).T - dual.Evaluate(q - h, 1, 0.9).T) / (2 * h)).Should().BeApproximately(at.T1, 1e-6);
        ((dual.Evaluate(q, 1, 0.9 + h).T - dual.Evaluate(q, 1, 0.9 - h).T) / (2 * h)).Should().BeApproximately(at.Tp, 1e-6);
        ((dual.Evaluate(q + h, 1, 0.9).V - dual.Evaluate(q - h, 1, 0.9).V) / (2 * h)).Should().BeApproximately(at.V1, 1e-6);
    }

    [Fact]
    public void An_invalid_activation_curve_is_refused()
    {
        var step = () => new ActivationCurve("step", u => u > 0 ? 1 : 0, _ => 0, null, 0);
        step.Should().Throw<ArgumentException>().WithMessage("expected step to be continuous*");
        var hole = () => new ActivationCurve("hole", Math.Log, u => 1 / u);
        hole.Should().Throw<ArgumentException>().WithMessage("expected hole to be finite*");
        var kink = () => new ActivationCurve("far", u => u, _ => 1, null, double.PositiveInfinity);
        kink.Should().Throw<ArgumentException>().WithMessage("expected finite kinks*");
    }

    [Theory]
    [InlineData(-1, 1, 0)]
    [InlineData(double.NaN, 1, 0)]
    [InlineData(1, double.PositiveInfinity, 0)]
    [InlineData(1, 1, 1.1)]
    [InlineData(1, 1, double.NaN)]
    public void An_invalid_covariance_is_refused(double q1, double q2, double p)
    {
        foreach (var word in (string[])["relu", "tanh"])
        {
            var act = () => Dual(word).Evaluate(q1, q2, p);
            act.Should().Throw<ArgumentOutOfRangeException>();
        }
    }

    internal static DualActivation Dual(string word) => DualActivation.For(new Function(Function.Find(word)!.Value, word == "leaky_relu" ? 0.1 : 0));

    /// <summary>What has unit width becomes narrow beside large deviations, and sectors near correlation 1 are narrow too: quadratures follow both.</summary>
    [Theory]
    [InlineData("erf")]
    [InlineData("gelu")]
    public void Quadratures_keep_their_digits_at_large_variances(string word)
    {
        var closed = Dual(word);
        var quadrature = DualActivation.For(closed.Curve);
        foreach (var q in (double[])[1e4, 1e7, QuadratureDual.MostVariance])
        {
            foreach (var c in (double[])[-0.5, 0.3, 0.99, 1])
            {
                var (expected, found) = (closed.Evaluate(q, q, c * q), quadrature.Evaluate(q, q, c * q));
                found.V.Should().BeApproximately(expected.V, 1e-11 * Math.Abs(expected.V), "V at {0}, {1}", q, c);
                found.T.Should().BeApproximately(expected.T, 1e-9 * Math.Abs(expected.T), "T at {0}, {1}", q, c);
            }
        }
    }
}
