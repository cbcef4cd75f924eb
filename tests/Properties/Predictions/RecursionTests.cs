using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Statistics;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class RecursionTests
{
    [Theory]
    [InlineData("vanilla", 1)]
    [InlineData("vanilla_res", 1)]
    [InlineData("vanilla_res", 2)]
    public void R1_two_points_follow_the_scalar_recursion(string architecture, int residualDepth)
    {
        var kernel = Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { 1, 0.3 },
                { 0.3, 1 },
            }
        );
        var recursion = Start(NetworkKind.Named(architecture, residualDepth), kernel, 0);
        for (var depth = 1; depth <= 50; depth++)
        {
            var moments = recursion.Next();
            var distance =
                architecture == "vanilla" ? ManyStepLaws.VanillaDistance(0.7, depth) : ManyStepLaws.VanillaResidualDistance(0.7, depth, residualDepth);

            // Two points of equal variance: μ₂/ν₂ = (1 - c)/2; the kernel's entries round at 1e-16 against 1 - c of a percent.
            Math.Exp(moments.LogMu2Signal - moments.LogNu2Signal).Should().BeApproximately(distance / 2, 1e-12);
            moments.LogNu2Signal.Should().BeApproximately(architecture == "vanilla" ? 0 : ManyStepLaws.LogVanillaResidualNu2(0, depth), 1e-10);
            moments.ReffSignal.Should().BeApproximately(1, 1e-9, "two points vary in one direction");
        }
    }

    [Fact]
    public void A_zero_signal_or_noise_stays_zero_and_only_a_zero_signal_stops_the_other()
    {
        var (kind, kernel, convolution) = (
            NetworkKind.Named("vanilla"),
            Matrix<double>.Build.DenseIdentity(3),
            new ConvolutionKernel(3, 1, 1, 1, Boundary.Periodic)
        );
        var full = Second(kernel, [1, 1, 1]);
        var silent = Second(kernel, [0, 0, 0]);
        var dark = Second(0 * kernel, [1, 1, 1]);

        double.IsFinite(full.LogMu2Noise).Should().BeTrue();
        silent.Should().Be(full with { LogMu2Noise = double.NegativeInfinity });

        // The slope of a ReLU at 0 is 0.
        dark.Should()
            .Be(
                full with
                {
                    LogNu2Signal = double.NegativeInfinity,
                    LogMu2Signal = double.NegativeInfinity,
                    LogMu2Noise = double.NegativeInfinity,
                    ReffSignal = double.NaN,
                }
            );

        PredictedMoments Second(Matrix<double> signal, double[] noise)
        {
            var recursion = new KernelRecursion(kind, signal, noise, convolution, 0);
            recursion.Next();
            return recursion.Next();
        }
    }

    [Fact]
    public void R1_correlations_approach_one_as_the_inverse_square_of_the_depth()
    {
        // The correction to the leading term is of relative order ln(l)/l, about 1e-3 at depth 10⁴.
        const int depth = 10_000;
        var limit = 9 * Math.PI * Math.PI / 2;
        (ManyStepLaws.VanillaDistance(0.9, depth) * depth * depth).Should().BeApproximately(limit, 0.01 * limit);
        (ManyStepLaws.VanillaResidualDistance(0.9, depth, 1) * depth * depth).Should().BeApproximately(4 * limit, 0.01 * 4 * limit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void W3_the_recursion_of_bn_res_adds_one_in_each_unit(int residualDepth)
    {
        var kernel = new KernelCase(8, 12, 1, 0.5, 2).Kernel();
        var recursion = Start(NetworkKind.Named("bn_res", residualDepth), kernel, 0);
        var initial = KernelMatrix.Nu2(kernel);
        for (var unit = 1; unit <= 10; unit++)
        {
            Math.Exp(recursion.Next().LogNu2Signal).Should().BeApproximately(ManyStepLaws.BatchNormResidualNu2(initial, unit), 1e-7 * (initial + unit));
        }
    }

    [Fact]
    public void A1_large_batches_approach_the_closed_form_as_one_over_P()
    {
        // Independent points: δχ of the first layer at P = 32, 64, 128.
        double Discrepancy(int points)
        {
            var recursion = Start(NetworkKind.Named("bn_ff"), Matrix<double>.Build.DenseIdentity(points), 0);
            var first = recursion.Next();
            return Math.Exp(recursion.Next().LogChi(1) - first.LogChi(1)) - LargeBatchLimits.BatchNormIncrement;
        }

        (Discrepancy(32) / Discrepancy(64)).Should().BeApproximately(2, 0.3);
        (Discrepancy(64) / Discrepancy(128)).Should().BeApproximately(2, 0.15);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A2_large_batches_approach_the_closed_form_as_one_over_P(int residualDepth)
    {
        double Discrepancy(int points)
        {
            var recursion = Start(NetworkKind.Named("bn_res", residualDepth), Matrix<double>.Build.DenseIdentity(points), 0);
            var moments = After(5, recursion.Next);
            return moments.LogChi(1 - (1.0 / points)) - LargeBatchLimits.LogResidualChi(5, residualDepth);
        }

        var (small, large) = (Discrepancy(32), Discrepancy(64));
        small.Should().BePositive();
        (small / large).Should().BeApproximately(2, 0.3);
    }

    [Fact]
    public void A2_chi_is_a_power_of_the_depth_with_the_stated_exponent()
    {
        for (var h = 1; h <= 3; h++)
        {
            var slope = (LargeBatchLimits.LogResidualChi(2_000_000, h) - LargeBatchLimits.LogResidualChi(1_000_000, h)) / Math.Log(2);
            slope.Should().BeApproximately(LargeBatchLimits.ResidualExponent(h), 1e-5, "corrections are of order 1/l");
            MeasuredTheorems.PowerLawExponent(LargeBatchLimits.BatchNormIncrement, h).Should().BeApproximately(LargeBatchLimits.ResidualExponent(h), 1e-14);
        }
    }

    [Trait("Evidence", "Sampling")]
    [Theory]
    [InlineData("bn_ff", 4)]
    [InlineData("vanilla", 4)]
    [InlineData("bn_res", 3)]
    public void R3_sampled_networks_of_finite_width_approach_the_recursion_as_one_over_N(string architecture, int depth)
    {
        // Mean of ln χ over sampled networks minus the recursion, at widths N, 2N, 4N: differences must halve.
        const double epsilon = 0.01;
        var kind = NetworkKind.Named(architecture);
        var gram = new KernelCase(8, 12, 1.0 / 12, 0.5, 6).Kernel();
        var recursion = Start(kind, gram, epsilon);
        var predicted = After(depth, recursion.Next).LogChi(1);
        var (means, errors) = (new double[3], new double[3]);
        for (var rung = 0; rung < 3; rung++)
        {
            var samples = Enumerable
                .Range(0, 1500)
                .AsParallel()
                .AsOrdered()
                .Select(seed =>
                {
                    var network = new SampledNeurons(kind, gram, 12 << rung, epsilon, (ulong)((rung * 10_000) + seed));
                    return After(depth, network.Next).LogChi(1) - predicted;
                })
                .ToArray();
            means[rung] = samples.Mean();
            errors[rung] = samples.StandardDeviation() / Math.Sqrt(samples.Length);
        }

        // 4.9 standard errors: a false alarm in a million; the next order, 1/N², may add a share 3/N of the coarser discrepancy.
        const double z = 4.9;
        for (var rung = 0; rung < 2; rung++)
        {
            var allowance = (z * Math.Sqrt(Math.Pow(2 * errors[rung + 1], 2) + Math.Pow(errors[rung], 2))) + (3.0 / (12 << rung) * Math.Abs(means[rung]));
            (2 * means[rung + 1]).Should().BeApproximately(means[rung], allowance);
        }

        Math.Abs(means[2]).Should().BeLessThan(Math.Abs(means[0]) + (z * errors[0]));
    }

    [Fact]
    public void Increments_from_measured_moments_agree_with_each_other_and_impossible_moments_are_refused()
    {
        // Gaussian z: ν₁(|z|) = sqrt(2/π).
        MeasuredTheorems.ActivationIncrement(2 / Math.PI).Should().BeApproximately(LargeBatchLimits.BatchNormIncrement, 1e-15);
        var (lower, upper) = MeasuredTheorems.ActivationIncrementBounds(0.79);
        lower.Should().BeLessThan(upper);
        MeasuredTheorems.ActivationIncrement(1).Should().BeApproximately(MeasuredTheorems.LargestActivationIncrement, 1e-15);
        MeasuredTheorems.VanillaIncrement(0, 1).Should().Be(1);
        MeasuredTheorems.VanillaIncrement(0.75, 1).Should().Be(2);
        MeasuredTheorems.BatchNormIncrement(2, 3, 6).Should().Be(1);
        foreach (var wrong in new[] { -0.1, 1.1, double.NaN })
        {
            FluentActions.Invoking(() => MeasuredTheorems.ActivationIncrement(wrong)).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => MeasuredTheorems.ActivationIncrementBounds(wrong)).Should().Throw<ArgumentException>();
            FluentActions.Invoking(() => MeasuredTheorems.VanillaIncrement(wrong, 0)).Should().Throw<ArgumentException>();
        }

        FluentActions.Invoking(() => MeasuredTheorems.PowerLawExponent(0.5, 2)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => MeasuredTheorems.PowerLawExponent(1.2, 0)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => new SampledNeurons(NetworkKind.Named("bn_ff"), Kernels.Example, 0, 0, 1)).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => NetworkKind.Named("resnet")).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => Bounds.LargestKurtosis(1)).Should().Throw<ArgumentException>();
    }

    /// <summary>Calls a stateful step a number of times; a query over a range would skip all calls but the last.</summary>
    private static PredictedMoments After(int depth, Func<PredictedMoments> next)
    {
        var moments = next();
        for (var i = 1; i < depth; i++)
        {
            moments = next();
        }

        moments.Depth.Should().Be(depth);
        return moments;
    }

    private static KernelRecursion Start(NetworkKind kind, Matrix<double> kernel, double epsilon) =>
        new(kind, kernel, [.. Enumerable.Repeat(1.0, kernel.RowCount)], new ConvolutionKernel(kernel.RowCount, 1, 1, 1, Boundary.Periodic), epsilon);
}
