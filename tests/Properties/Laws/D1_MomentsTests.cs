using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

public class D1_MomentsTests
{
    /// <summary>Sums of at most 24·24 positive terms in double precision: 576·2⁻⁵³ = 6e-14, with room for the powers.</summary>
    private const double Rounding = 1e-12;

    [Law(MaxTest = 300)]
    public void D1_moments_are_those_of_the_definition_and_satisfy_their_inequalities(Features features)
    {
        var values = features.Values();
        var moments = Batches.MomentsOf(features.Shape, values);
        var channels = Batches.ByChannel(features.Shape, values);
        var means = channels.Select(channel => channel.Average()).ToArray();

        moments.Nu1AbsSignal.Should().BeApproximately(values.Average(Math.Abs), Rounding * moments.Nu1AbsSignal);
        moments.Nu2Signal.Should().BeApproximately(values.Average(value => value * value), Rounding * moments.Nu2Signal);
        moments.Mu2Noise.Should().BeApproximately(moments.Nu2Signal, Rounding * moments.Nu2Signal, "the noise is not centred again");
        var mu4 = channels.SelectMany((channel, c) => channel.Select(value => Math.Pow(value - means[c], 4))).Average();
        moments.Mu4Signal.Should().BeApproximately(mu4, (1e-9 * mu4) + (Rounding * moments.Nu2Signal * moments.Nu2Signal));

        moments.Nu2Signal.Should().BeApproximately(moments.Mu2Signal + means.Average(mean => mean * mean), Rounding * moments.Nu2Signal);
        moments.Mu2Signal.Should().BeGreaterThanOrEqualTo(0);
        moments.Mu4Signal.Should().BeGreaterThanOrEqualTo(moments.Mu2Signal * moments.Mu2Signal * (1 - Rounding));
        (moments.Nu1AbsSignal * moments.Nu1AbsSignal).Should().BeLessThanOrEqualTo(moments.Nu2Signal * (1 + Rounding));
    }

    [Law(MaxTest = 100)]
    public void D1_logarithms_and_exponents_describe_the_same_moments(Features features, sbyte signalExponent, sbyte noiseExponent)
    {
        using var values = new SignalAndNoise<double>(features.Shape);
        features.Values().CopyTo(values.Signal);
        features.Values().CopyTo(values.Noise);
        (values.SignalExponent, values.NoiseExponent) = (signalExponent, noiseExponent);
        using var computation = new MomentComputation<double>(features.Shape);
        var scaled = computation.Compute(values, false, false);
        var plain = Batches.MomentsOf(features.Shape, features.Values());

        // Powers of two scale exactly.
        scaled.Nu1AbsSignal.Should().Be(Math.ScaleB(plain.Nu1AbsSignal, signalExponent));
        scaled.Mu2Signal.Should().Be(Math.ScaleB(plain.Mu2Signal, 2 * signalExponent));
        scaled.Mu4Signal.Should().Be(Math.ScaleB(plain.Mu4Signal, 4 * signalExponent));
        scaled.LogNu2Signal.Should().BeApproximately(Math.Log(scaled.Nu2Signal), 1e-12);
        scaled.LogMu2Noise.Should().BeApproximately(Math.Log(scaled.Mu2Noise), 1e-12);
        if (plain.Mu2Signal > 0)
        {
            scaled.Chi(2).Should().BeApproximately(Math.Sqrt(2 * scaled.Mu2Noise / scaled.Mu2Signal), 1e-12 * scaled.Chi(2));
            scaled.LogChi(2).Should().BeApproximately(Math.Log(scaled.Chi(2)), 1e-12);
        }
    }

    [Fact]
    public void D1_a_dead_signal_has_finite_moments_and_says_so()
    {
        var shape = new TensorShape(3, 1, 1, 4);
        var moments = Batches.MomentsOf(shape, new double[shape.Elements]);

        moments.SignalIsDead.Should().BeTrue();
        moments.ReffSignal.Should().Be(EffectiveRank.NotComputed);
        new[] { moments.LogNu2Signal, moments.LogMu2Signal, moments.LogMu2Noise, moments.LogChi(1) }
            .Should()
            .AllSatisfy(log => log.Should().Be(MomentSet.LogOfZero));
        moments.Chi(1).Should().Be(0);
    }
}
