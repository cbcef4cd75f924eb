using FluentAssertions;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.Statistics;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Predictions for small images, whose noise is by chance correlated with them, against the reference on the same batch and noise.</summary>
[Trait("Evidence", "Sampling")]
public class GivenNoisePredictionTests
{
    private const int Networks = 1600;

    /// <summary>
    /// Beyond the extrapolation from widths N and 2N: terms (cL/N)², which are 0.004 for L = 3, N = 96 and c = 2, twice what first-order terms are observed to
    /// have.
    /// </summary>
    private const double Remainder = 0.004;

    /// <summary>Of images and noise, of mean square 0.88, which is far enough from 1 to be seen; networks are drawn by the seed of all tests.</summary>
    private const ulong InputSeed = 0;

    /// <summary>Standard errors that a correct prediction exceeds once in a million times.</summary>
    private static readonly double Quantile = Normal.InvCDF(0, 1, 1 - (MeanTest.FalseAlarmRate / 2));

    [Theory]
    [InlineData("vanilla", 1, 8, 3)]
    [InlineData("vanilla_res", 1, 8, 2)]
    [InlineData("bn_ff", 1, 8, 3)]
    [InlineData("bn_res", 1, 8, 2)]
    [InlineData("bn_ff", 3, 4, 2)]
    [InlineData("bn_res", 3, 4, 1)]
    public void Predicted_chi_agrees_with_simulated_networks_on_the_same_batch_and_noise(string architecture, int kernelSize, int batch, int depth)
    {
        var images = new StoredImages(NpyArray.From(Pixels(), 8, 4, 4), "small images");
        var width = kernelSize == 1 ? 96 : 48;
        var options = new ExperimentOptions
        {
            Architecture = architecture,
            TotalDepth = depth,
            NumComputations = depth,
            KernelSize = kernelSize,
            NumChannels = width,
            BatchSize = batch,
            NumSims = 1,
            Epsilon = 0.01,
            Seed = InputSeed,
            Normalize = InputNormalization.Global,
        };
        var (narrow, wide) = (Simulated(options, images), Simulated(options with { NumChannels = 2 * width }, images));

        var measured = (2 * wide.Mean()) - narrow.Mean();
        var allowance = Remainder + (Quantile * Math.Sqrt(((4 * wide.Variance()) + narrow.Variance()) / Networks));
        var predicted = Prediction.GivenNoise(options, images);

        predicted.LogChi[^1].Should().BeApproximately(measured, allowance);
        predicted.Noise!.SharedWithSignal.HasValue.Should().Be(architecture.StartsWith("bn", StringComparison.Ordinal));
        if (kernelSize == 1)
        {
            Math.Abs(Prediction.Predict(options, images).LogChi[^1] - measured)
                .Should()
                .BeGreaterThan(allowance, "noise as it is in the mean is not what was drawn, or the test sees nothing");
        }
    }

    [Fact]
    public void Sampled_networks_use_the_drawn_noise()
    {
        var images = new StoredImages(NpyArray.From(Pixels(), 8, 4, 4), "small images");
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 2,
            NumComputations = 2,
            KernelSize = 1,
            NumChannels = 24,
            BatchSize = 8,
            NumSims = 1,
            Epsilon = 0.01,
            Seed = InputSeed,
            Normalize = InputNormalization.Global,
        };

        var simulated = Simulated(options, images);
        var sampled = FiniteWidthPrediction.GivenNoise(options, images, Networks);

        // Exact in law at every width, so nothing is allowed but the errors of both means.
        var error = Math.Sqrt((simulated.Variance() / Networks) + Math.Pow(sampled.LogChiStandardError[^1], 2));
        sampled.LogChiMean[^1].Should().BeApproximately(simulated.Mean(), Quantile * error);
        Math.Abs(FiniteWidthPrediction.Sample(options, images, Networks).LogChiMean[^1] - simulated.Mean()).Should().BeGreaterThan(Quantile * error);
    }

    /// <summary>ln χ at the end of networks of different weights on the batch and noise of simulation 0.</summary>
    private static double[] Simulated(ExperimentOptions options, ImageSource images)
    {
        var settings = options.Settings(images);
        var values = new double[Networks];
        const int chunks = 16;
        Parallel.For(
            0,
            chunks,
            chunk =>
            {
                using var network = new NetworkPropagation<double>(settings);
                using var computation = new MomentComputation<double>(settings.FeatureShape);
                for (var i = chunk; i < Networks; i += chunks)
                {
                    var mu2Input = new NetworkInput(images, options.Normalize, options.Seed).Fill(0, network.Input);
                    var end = network.Propagate(new RandomKernels<double>(TestSeed.Value, (uint)i), new NoObserver());
                    values[i] = computation.Compute(end, reffSignal: false, reffNoise: false).LogChi(mu2Input);
                }
            }
        );
        return values;
    }

    private static double[] Pixels()
    {
        var pixels = new double[8 * 16];
        new RandomNumbers(InputSeed, 0, 0, RandomPurpose.GaussianImages).FillNormal<double>(pixels, 1);
        return pixels;
    }

    private sealed class NoObserver : IPropagationObserver<double>
    {
        public bool Observes(int depth) => false;

        public void Observe(int depth, UnitPlace place, SignalAndNoise<double> values) => throw new InvalidOperationException("nothing is observed");
    }
}
