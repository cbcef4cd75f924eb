using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Computes the moments of signal and noise, in double precision and centred before they are raised to powers.</summary>
/// <typeparam name="T">Precision of the tensors.</typeparam>
public sealed unsafe class MomentComputation<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorShape _shape;
    private readonly ChannelSums _sums;
    private readonly EffectiveRank _effectiveRank;
    private readonly AlignedBuffer<double> _means;
    private readonly double[] _channelSums;

    /// <summary>Prepares the computation.</summary>
    /// <param name="shape">Shape of the tensors.</param>
    /// <param name="threads">Greatest number of threads; results do not depend on it.</param>
    public MomentComputation(TensorShape shape, int threads = 1)
    {
        _shape = shape;
        _sums = new ChannelSums(shape.Channels, threads);
        _effectiveRank = new EffectiveRank(threads);
        _means = new AlignedBuffer<double>(shape.Channels + 3);
        _channelSums = new double[shape.Channels];
    }

    /// <summary>Computes moments.</summary>
    /// <param name="values">Signal and noise.</param>
    /// <param name="reffSignal">Whether to compute the effective rank of the signal.</param>
    /// <param name="reffNoise">Whether to compute the effective rank of the noise.</param>
    /// <returns>The moments.</returns>
    public MomentSet Of(SignalAndNoise<T> values, bool reffSignal, bool reffNoise)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Shape != _shape)
        {
            throw new ArgumentException($"expected shape {_shape}, got {values.Shape}", nameof(values));
        }

        var signal = values.Pointer;
        var noise = signal + _shape.Elements;
        var rankOfNoise = EffectiveRank.NotComputed;
        if (reffNoise)
        {
            ComputeMeans(noise);
            rankOfNoise = _effectiveRank.Of<T>(values.Noise, _means.Span[.._shape.Channels]);
        }

        ComputeMeans(signal);
        var stored = new MomentSet.StoredMoments(
            Nu1Abs: Mean(signal, default(ChannelSums.AbsoluteValue)),
            Nu2: Mean(signal, default(ChannelSums.Square)),
            Mu2: Mean(signal, new ChannelSums.CentredSquare(_means.Pointer)),
            Mu4: Mean(signal, new ChannelSums.CentredFourthPower(_means.Pointer)),
            Mu2Noise: Mean(noise, default(ChannelSums.Square)));
        return new MomentSet(values.SignalExponent, values.NoiseExponent, stored)
        {
            ReffSignal = reffSignal ? _effectiveRank.Of<T>(values.Signal, _means.Span[.._shape.Channels]) : EffectiveRank.NotComputed,
            ReffNoise = rankOfNoise,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _effectiveRank.Dispose();
        _means.Dispose();
    }

    private void ComputeMeans(T* tensor)
    {
        var means = _means.Span[.._shape.Channels];
        _sums.Sum(tensor, _shape.Points, default(ChannelSums.Value), means);
        for (var channel = 0; channel < means.Length; channel++)
        {
            means[channel] /= _shape.Points;
        }
    }

    private double Mean<TStatistic>(T* tensor, TStatistic statistic)
        where TStatistic : struct, ChannelSums.IStatistic
    {
        _sums.Sum(tensor, _shape.Points, statistic, _channelSums);
        var total = 0.0;
        foreach (var sum in _channelSums)
        {
            total += sum;
        }

        return total / ((double)_shape.Points * _shape.Channels);
    }
}
