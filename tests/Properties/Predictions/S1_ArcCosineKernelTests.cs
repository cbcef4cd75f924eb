using FluentAssertions;
using MathNet.Numerics.Integration;
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
    public void S1_kernels_are_the_defining_expectations(double correlation)
    {
        // Two unit directions at angle θ; a Gaussian in their plane has a uniform angle and E r² = 2, E r⁴ = 8. Both are active on (θ - π/2, π/2).
        var theta = Math.Acos(correlation);
        double Mean(Func<double, double, double> function) => GaussLegendreRule.Integrate(a => function(Math.Cos(a), Math.Cos(a - theta)), theta - (Math.PI / 2), Math.PI / 2, 64) / (2 * Math.PI);

        // Analytic integrands: 64 nodes are exact to rounding; acos itself loses up to 1e-12 at 0.9999.
        ArcCosineKernel.Order0(correlation).Should().BeApproximately(2 * Mean((_, _) => 1), 1e-11);
        ArcCosineKernel.Order1(correlation).Should().BeApproximately(2 * 2 * Mean((x, y) => x * y), 1e-11);
        ArcCosineKernel.Order2(correlation).Should().BeApproximately(2 * 8 * Mean((x, y) => x * x * y * y), 1e-11);
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
