using System.Numerics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>
/// Computes the moments of signal and noise in double precision and in one pass over each tensor; values are centred before powers are taken.
/// </summary>
/// <typeparam name="T">Precision of the tensors.</typeparam>
public sealed unsafe class MomentComputation<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly TensorShape _shape;
    private readonly ChannelStatistics _statistics;
    private readonly EffectiveRank _rankOfSignal;
    private readonly EffectiveRank _rankOfNoise;
    private readonly int _threads;

    /// <summary>Prepares the computation.</summary>
    /// <param name="shape">Shape of the tensors.</param>
    /// <param name="threads">Greatest number of threads; results do not depend on it.</param>
    public MomentComputation(TensorShape shape, int threads = 1)
    {
        (_shape, _threads) = (shape, threads);
        _statistics = new ChannelStatistics(shape.Channels, threads);
        _rankOfSignal = new EffectiveRank(threads);
        _rankOfNoise = new EffectiveRank(threads);
    }

    /// <summary>Computes moments.</summary>
    /// <param name="values">Signal and noise.</param>
    /// <param name="reffSignal">Whether to compute the effective rank of the signal.</param>
    /// <param name="reffNoise">Whether to compute the effective rank of the noise.</param>
    /// <returns>The moments.</returns>
    public MomentSet Compute(SignalAndNoise<T> values, bool reffSignal, bool reffNoise)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Shape != _shape)
        {
            throw new ArgumentException($"expected shape {_shape}, got {values.Shape}", nameof(values));
        }

        var noise = values.Pointer + _shape.Elements;
        _statistics.Compute(noise, _shape.Points, higherPowers: false);
        var mu2Noise = Means().Nu2;
        if (reffNoise)
        {
            _rankOfNoise.Take<T>(values.Noise, _statistics.Means);
        }

        _statistics.Compute(values.Pointer, _shape.Points, higherPowers: true);
        if (reffSignal)
        {
            _rankOfSignal.Take<T>(values.Signal, _statistics.Means);
        }

        var stored = Means() with { Mu2Noise = mu2Noise };
        var ranks = new[] { EffectiveRank.NotComputed, EffectiveRank.NotComputed };
        Workers.ForEach(
            2,
            _threads,
            (item, _) =>
            {
                if (item == 0 ? reffSignal : reffNoise)
                {
                    ranks[item] = (item == 0 ? _rankOfSignal : _rankOfNoise).Compute();
                }
            }
        );
        return new MomentSet(values.SignalExponent, values.NoiseExponent, stored) { ReffSignal = ranks[0], ReffNoise = ranks[1] };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rankOfSignal.Dispose();
        _rankOfNoise.Dispose();
    }

    /// <summary>Means over the channels of the last statistics, without the noise.</summary>
    private MomentSet.StoredMoments Means()
    {
        var (absolutes, squaredMeans, squares, fourths) = (0.0, 0.0, 0.0, 0.0);
        foreach (ref readonly var channel in _statistics.Channels)
        {
            absolutes += channel.Absolutes;
            squaredMeans += channel.Mean * channel.Mean;
            squares += channel.Squares;
            fourths += channel.Fourths;
        }

        var (elements, channels) = ((double)_shape.Points * _shape.Channels, _shape.Channels);
        var variance = squares / elements;
        return new MomentSet.StoredMoments(absolutes / elements, variance + (squaredMeans / channels), variance, fourths / elements, 0);
    }
}
