using FluentAssertions;
using MathNet.Numerics.Integration;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class S1_ArcCosineKernelTests
{
    [Theory]
    [InlineData(-0.99)]
    [InlineData(-0.3)]
    [InlineData(0)]
    [InlineData(0.6)]
    [InlineData(0.9999)]
    public void S1_arc_cosine_kernels_equal_their_defining_expectations(double correlation)
    {
        // Two unit directions at angle θ; a Gaussian in their plane has a uniform angle and E r² = 2, E r⁴ = 8, E r⁸ = 384. Both are active on (θ - π/2, π/2).
        var theta = Math.Acos(correlation);
        double Mean(Func<double, double, double> function) =>
            GaussLegendreRule.Integrate(a => function(Math.Cos(a), Math.Cos(a - theta)), theta - (Math.PI / 2), Math.PI / 2, 64) / (2 * Math.PI);

        // Analytic integrands: 64 nodes are exact to rounding; acos itself loses up to 1e-12 at 0.9999.
        ArcCosineKernel.Order0(correlation).Should().BeApproximately(2 * Mean((_, _) => 1), 1e-11);
        ArcCosineKernel.Order1(correlation).Should().BeApproximately(2 * 2 * Mean((x, y) => x * y), 1e-11);
        ArcCosineKernel.Order2(correlation).Should().BeApproximately(2 * 8 * Mean((x, y) => x * x * y * y), 1e-11);

        // The derivative 16 k₃ ≤ 240 makes more of an error in the angle.
        ArcCosineKernel.Order4(correlation).Should().BeApproximately(2 * 384 * Mean((x, y) => Math.Pow(x * y, 4)), 2.4e-10);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(1e-3)]
    [InlineData(0.3)]
    [InlineData(0.999)]
    [InlineData(1.001)]
    [InlineData(1.5)]
    [InlineData(2.5)]
    [InlineData(3.14159)]
    public void S1_order_4_keeps_its_digits_at_every_angle(double phi)
    {
        // The correlation holds φ with an error of u/φ² of itself near -1; the reference integral is that of the φ that it holds.
        var correlation = -Math.Cos(phi);
        var held = Math.Atan2(Math.Sqrt((1 - correlation) * (1 + correlation)), -correlation);

        // E r⁸ = 384, and both directions are active on an interval of angles of length φ. With t measured from its middle,
        // cos a cos(a - θ) = sin(φ/2 + t) sin(φ/2 - t): no digit is lost however small φ is.
        var integral = GaussLegendreRule.Integrate(t => Math.Pow(Math.Sin((0.5 * held) + t) * Math.Sin((0.5 * held) - t), 4), -0.5 * held, 0.5 * held, 64);
        var expected = 384 / Math.PI * integral;

        // The closed form sums terms up to 105φ where its value is 0.6φ⁹: a factor of 172 at φ = 1 on a rounding of a few 1e-16.
        ArcCosineKernel.Order4(correlation).Should().BeApproximately(expected, 1e-12 * expected);
    }

    [Fact]
    public void S1_the_kernel_of_order_4_gives_the_variance_of_products_of_squares()
    {
        // One neuron at two points with q = 4 and 9, c = ½, and a point that is always zero.
        var kernel = Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { 4, 3, 0 },
                { 3, 9.0, 0 },
                { 0, 0, 0 },
            }
        );
        var fourth = ReluKernel.FourthPowers(kernel);
        var (sine, angle) = (Math.Sqrt(3) / 2, 2 * Math.PI / 3);
        var k4 = ((5 * sine * 0.5 * 13.5) + (angle * 28.5)) / Math.PI;
        fourth[0, 1].Should().BeApproximately(0.5 * 16 * 81 * k4, 1e-10);
        fourth[1, 0].Should().Be(fourth[0, 1]);
        fourth[0, 0].Should().BeApproximately(0.5 * 256 * 105, 1e-10, "E y⁸ = 105 q⁴, and half of it passes");
        fourth[2, 2].Should().Be(0);
        ArcCosineKernel.Order4(0).Should().BeApproximately(4.5, 1e-14, "independent: ½ k₄ = (3/2)²");
        ArcCosineKernel.Order4(-1).Should().Be(0);

        // No variance is negative: E[x⁴y⁴] is at least E[x²y²]² (Jensen).
        var squares = ReluKernel.Squares(kernel);
        (fourth - squares.PointwiseMultiply(squares)).Enumerate().Should().OnlyContain(variance => variance >= 0);
    }

    [Law(MaxTest = 300)]
    public void S1_the_second_derivative_of_order_4_is_144_times_order_2(ushort a)
    {
        // A second difference of step h errs by h²/12 times the fourth derivative, 576 k₀ ≤ 576, and by the rounding of three values up to 105 over h².
        const double step = 1e-3;
        var c = Math.Clamp((a / 32767.5) - 1, -1 + step, 1 - step);
        var second = (ArcCosineKernel.Order4(c + step) - (2 * ArcCosineKernel.Order4(c)) + ArcCosineKernel.Order4(c - step)) / (step * step);
        second.Should().BeApproximately(144 * ArcCosineKernel.Order2(c), (576 * step * step / 12) + (4 * 105 * 1e-15 / (step * step)));
    }

    [Law(MaxTest = 300)]
    public void S1_order_1_is_increasing_convex_and_above_the_diagonal(ushort a, ushort b)
    {
        var (low, high) = ((Math.Min(a, b) / 32767.5) - 1, (Math.Max(a, b) / 32767.5) - 1);
        var middle = 0.5 * (low + high);
        ArcCosineKernel.Order1(low).Should().BeLessThanOrEqualTo(ArcCosineKernel.Order1(high));
        ArcCosineKernel.Order1(middle).Should().BeLessThanOrEqualTo((0.5 * (ArcCosineKernel.Order1(low) + ArcCosineKernel.Order1(high))) + 1e-15);
        ArcCosineKernel.Order1(low).Should().BeGreaterThanOrEqualTo(low);
    }

    [Law(MaxTest = 100)]
    public void S1_relu_kernels_stay_positive_semidefinite_with_exact_diagonals(KernelCase generated)
    {
        var kernel = generated.Kernel();
        var signal = ReluKernel.Signal(kernel);
        var scale = kernel.Diagonal().Maximum();
        Kernels.SmallestEigenvalue(signal).Should().BeGreaterThan(-1e-12 * scale * kernel.RowCount);
        Kernels.SmallestEigenvalue(ReluKernel.BothActive(kernel)).Should().BeGreaterThan(-1e-7, "corners of k₀ at 1 amplify the rounding of correlations");
        (signal.Diagonal() - (0.5 * kernel.Diagonal())).AbsoluteMaximum().Should().BeLessThan(1e-14 * scale);
        OneStepLaws.ExpectedNu2AfterRelu(kernel).Should().BeApproximately(signal.Diagonal().Average(), 1e-14 * scale);
    }

    [Trait("Evidence", "Sampling")]
    [Fact]
    public void S4_the_paper_s_form_is_the_same_expectation()
    {
        // E μ₂(x) = ½ν₂(y) - E[(mean of y⁺)²], and (mean y⁺)² has the expectation (mean y⁺)(mean y⁻) + ½ (mean y)² by the symmetry of y; so
        // with ½(ν₂ - mean²) = μ₂ below it is μ₂ - E[ν₁(y⁺)ν₁(y⁻)]. Here by simulation of the right-hand side.
        var kernel = Kernels.Example;
        var products = Kernels.Neurons(kernel, 200_000, 5).Select(y => y.Average(v => Math.Max(v, 0)) * y.Average(v => Math.Max(-v, 0))).ToArray();
        var below = 0.5 * KernelMatrix.Mu2(kernel);
        var allowance = Sampling.Allowance(products);
        OneStepLaws.ExpectedMu2AfterRelu(kernel).Should().BeApproximately(below - products.Average(), allowance);
    }
}
