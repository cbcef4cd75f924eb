using FluentAssertions;
using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Why the noise's μ₂ is not centred on the sample, where theory.md once defined it so. The law itself is checked by the suite.</summary>
public class W2_MartingaleTests
{
    [Fact]
    public void W2_does_not_hold_for_noise_that_is_centred_on_the_sample()
    {
        // Two points whose noises are equal and whose signals are opposite. Uncentred, the expected mean square is conserved; centred,
        // it starts at 0 and cannot stay there, since each point's noise passes where the other's is masked. Hence μ₂(dx) is not centred.
        const int channels = 4;
        var settings = new NetworkSettings(Architecture.Named("vanilla"), new TensorShape(2, 1, 1, channels), 1, channels);
        var identity = Enumerable.Range(0, channels * channels).Select(i => i % (channels + 1) == 0 ? 1.0 : 0).ToArray();
        using var network = new NetworkPropagation<double>(settings);
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
            uncentred[sample] = computation.Compute(output, false, false).Mu2Noise;
            var values = output.Noise.ToArray();
            centred[sample] = Enumerable.Range(0, channels).Average(c => Math.Pow((values[c] - values[channels + c]) / 2, 2));
        }

        var before = new[] { 1.0, 2, -1, 0.5 }.Average(value => value * value);
        uncentred.Mean().Should().BeApproximately(before, MeanTest.Allowance(uncentred));
        (centred.Mean() - MeanTest.Allowance(centred)).Should().BeGreaterThan(0, "the centred moment was 0 before the layer");
    }
}
