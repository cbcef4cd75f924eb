using FluentAssertions;
using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

public class W2_MartingaleTests
{
    /// <summary>
    /// The relative change of ν₂ in a layer has conditional mean zero, and so has the sum of changes over depth. A wrong variance
    /// of the weights by 5 % would move each change by 0.05, and the sum over 20 layers by 1: twice what is allowed to chance.
    /// </summary>
    [Theory]
    [InlineData(1, 8)]
    [InlineData(1, 2)]
    [InlineData(3, 2)]
    [InlineData(2, 2)]
    public void W2_second_moments_of_signal_and_noise_are_martingales_in_vanilla_nets(int kernelSize, int batchSize)
    {
        var options = new ExperimentOptions { Architecture = "vanilla", TotalDepth = 20, KernelSize = kernelSize, NumChannels = kernelSize == 1 ? 32 : 16, BatchSize = batchSize, NumSims = kernelSize == 1 ? 1000 : 600, Dataset = "gaussian", NumComputations = 20, ReffSignal = false, ReffNoise = false };
        var result = Experiment.Prepare(options).Run();

        foreach (var moment in new Func<MomentSet, double, double>[] { (moments, _) => moments.Nu2Signal, (moments, _) => moments.Mu2Noise })
        {
            var before = result.Select(new Place(1, PlaceKind.Before), moment);
            var after = result.Select(result.LastPlace, moment);
            var sums = before.Zip(after, (start, end) => start.Zip(end, (x, y) => (y / x) - 1).Sum()).ToArray();
            sums.Mean().Should().BeApproximately(0, MeanTest.Allowance(sums));
            MeanTest.Allowance(sums).Should().BeLessThan(0.5, "a wrong weight variance of 5 % must be seen");
        }
    }

    [Fact]
    public void W2_centring_the_noise_on_the_sample_would_break_the_law()
    {
        // Two points whose noises are equal and whose signals are opposite. Uncentred, the expected mean square is conserved; centred,
        // it starts at 0 and cannot stay there, since each point's noise passes where the other's is masked. Hence μ₂(dx) is not centred.
        const int channels = 4;
        var settings = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(2, 1, 1, channels), 1, channels);
        var identity = Enumerable.Range(0, channels * channels).Select(i => i % (channels + 1) == 0 ? 1.0 : 0).ToArray();
        using var network = new Network<double>(settings);
        using var computation = new MomentComputation<double>(settings.FeatureShape);
        var (uncentred, centred) = (new double[4000], new double[4000]);
        for (var sample = 0; sample < uncentred.Length; sample++)
        {
            var weights = new double[channels * channels];
            new RandomNumbers(4, (uint)sample, 1, RandomPurpose.Weights).FillNormal<double>(weights, Math.Sqrt(2.0 / channels));
            double[] signal = [1, -1, 2, 0.5, -1, 1, -2, -0.5];
            double[] noise = [1, 2, -1, 0.5, 1, 2, -1, 0.5];
            signal.CopyTo(network.Input.Signal);
            noise.CopyTo(network.Input.Noise);
            var output = network.Propagate(new GivenKernels<double>([identity, weights]));
            uncentred[sample] = computation.Of(output, false, false).Mu2Noise;
            var values = output.Noise.ToArray();
            centred[sample] = Enumerable.Range(0, channels).Average(c => Math.Pow((values[c] - values[channels + c]) / 2, 2));
        }

        var before = new[] { 1.0, 2, -1, 0.5 }.Average(value => value * value);
        uncentred.Mean().Should().BeApproximately(before, MeanTest.Allowance(uncentred));
        (centred.Mean() - MeanTest.Allowance(centred)).Should().BeGreaterThan(0, "the centred moment was 0 before the layer");
    }
}
