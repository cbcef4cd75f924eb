using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>What theory cannot predict is refused by name, with what was expected, and what lies on the edge of it is not.</summary>
public class RefusalTests
{
    private static readonly Matrix<double> Identity = Matrix<double>.Build.DenseIdentity(4);
    private static readonly ConvolutionKernel FullyConnected = new(4, 1, 1, 1, Boundary.Periodic);
    private static readonly double[] Noise = [1, 1, 1, 1];
    private static readonly NetworkKind BatchNormed = NetworkKind.Named("bn_ff");

    [Fact]
    public void Impossible_arguments_of_bounds_are_refused_by_name()
    {
        Refused("points", "greater than or equal to '2'", () => Theory.Bounds.LargestEffectiveRank(1, 3));
        Refused("channels", "non-zero", () => Theory.Bounds.LargestEffectiveRank(2, 0));
        Refused("points", "greater than or equal to '2'", () => Theory.Bounds.LargestKurtosis(1));
        foreach (var (variance, epsilon) in new[] { (-1.0, 3.0), (3.0, -1.0), (0, 0), (double.NaN, 1), (1, double.NaN) })
        {
            Refused("variance", "expected σ² ≥ 0 and ε ≥ 0, not both zero", () => Theory.Bounds.VarianceAfterBatchNorm(variance, epsilon));
        }

        Theory.Bounds.LargestEffectiveRank(2, 3).Should().Be(1);
        Theory.Bounds.LargestEffectiveRank(9, 3).Should().Be(3);
        Theory.Bounds.LargestEffectiveRank(3, 9).Should().Be(2);
        Theory.Bounds.LargestKurtosis(2).Should().Be(1);
        Theory.Bounds.VarianceAfterBatchNorm(0, 1).Should().Be(0);
        Theory.Bounds.VarianceAfterBatchNorm(2, 0).Should().Be(1);
        Theory.Bounds.VarianceAfterBatchNorm(3, 1).Should().Be(0.75);
    }

    [Fact]
    public void Negative_depths_are_refused_by_name()
    {
        Refused("layers", "negative", () => ManyStepLaws.VanillaNu2(1, -1));
        Refused("units", "negative", () => ManyStepLaws.BatchNormResidualNu2(1, -1));
        Refused("unitsBefore", "negative", () => ManyStepLaws.Dilution(-1));
        Refused("units", "negative", () => ManyStepLaws.LogVanillaResidualNu2(0, -1));
        Refused("layers", "negative", () => ManyStepLaws.VanillaDistance(0.5, -1));
        Refused("units", "negative", () => ManyStepLaws.VanillaResidualDistance(0.5, -1, 1));
        Refused("residualDepth", "non-zero", () => ManyStepLaws.VanillaResidualDistance(0.5, 0, 0));
        Refused("residualDepth", "non-zero", () => LargeBatchLimits.ResidualExponent(0));
        Refused("residualDepth", "non-zero", () => LargeBatchLimits.LogResidualChi(0, 0));
        Refused("unit", "negative", () => LargeBatchLimits.LogResidualChi(-1, 1));
        Refused("residualDepth", "non-zero", () => NetworkKind.Named("bn_res", 0));
        Refused("name", "expected one of vanilla, vanilla_res, bn_ff, bn_res, got 'resnet'", () => NetworkKind.Named("resnet"));

        ManyStepLaws.VanillaNu2(3, 0).Should().Be(3);
        ManyStepLaws.BatchNormResidualNu2(3, 0).Should().Be(3);
        ManyStepLaws.Dilution(0).Should().Be(1);
        ManyStepLaws.LogVanillaResidualNu2(0.5, 0).Should().Be(0.5);
        ManyStepLaws.VanillaDistance(0.5, 0).Should().Be(0.5);
        ManyStepLaws.VanillaResidualDistance(0.5, 0, 1).Should().Be(0.5);
        LargeBatchLimits.LogResidualChi(0, 1).Should().Be(0);
    }

    [Fact]
    public void Names_of_architectures_give_their_network_kinds_and_unknown_names_are_refused()
    {
        NetworkKind.Names.Should().Equal("vanilla", "vanilla_res", "bn_ff", "bn_res");
        NetworkKind.Named("vanilla").Should().Be(new NetworkKind(BatchNorm: false, Residual: false));
        NetworkKind.Named("vanilla_res", 3).Should().Be(new NetworkKind(BatchNorm: false, Residual: true, 3));
        NetworkKind.Named("bn_ff").Should().Be(new NetworkKind(BatchNorm: true, Residual: false));
        NetworkKind.Named("bn_res", 3).Should().Be(new NetworkKind(BatchNorm: true, Residual: true, 3));
    }

    [Fact]
    public void Impossible_moments_are_refused_by_name()
    {
        Refused("productOfHalves", "negative", () => MeasuredTheorems.VanillaIncrement(-0.1, 1));
        Refused("mu2Before", "non-zero", () => MeasuredTheorems.VanillaIncrement(0.1, 0));
        Refused("productOfHalves", "expected a share of the variance below 1", () => MeasuredTheorems.VanillaIncrement(1, 1));
        foreach (var wrong in new[] { -0.1, 1.1, double.NaN })
        {
            Refused("meanSquareOfNu1", "expected a number in [0, 1]", () => MeasuredTheorems.ActivationIncrement(wrong));
            Refused("meanOfNu1", "expected a number in [0, 1]", () => MeasuredTheorems.ActivationIncrementBounds(wrong));
        }

        Refused("meanRatio", "negative", () => MeasuredTheorems.BatchNormIncrement(-1, 1, 1));
        Refused("mu2SignalBefore", "non-zero", () => MeasuredTheorems.BatchNormIncrement(1, 0, 1));
        Refused("mu2NoiseBefore", "non-zero", () => MeasuredTheorems.BatchNormIncrement(1, 1, 0));
        foreach (var wrong in new[] { 0.999, double.NaN, double.PositiveInfinity })
        {
            Refused("feedforwardIncrement", "expected a finite increment of at least 1", () => MeasuredTheorems.PowerLawExponent(wrong, 1));
        }

        Refused("residualDepth", "non-zero", () => MeasuredTheorems.PowerLawExponent(1, 0));

        MeasuredTheorems.VanillaIncrement(1.5, 2).Should().Be(2);
        MeasuredTheorems.ActivationIncrement(0).Should().Be(1);
        var (lower, upper) = MeasuredTheorems.ActivationIncrementBounds(0.5);
        lower.Should().BeApproximately(1 / Math.Sqrt(1 - (0.25 / 2)), 1e-15);
        upper.Should().BeApproximately(1 / Math.Sqrt(1 - (0.5 / 2)), 1e-15);
        MeasuredTheorems.BatchNormIncrement(0, 1, 1).Should().Be(0);
        MeasuredTheorems.BatchNormIncrement(8, 3, 6).Should().Be(2);
        MeasuredTheorems.PowerLawExponent(1, 3).Should().Be(0);
        MeasuredTheorems.PowerLawExponent(2, 1).Should().Be(1.5);
        MeasuredTheorems.PowerLawExponent(2, 2).Should().Be(7.5);
    }

    [Fact]
    public void Impossible_correlations_and_distances_are_refused_by_name()
    {
        foreach (var wrong in new[] { 1.0000001, -1.0000001, double.NaN, double.PositiveInfinity })
        {
            Refused("correlation", "expected a correlation in [-1, 1]", () => ArcCosineKernel.Order0(wrong));
            Refused("correlation", "expected a correlation in [-1, 1]", () => ArcCosineKernel.Order1(wrong));
            Refused("correlation", "expected a correlation in [-1, 1]", () => ArcCosineKernel.Order2(wrong));
        }

        foreach (var wrong in new[] { -1e-9, 2.0000001, double.NaN })
        {
            Refused("distance", "expected a distance 1 - c in [0, 2]", () => ArcCosineKernel.DistanceAfterOrder1(wrong));
        }

        ArcCosineKernel.DistanceAfterOrder1(0).Should().Be(0);
        ArcCosineKernel.DistanceAfterOrder1(2).Should().BeApproximately(1, 1e-15, "opposite inputs become orthogonal ones");
    }

    [Fact]
    public void Impossible_arguments_of_random_walks_are_refused_by_name()
    {
        Refused("width", "non-zero", () => new RandomWalk(0));
        var walk = new RandomWalk(3);
        Refused("layers", "non-zero", () => walk.Density(0, [0.0]));
        Refused("points", "null", () => walk.Density(1, null!));
        foreach (var wrong in new[] { 0.9e-9, 1 - 0.9e-9, double.NaN })
        {
            Refused("probability", "expected a probability in [1e-9, 1 - 1e-9]", () => walk.Quantile(1, wrong));
        }

        walk.Width.Should().Be(3);
        walk.Density(1, []).Should().BeEmpty();
        walk.Quantile(1, 1e-9).Should().BeLessThan(walk.Quantile(1, 1 - 1e-9));
    }

    [Fact]
    public void Invalid_kernels_are_refused_with_the_reason()
    {
        Refused("kernel", "null", () => KernelMatrix.Require(null!));
        Refused("kernel", "expected a square kernel, got 2 × 3", () => KernelMatrix.Require(Matrix<double>.Build.Dense(2, 3)));
        foreach (var wrong in new[] { -1e-300, double.NaN, double.PositiveInfinity })
        {
            Refused("kernel", "expected finite variances of at least 0 on the diagonal, got * for point 1", () => KernelMatrix.Require(Matrix(1, 0, 0, wrong)));
        }

        Refused(
            "kernel",
            "expected a symmetric kernel of finite entries, got 0.5 and 0.2 for points 1 and 0",
            () => KernelMatrix.Require(Matrix(1, 0.2, 0.5, 1))
        );
        Refused(
            "kernel",
            "expected a symmetric kernel of finite entries, got NaN and NaN for points 1 and 0",
            () => KernelMatrix.Require(Matrix(1, double.NaN, double.NaN, 1))
        );
        Refused(
            "kernel",
            "expected a positive semidefinite kernel, got correlation beyond 1 for points 1 and 0",
            () => KernelMatrix.Require(Matrix(1, -2.1, -2.1, 4))
        );
        Refused(
            "kernel",
            "expected a positive semidefinite kernel, got correlation beyond 1 for points 1 and 0",
            () => KernelMatrix.Require(Matrix(4, 4.1, 4.1, 4))
        );

        // Rounding is relative to the largest entry, 4: 1e-8·4 is let pass, three times as much is not.
        KernelMatrix.Require(Matrix(4, 1, 1 + 3.9e-8, 4));
        KernelMatrix.Require(Matrix(1, 2 + 3.9e-8, 2 + 3.9e-8, 4));
        Refused("kernel", "symmetric", () => KernelMatrix.Require(Matrix(4, 1, 1 + 1.2e-7, 4)));
        Refused("kernel", "beyond 1", () => KernelMatrix.Require(Matrix(1, 2 + 1.2e-7, 2 + 1.2e-7, 4)));
        KernelMatrix.Require(Matrix(0, 0, 0, 0));
        foreach (
            var read in new Func<Matrix<double>, object>[]
            {
                kernel => KernelMatrix.Nu2(kernel),
                kernel => KernelMatrix.Mu2(kernel),
                kernel => KernelMatrix.EffectiveRank(kernel),
                KernelMatrix.Centred,
                ReluKernel.Signal,
                kernel => FullyConnected.Apply(kernel),
            }
        )
        {
            Refused("kernel", "symmetric", () => read(Matrix(1, 0.2, 0.5, 1)));
        }
    }

    [Fact]
    public void Impossible_arguments_of_batch_norm_are_refused_by_name()
    {
        Refused("kernel", "symmetric", () => new BatchNormKernel(Matrix(1, 0.2, 0.5, 1), 0));
        Refused(
            "kernel",
            "expected at least two points, since batch norm maps a single one to zero",
            () => new BatchNormKernel(Matrix<double>.Build.Dense(1, 1, 1), 0)
        );
        var indefinite = Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { 1, 0.9, -0.9 },
                { 0.9, 1, 0.9 },
                { -0.9, 0.9, 1 },
            }
        );
        Refused("kernel", "expected a positive semidefinite kernel, got an eigenvalue -0*", () => new BatchNormKernel(indefinite, 0));

        // What is rounding is told by the largest eigenvalue: the same kernel is as indefinite at any scale.
        Refused("kernel", "expected a positive semidefinite kernel, got an eigenvalue -*", () => new BatchNormKernel(1e-6 * indefinite, 0));
        foreach (var wrong in new[] { -1, double.NaN, double.PositiveInfinity })
        {
            Refused("epsilon", "expected a finite number of at least 0", () => new BatchNormKernel(Identity, wrong));
        }

        foreach (var wrong in new[] { 0, 0.1, double.NaN })
        {
            Refused("tolerance", "expected a relative error between 0 and 0.1", () => new BatchNormKernel(Identity, 0, wrong));
        }

        Refused("kernel", "expected a kernel that varies over the points when ε = 0", () => new BatchNormKernel(Matrix<double>.Build.Dense(4, 4, 2), 0));
        var two = new BatchNormKernel(Matrix<double>.Build.DenseIdentity(3), 0);
        Refused(null, "expected points that vary in at least 3 directions (so P ≥ 4) when ε = 0, got 2: E[1/σ²] is infinite", () => two.InverseVariance());
        Refused(null, "at least 3 directions*infinite", () => two.BothActiveOverVariance());
        Refused(null, "at least 3 directions*infinite", () => two.SecondMomentOverVariance());
        Refused(null, "expected points that vary in more than 4 directions when ε = 0, got 2: E[1/σ⁴] is infinite", () => two.InverseSquaredVariance());
        new BatchNormKernel(Matrix<double>.Build.DenseIdentity(3), 0.1).InverseSquaredVariance().Value.Should().BePositive();
        (two.Points, two.Rank).Should().Be((3, 2));
    }

    [Fact]
    public void Noise_of_another_size_or_kind_is_refused_by_name()
    {
        Refused("preactivationNoise", "null", () => OneStepLaws.ExpectedNoiseAfterRelu([1], null!));
        Refused("variances", "null", () => OneStepLaws.ExpectedNoiseAfterRelu(null!, [1]));
        Refused("preactivationNoise", "null", () => OneStepLaws.ExpectedNoiseAfterBatchNormAndRelu(Identity, 0, null!));
        Refused("cross", "null", () => OneStepLaws.ExpectedNoiseAfterBatchNorm(Identity, 0, null!, Noise));
        Refused("preactivationNoise", "null", () => OneStepLaws.ExpectedNoiseAfterBatchNorm(Identity, 0, Identity, null!));
        foreach (var (rows, columns, noise) in new[] { (3, 4, 4), (4, 3, 4), (4, 4, 3) })
        {
            Refused(
                "cross",
                "expected a cross-covariance and noise for 4 points",
                () => OneStepLaws.ExpectedNoiseAfterBatchNorm(Identity, 0, Matrix<double>.Build.Dense(rows, columns), Noise[..noise])
            );
        }

        Refused("kernel", "symmetric", () => new KernelRecursion(BatchNormed, Matrix(1, 0.2, 0.5, 1), Noise, FullyConnected, 0));
        Refused("noise", "null", () => new KernelRecursion(BatchNormed, Identity, null!, FullyConnected, 0));
        Refused("convolution", "null", () => new KernelRecursion(BatchNormed, Identity, Noise, null!, 0));
        Refused(
            "noise",
            "expected noise and a convolution for the kernel's 4 points",
            () => new KernelRecursion(BatchNormed, Identity, Noise[..3], FullyConnected, 0)
        );
        Refused(
            "noise",
            "for the kernel's 4 points",
            () => new KernelRecursion(BatchNormed, Identity, Noise, new ConvolutionKernel(3, 1, 1, 1, Boundary.Periodic), 0)
        );
        Refused(
            "noise",
            "for the kernel's 4 points",
            () => new KernelRecursion(BatchNormed, Identity, Noise, new ConvolutionKernel(1, 2, 2, 1, Boundary.Periodic, stride: 2), 0)
        );
        Refused("kernel", "symmetric", () => new SampledNeurons(BatchNormed, Matrix(1, 0.2, 0.5, 1), 3, 0, 1));
        Refused("width", "non-zero", () => new SampledNeurons(BatchNormed, Identity, 0, 0, 1));
        foreach (var wrong in new[] { -1, double.NaN, double.PositiveInfinity })
        {
            Refused("epsilon", "expected a finite number of at least 0", () => new KernelRecursion(BatchNormed, Identity, Noise, FullyConnected, wrong));
            Refused("epsilon", "expected a finite number of at least 0", () => new SampledNeurons(BatchNormed, Identity, 3, wrong, 1));
        }

        Refused(null, "expected points that vary when ε = 0", () => new SampledNeurons(BatchNormed, Matrix<double>.Build.Dense(1, 1, 1), 3, 0, 1).Next());
    }

    [Fact]
    public void Impossible_arguments_of_convolutions_are_refused_by_name()
    {
        Refused("images", "non-zero", () => new ConvolutionKernel(0, 2, 2, 3, Boundary.ZeroPadding));
        Refused("height", "non-zero", () => new ConvolutionKernel(1, 0, 2, 3, Boundary.ZeroPadding));
        Refused("width", "non-zero", () => new ConvolutionKernel(1, 2, 0, 3, Boundary.ZeroPadding));
        Refused("kernelSize", "non-zero", () => new ConvolutionKernel(1, 2, 2, 0, Boundary.ZeroPadding));
        Refused("stride", "non-zero", () => new ConvolutionKernel(1, 2, 2, 3, Boundary.ZeroPadding, 0));
        Refused("kernelSize", "expected an odd kernel with the symmetric border", () => new ConvolutionKernel(1, 2, 2, 2, Boundary.Symmetric));
        Refused("gram", "expected 4 points, got 3", () => FullyConnected.Apply(Matrix<double>.Build.DenseIdentity(3)));
        Refused("features", "null", () => FullyConnected.OfFeatures(null!, 2));
        Refused("features", "expected 4 points, got 3", () => FullyConnected.OfFeatures(Matrix<double>.Build.Dense(3, 2), 2));
        Refused("variances", "null", () => FullyConnected.Apply((IReadOnlyList<double>)null!));
        Refused("variances", "expected 4 points, got 3", () => FullyConnected.Apply(Noise[..3]));

        var strided = new ConvolutionKernel(2, 5, 4, 2, Boundary.Periodic, 2);
        (strided.InputPoints, strided.OutputPoints, strided.OutputHeight, strided.OutputWidth).Should().Be((40, 12, 3, 2));
    }

    private static Matrix<double> Matrix(double a, double b, double c, double d) =>
        Matrix<double>.Build.DenseOfArray(
            new[,]
            {
                { a, b },
                { c, d },
            }
        );

    private static void Refused(string? parameter, string expected, Func<object?> call)
    {
        var refusal = FluentActions.Invoking(call).Should().Throw<ArgumentException>(expected).WithMessage($"*{expected}*");
        if (parameter != null)
        {
            refusal.WithParameterName(parameter);
        }
    }

    private static void Refused(string parameter, string expected, Action call) =>
        Refused(
            parameter,
            expected,
            () =>
            {
                call();
                return null;
            }
        );
}
