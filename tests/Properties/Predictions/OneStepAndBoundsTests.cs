using FluentAssertions;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

public class OneStepAndBoundsTests
{
    [Trait("Evidence", "Sampling")]
    [Fact]
    public void S1_expected_products_of_squares_agree_with_simulated_neurons()
    {
        var expected = ReluKernel.Squares(Kernels.Example);
        var samples = Kernels.Neurons(Kernels.Example, 200_000, 21).Select(y => Math.Pow(Math.Max(y[0], 0) * Math.Max(y[2], 0), 2)).ToArray();
        samples.Average().Should().BeApproximately(expected[0, 2], Sampling.Allowance(samples));
    }

    [Trait("Evidence", "Sampling")]
    [Fact]
    public void S3_a_relu_halves_the_noise_even_where_it_equals_the_signal()
    {
        // dy = y, the strongest correlation there is.
        var expected = OneStepLaws.ExpectedNoiseAfterRelu([.. Kernels.Example.Diagonal()], [.. Kernels.Example.Diagonal()]);
        var samples = Kernels.Neurons(Kernels.Example, 200_000, 22).Select(y => y[1] > 0 ? y[1] * y[1] : 0).ToArray();
        samples.Average().Should().BeApproximately(expected[1], Sampling.Allowance(samples));
    }

    [Trait("Evidence", "Sampling")]
    [Fact]
    public void S5_uncorrelated_noise_after_batch_norm_and_ReLU_agrees_with_simulated_neurons()
    {
        var kernel = new KernelCase(8, 12, 1, 0.5, 9).Kernel();
        const double epsilon = 0.2;
        var expected = OneStepLaws.ExpectedNoiseAfterBatchNormAndRelu(kernel, epsilon, [.. Enumerable.Repeat(3.0, 8)]);
        OneStepLaws.KernelAfterBatchNormAndRelu(kernel, epsilon).Kernel.Should().Be(new BatchNormKernel(kernel, epsilon).Signal().Kernel);

        var normal = new MathNet.Numerics.Distributions.Normal(0, Math.Sqrt(3), new MathNet.Numerics.Random.MersenneTwister(4));
        var samples = Kernels
            .Neurons(kernel, 200_000, 23)
            .Select(y =>
            {
                var mean = y.Average();
                var noise = normal.Sample();
                return y[3] > mean ? noise * noise / (y.Average(value => (value - mean) * (value - mean)) + epsilon) : 0;
            })
            .ToArray();
        samples.Average().Should().BeApproximately(expected[3], Sampling.Allowance(samples));
    }

    [Trait("Evidence", "Sampling")]
    [Fact]
    public void S8_a_convolution_with_fresh_weights_adds_twice_the_second_moment_of_its_input()
    {
        // One output of the branch, ⟨w, x⟩ with weights of variance 2/N, beside a skip of 0.7.
        const int channels = 5;
        double[] x = [1, 0.5, 0, 2, 0.1];
        var normal = new MathNet.Numerics.Distributions.Normal(0, Math.Sqrt(2.0 / channels), new MathNet.Numerics.Random.MersenneTwister(6));
        var samples = Enumerable.Range(0, 200_000).Select(_ => Math.Pow(0.7 + x.Sum(value => value * normal.Sample()), 2)).ToArray();
        samples.Average().Should().BeApproximately(OneStepLaws.ExpectedResidualSum(0.49, x.Average(value => value * value)), Sampling.Allowance(samples));
    }

    [Law(MaxTest = 200)]
    public void D2_D3_D4_bounds_hold_for_generated_features(Features features)
    {
        var values = features.Values();
        var moments = Batches.MomentsOf(features.Shape, values);
        moments.ReffSignal.Should().BeLessThanOrEqualTo(Bounds.LargestEffectiveRank(features.Points, features.Channels) * (1 + 1e-6));
        foreach (
            var channel in Batches
                .ByChannel(features.Shape, Batches.Normalise(features.Shape, values, 0.3).Signal)
                .Zip(Batches.ByChannel(features.Shape, values))
        )
        {
            // Rounding of the mean, relative to a spread that may be small against it.
            Batches.Variance(channel.First).Should().BeApproximately(Bounds.VarianceAfterBatchNorm(Batches.Variance(channel.Second), 0.3), 1e-9);
            channel.First.Average(z => z * z * z * z).Should().BeLessThanOrEqualTo(Bounds.LargestKurtosis(features.Points) * (1 + 1e-9));
            channel.First.Average(Math.Abs).Should().BeLessThanOrEqualTo(Bounds.LargestNu1AfterBatchNorm + 1e-9);
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(64)]
    public void D3_the_kurtosis_bound_is_that_of_one_point_far_from_equal_others(int points)
    {
        var values = Enumerable.Range(0, points).Select(i => i == 0 ? 1.0 : 0).ToArray();
        var (mean, variance) = (values.Average(), Batches.Variance(values));
        Bounds.LargestKurtosis(points).Should().BeApproximately(values.Average(x => Math.Pow(x - mean, 4)) / (variance * variance), 1e-12 * points);
    }

    [Fact]
    public void W2_W3_many_step_laws_iterate_the_one_step_laws()
    {
        // A vanilla layer doubles and halves; a residual unit of bn_res adds twice the half that batch norm leaves active.
        var (vanilla, residual) = (0.8, 1.0);
        for (var depth = 1; depth <= 12; depth++)
        {
            ManyStepLaws.Dilution(depth - 1).Should().BeApproximately(1 / residual, 1e-15, "the branch adds 1 to what the skip carries");
            vanilla = OneStepLaws.ExpectedNoiseAfterRelu([1], new ConvolutionKernel(1, 1, 1, 1, Boundary.Periodic).Apply([vanilla]))[0];
            residual = OneStepLaws.ExpectedResidualSum(residual, 0.5);
            ManyStepLaws.VanillaNu2(0.8, depth).Should().BeApproximately(vanilla, 1e-15);
            ManyStepLaws.BatchNormResidualNu2(1, depth).Should().Be(residual);
        }
    }
}
