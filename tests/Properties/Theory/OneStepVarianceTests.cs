using FluentAssertions;
using MathNet.Numerics.LinearAlgebra;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Properties;

/// <summary>Conditional variances of moments after one fresh layer.</summary>
public class OneStepVarianceTests
{
    [Theory]
    [InlineData("relu")]
    [InlineData("tanh")]
    [InlineData("gelu")]
    public void Predicted_variances_of_moments_agree_with_drawn_layers(string word)
    {
        const int points = 5,
            channels = 8,
            draws = 20_000;
        var kernel = PairwiseDualTests.Kernel(points, 0.5, 0.4, 1.5);
        var noise = PairwiseDualTests.Kernel(points, 1, 0.3, 0.7);
        var dual = DualActivation.For(new Function(Function.Find(word)!.Value));
        var y = Kernels.Neurons(kernel, channels * draws, 11).Chunk(channels).ToArray();
        var dy = Kernels.Neurons(noise + (1e-9 * Matrix<double>.Build.DenseIdentity(points)), channels * draws, 12).Chunk(channels).ToArray();
        var squares = y.Select(layer => layer.Average(neuron => neuron.Average(value => Math.Pow(dual.Curve.Value(value), 2)))).ToArray();
        var passed = y.Zip(
                dy,
                (layer, noises) =>
                    layer.Zip(noises, (neuron, own) => Enumerable.Range(0, points).Average(i => Math.Pow(dual.Curve.Slope(neuron[i]) * own[i], 2))).Average()
            )
            .ToArray();
        Variance(OneStepVariances.OfNu2(dual, kernel, channels), squares);
        Variance(OneStepVariances.OfNoise(dual, kernel, noise, channels), passed);

        // A variance's own mean has the fourth moment for its scatter.
        static void Variance(double law, double[] values)
        {
            var mean = values.Average();
            var centred = values.Select(value => (value - mean) * (value - mean)).ToArray();
            law.Should().BeApproximately(centred.Average(), Sampling.Allowance(centred));
        }
    }

    [Fact]
    public void Variances_of_moments_decrease_with_the_width_and_impossible_arguments_are_refused()
    {
        var kernel = PairwiseDualTests.Kernel(4, 0.5, 0.4, 1.5);
        var relu = DualActivation.For(Function.Relu);
        OneStepVariances.OfNu2(relu, kernel, 30).Should().BeApproximately(OneStepVariances.OfNu2(relu, kernel, 10) / 3, 1e-14);

        // One point: E relu⁴ - (E relu²)² = 3q²/2 - q²/4.
        var point = Matrix<double>.Build.Dense(1, 1, 2.0);
        OneStepVariances.OfNu2(relu, point, 1).Should().BeApproximately(4 * 1.25, 1e-9);
        var sizes = () => OneStepVariances.OfNoise(relu, kernel, point, 1);
        sizes.Should().Throw<ArgumentException>().WithMessage("expected noise for 4 points*");
        var jumps = () => OneStepVariances.OfNoise(DualActivation.For(new Function(FunctionKind.HardSwish)), kernel, kernel, 1);
        jumps.Should().Throw<ArgumentException>().WithMessage("expected a continuous slope*");
    }
}
