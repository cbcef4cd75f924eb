using FluentAssertions;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Properties;

/// <summary>Moments of a few numbers that a hand can sum, and what is said where there is nothing to sum.</summary>
public class D1_MomentsByHandTests
{
    private static readonly TensorShape Shape = new(4, 1, 1, 2);

    [Fact]
    public void D1_moments_of_four_points_and_two_channels_agree_with_values_by_hand()
    {
        // Channels of the signal: 0, 2, 0, 2 and 1, -3, 1, 1 (mean 0); of the noise: 1, 1, 1, 1 and 2, 0, 0, 0.
        var moments = Moments(signalExponent: 0, noiseExponent: 0);

        moments.Nu1AbsSignal.Should().Be((1 + 1.5) / 2);
        moments.Nu2Signal.Should().Be((2 + 3.0) / 2);
        moments.Mu2Signal.Should().Be((1 + 3.0) / 2);
        moments.Mu4Signal.Should().Be((1 + (84 / 4.0)) / 2);
        moments.Mu2Noise.Should().Be((1 + 1.0) / 2);
        moments.Chi(2).Should().Be(Math.Sqrt(1.0 / 2 * 2));
        moments.LogChi(2).Should().BeApproximately(0, 1e-15);
        moments.LogNu2Signal.Should().Be(Math.Log(2.5));
        moments.LogMu2Signal.Should().Be(Math.Log(2));
        moments.LogMu2Noise.Should().Be(0);
        moments.SignalIsDead.Should().BeFalse();

        // Covariance of the signal: 1, -1 beside 3; eigenvalues 2 ± √2. Of the noise, one channel varies.
        moments.ReffSignal.Should().BeApproximately(4 / (2 + Math.Sqrt(2)), 1e-9);
        moments.ReffNoise.Should().BeApproximately(1, 1e-12);
    }

    [Fact]
    public void D1_exponents_scale_moments_of_signal_and_noise()
    {
        var (plain, scaled) = (Moments(0, 0), Moments(signalExponent: 3, noiseExponent: -2));

        (scaled.Nu1AbsSignal, scaled.Nu2Signal, scaled.Mu2Signal, scaled.Mu4Signal, scaled.Mu2Noise)
            .Should()
            .Be((8 * plain.Nu1AbsSignal, 64 * plain.Nu2Signal, 64 * plain.Mu2Signal, 4096 * plain.Mu4Signal, plain.Mu2Noise / 16));
        scaled.Chi(2).Should().Be(plain.Chi(2) / 32);
        scaled.LogChi(2).Should().BeApproximately(-5 * Math.Log(2), 1e-14);
        scaled.LogChi(8).Should().BeApproximately(-4 * Math.Log(2), 1e-14);
        scaled.LogNu2Signal.Should().BeApproximately(Math.Log(64 * 2.5), 1e-14);
        scaled.LogMu2Signal.Should().BeApproximately(Math.Log(128), 1e-14);
        scaled.LogMu2Noise.Should().BeApproximately(Math.Log(1.0 / 16), 1e-14);
        (scaled.ReffSignal, scaled.ReffNoise).Should().Be((plain.ReffSignal, plain.ReffNoise));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void D2_only_the_effective_ranks_that_are_asked_for_are_computed(bool signal, bool noise)
    {
        var moments = Moments(0, 0, signal, noise);

        (moments.ReffSignal != EffectiveRank.NotComputed, moments.ReffNoise != EffectiveRank.NotComputed).Should().Be((signal, noise));
        EffectiveRank.NotComputed.Should().Be(-1);
        Moments(0, 0, false, false).ReffSignal.Should().Be(EffectiveRank.NotComputed);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void D2_points_on_two_axes_have_the_rank_of_their_variances(double offset)
    {
        // (±2, 0) and (0, ±1) vary by 2 and ½ along the axes: r_eff = 2.5/2.
        double[] points = [2, 0, -2, 0, 0, 1, 0, -1];
        using var rank = new EffectiveRank();

        rank.Compute<double>([.. points.Select(value => value + offset)], [offset, offset])
            .Should()
            .BeApproximately(1.25, 1e-6, "that is the precision that is promised");
        rank.Compute<double>([offset, offset, offset, offset], [offset, offset]).Should().Be(EffectiveRank.NotComputed);
    }

    [Fact]
    public void D1_a_constant_signal_has_variance_zero_and_no_effective_rank()
    {
        var constant = Moments(0, 0, [2, 2, 2, 2, 2, 2, 2, 2], [1, 2, 3, 4, 5, 6, 7, 8]);
        (constant.Mu2Signal, constant.LogMu2Signal, constant.ReffSignal, constant.SignalIsDead)
            .Should()
            .Be((0, MomentSet.LogOfZero, EffectiveRank.NotComputed, false));
        (constant.Chi(1), constant.LogChi(1)).Should().Be((0, MomentSet.LogOfZero));

        var silent = Moments(0, 0, [1, 2, 3, 4, 5, 6, 7, 8], new double[8]);
        (silent.Mu2Noise, silent.LogMu2Noise, silent.Chi(1), silent.LogChi(1), silent.ReffNoise)
            .Should()
            .Be((0, MomentSet.LogOfZero, 0, MomentSet.LogOfZero, EffectiveRank.NotComputed));
        Moments(0, 0).LogChi(0).Should().Be(MomentSet.LogOfZero);
        MomentSet.LogOfZero.Should().Be(Math.Log(double.Epsilon));

        // A noise is not centred: what is the same at every point is noise all the same, and has no direction of variance.
        var shift = Moments(0, 0, [1, 2, 3, 4, 5, 6, 7, 8], [3, 4, 3, 4, 3, 4, 3, 4]);
        (shift.Mu2Noise, shift.ReffNoise).Should().Be((12.5, EffectiveRank.NotComputed));
    }

    [Fact]
    public void D1_encoded_moments_are_decoded_unchanged()
    {
        var moments = Moments(5, -7);
        var bytes = new byte[MomentSet.EncodedLength];
        moments.Encode(bytes);

        bytes.Should().HaveCount(64);
        MomentSet.Decode(bytes).Should().Be(moments);
        BitConverter.ToInt32(bytes).Should().Be(5);
        BitConverter.ToInt32(bytes, 4).Should().Be(-7);
        BitConverter.ToDouble(bytes, 8 + (8 * 6)).Should().Be(moments.ReffNoise);
    }

    [Fact]
    public void D1_tensors_of_another_shape_are_refused()
    {
        using var computation = new MomentComputation<double>(Shape);
        using var other = new SignalAndNoise<double>(new TensorShape(2, 1, 2, 2));

        FluentActions
            .Invoking(() => computation.Compute(other, true, true))
            .Should()
            .Throw<ArgumentException>()
            .WithParameterName("values")
            .WithMessage("expected shape * got *");
        FluentActions.Invoking(() => computation.Compute(null!, true, true)).Should().Throw<ArgumentNullException>().WithParameterName("values");
    }

    private static MomentSet Moments(int signalExponent, int noiseExponent, bool reffSignal = true, bool reffNoise = true) =>
        Moments(signalExponent, noiseExponent, [0, 1, 2, -3, 0, 1, 2, 1], [1, 2, 1, 0, 1, 0, 1, 0], reffSignal, reffNoise);

    private static MomentSet Moments(int signalExponent, int noiseExponent, double[] signal, double[] noise, bool reffSignal = true, bool reffNoise = true)
    {
        using var values = new SignalAndNoise<double>(Shape);
        signal.CopyTo(values.Signal);
        noise.CopyTo(values.Noise);
        (values.SignalExponent, values.NoiseExponent) = (signalExponent, noiseExponent);
        using var computation = new MomentComputation<double>(Shape);
        return computation.Compute(values, reffSignal, reffNoise);
    }
}
