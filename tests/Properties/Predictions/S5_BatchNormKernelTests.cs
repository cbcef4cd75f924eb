using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Numerics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class S5_BatchNormKernelTests
{
    private const double Quadrature = 1e-8;

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(20)]
    [InlineData(130)]
    public void S5_expectations_on_the_identity_kernel_equal_their_closed_forms(int points)
    {
        // P·σ² is chi-squared with P - 1 degrees of freedom.
        var norm = new BatchNormKernel(Matrix<double>.Build.DenseIdentity(points), 0);
        norm.Rank.Should().Be(points - 1);
        norm.InverseVariance().Value.Should().BeApproximately(points / (points - 3.0), Quadrature * points / (points - 3.0));
        norm.Signal().Kernel.Trace().Should().BeApproximately(points / 2.0, Quadrature * points);
    }

    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    [InlineData(32)]
    public void S5_the_square_of_the_inverse_variance_has_a_closed_form_on_the_identity(int points)
    {
        // E[1/χ⁴] of r = P - 1 degrees of freedom is 1/((r - 2)(r - 4)).
        var expected = points * points / ((points - 3.0) * (points - 5.0));
        new BatchNormKernel(Matrix<double>.Build.DenseIdentity(points), 0)
            .InverseSquaredVariance()
            .Value.Should()
            .BeApproximately(expected, Quadrature * expected);
    }

    [Fact]
    public void S5_the_squared_inverse_variance_is_refused_for_few_directions_and_tends_to_that_of_epsilon()
    {
        var kernel = Matrix<double>.Build.DenseIdentity(5);
        FluentActions.Invoking(() => new BatchNormKernel(kernel, 0).InverseSquaredVariance()).Should().Throw<ArgumentException>().WithMessage("*infinite*");
        var norm = new BatchNormKernel(kernel, 1e4);
        norm.InverseSquaredVariance().Value.Should().BeApproximately(1e-8, 1e-11, "σ² of order 1 is 1e-4 of ε");
    }

    [Law(MaxTest = 30)]
    public void S5_traces_are_exact_and_kernels_stay_positive_semidefinite(KernelCase generated)
    {
        var kernel = generated.Kernel();
        var norm = new BatchNormKernel(kernel, 0);
        var (signal, error) = norm.Signal();
        error.Should().BeLessThan(1e-7);
        signal.Trace().Should().BeApproximately(generated.Points / 2.0, Quadrature * generated.Points, "half of the normalised square is positive");
        Kernels.SmallestEigenvalue(signal).Should().BeGreaterThan(-1e-8);
        norm.BothActiveOverVariance().Kernel[0, 0].Should().BeApproximately(0.5 * norm.InverseVariance().Value, 1e-7 * norm.InverseVariance().Value);

        // Σ_i u_i²/σ² = P, whatever the neuron.
        KernelMatrix.Centred(Symmetrised(norm.SecondMomentOverVariance().Kernel)).Trace().Should().BeApproximately(generated.Points, 1e-6 * generated.Points);
    }

    [Law(MaxTest = 30)]
    public void S5_scale_and_common_shift_of_the_neurons_do_not_matter(KernelCase generated)
    {
        var kernel = generated.Kernel();
        var expected = new BatchNormKernel(kernel, 0).Signal().Kernel;

        // Adding one Gaussian number to all points adds its covariance with each point to rows and columns.
        var shift = Vector<double>.Build.Dense(generated.Points, i => 0.1 * i);
        var ones = Vector<double>.Build.Dense(generated.Points, 1);
        var shifted = kernel + shift.OuterProduct(ones) + ones.OuterProduct(shift) + (generated.Points * ones.OuterProduct(ones));
        (new BatchNormKernel(7.3 * kernel, 0).Signal().Kernel - expected).Enumerate().Largest(Math.Abs).Should().BeLessThan(Quadrature);
        (new BatchNormKernel(shifted, 0).Signal().Kernel - expected).Enumerate().Largest(Math.Abs).Should().BeLessThan(1e-7);
    }

    [Trait("Evidence", "Sampling")]
    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    public void S5_expectations_agree_with_simulated_neurons(double epsilon)
    {
        // Nine points, so that 1/σ² has a finite fourth moment even without ε.
        var kernel = new KernelCase(9, 12, 1, 0.5, 3).Kernel();
        var norm = new BatchNormKernel(kernel, epsilon);
        var (signal, inverse, both, second) = (
            norm.Signal().Kernel,
            norm.InverseVariance().Value,
            norm.BothActiveOverVariance().Kernel,
            norm.SecondMomentOverVariance().Kernel
        );
        var samples = Enumerable.Range(0, 5).Select(_ => new List<double>()).ToArray();
        foreach (var y in Kernels.Neurons(kernel, 200_000, 11))
        {
            var mean = y.Average();
            var variance = y.Average(value => (value - mean) * (value - mean)) + epsilon;
            samples[0].Add(Math.Max(y[0] - mean, 0) * Math.Max(y[3] - mean, 0) / variance);
            samples[1].Add(Math.Pow(Math.Max(y[2] - mean, 0), 2) / variance);
            samples[2].Add(1 / variance);
            samples[3].Add(y[1] > mean && y[4] > mean ? 1 / variance : 0);
            samples[4].Add(y[5] * y[6] / variance);
        }

        double[] expected = [signal[0, 3], signal[2, 2], inverse, both[1, 4], second[5, 6]];
        for (var i = 0; i < expected.Length; i++)
        {
            samples[i].Average().Should().BeApproximately(expected[i], Sampling.Allowance(samples[i]), "expectation {0}", i);
        }
    }

    [Trait("Evidence", "Sampling")]
    [Fact]
    public void S5_expected_correlated_noise_after_batch_norm_agrees_with_simulated_neurons()
    {
        // dy = ½y + independent noise of variance 1: E[dy_i²/(σ² + ε)] by simulation.
        var kernel = new KernelCase(8, 12, 1, 0.5, 4).Kernel();
        var expected = OneStepLaws.ExpectedNoiseAfterBatchNorm(kernel, 0.1, 0.5 * kernel, [.. kernel.Diagonal().Select(q => (0.25 * q) + 1)]);
        var normal = new MathNet.Numerics.Distributions.Normal(0, 1, new MathNet.Numerics.Random.MersenneTwister(8));
        var samples = Kernels
            .Neurons(kernel, 200_000, 12)
            .Select(y =>
            {
                var mean = y.Average();
                var noise = (0.5 * y[2]) + normal.Sample();
                return noise * noise / (y.Average(value => (value - mean) * (value - mean)) + 0.1);
            })
            .ToArray();
        samples.Average().Should().BeApproximately(expected[2], Sampling.Allowance(samples));
    }

    [Fact]
    public void S5_batch_norm_with_a_large_epsilon_only_centres()
    {
        var kernel = Kernels.Example;
        const double epsilon = 1e6;
        var expected = ReluKernel.Signal(KernelMatrix.Centred(kernel)) / epsilon;

        // σ²/ε is of order 1e-6 and enters at first order.
        (new BatchNormKernel(kernel, epsilon).Signal().Kernel - expected)
            .Enumerate()
            .Largest(Math.Abs)
            .Should()
            .BeLessThan(2e-5 * expected.Enumerate().Largest());
    }

    [Fact]
    public void S5_the_kernel_of_many_points_tends_to_that_of_unit_variance_as_one_over_P()
    {
        // P → ∞ with K = I: the kernel tends to that of a Gaussian of unit variance, E relu² = ½, E relu relu' = 1/(2π), as 1/P.
        double Distance(int points) => Math.Abs(new BatchNormKernel(Matrix<double>.Build.DenseIdentity(points), 0).Signal().Kernel[0, 1] - (1 / (2 * Math.PI)));
        (Distance(40) / Distance(80)).Should().BeApproximately(2, 0.1);
        (Distance(80) / Distance(160)).Should().BeApproximately(2, 0.05);
    }

    [Fact]
    public void S5_a_constant_kernel_gives_zero_with_epsilon_and_is_refused_without()
    {
        var constant = Matrix<double>.Build.Dense(4, 4, 2);
        var norm = new BatchNormKernel(constant, 0.25);
        norm.Signal().Kernel.Enumerate().Largest(Math.Abs).Should().Be(0);
        norm.InverseVariance().Value.Should().BeApproximately(4, 4 * Quadrature);
        FluentActions.Invoking(() => new BatchNormKernel(constant, 0)).Should().Throw<ArgumentException>();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void S5_noise_of_too_few_points_is_refused_and_its_signal_is_not(int points)
    {
        var norm = new BatchNormKernel(Matrix<double>.Build.DenseIdentity(points), 0);
        FluentActions.Invoking(() => norm.InverseVariance()).Should().Throw<ArgumentException>().WithMessage("*infinite*");
        norm.Signal().Kernel.Trace().Should().BeApproximately(points / 2.0, Quadrature * points);
    }

    private static Matrix<double> Symmetrised(Matrix<double> matrix) => 0.5 * (matrix + matrix.Transpose());
}
