using System.Numerics;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Means and central moments of every channel over the points, in double precision and in one pass over memory.</summary>
/// <remarks>
/// A chunk of points fits the second-level cache. While it is there, its means are computed first, relative to its first point, and then the powers of the
/// deviations from the means.
/// Chunks depend only on sizes and are merged in order, so the result has the same bits for any number of threads. A constant channel has a variance of exactly
/// zero.
/// Merging: P. Pébay, <i>Formulas for Robust, One-Pass Parallel Computation of Covariances and Arbitrary-Order Statistical Moments</i>, Sandia report
/// 2008-6212.
/// </remarks>
internal sealed unsafe class ChannelStatistics
{
    /// <summary>Number of elements of a chunk: 256 KiB in single precision.</summary>
    private const int ChunkElements = 1 << 16;

    /// <summary>Numbers of <see cref="ChannelMoments"/>.</summary>
    private const int NumbersOfChunk = 6;

    private const int Block = 2 * 8;
    private readonly int _channels;
    private readonly int _threads;
    private readonly ChannelMoments[] _totals;
    private ChannelMoments[] _chunks = [];

    /// <summary>Prepares statistics.</summary>
    /// <param name="channels">Number of channels.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public ChannelStatistics(int channels, int threads)
    {
        (_channels, _threads) = (channels, threads);
        _totals = new ChannelMoments[channels];
        Means = new double[channels];
    }

    /// <summary>Mean of each channel at the last computation.</summary>
    public double[] Means { get; }

    /// <summary>Statistics over the points for each channel at the last computation.</summary>
    public ReadOnlySpan<ChannelMoments> Channels => _totals;

    /// <summary>Numbers in double precision that statistics take: for each channel those of every chunk, their totals and the mean.</summary>
    /// <param name="points">Number of points, which may be absurdly large.</param>
    /// <param name="channels">Number of channels.</param>
    public static double Numbers(double points, int channels)
    {
        var chunks = Math.Ceiling(points / Math.Max(1, ChunkElements / Math.Max(1, channels)));
        return channels * ((NumbersOfChunk * (chunks + 1)) + 1);
    }

    /// <summary>Computes means and sums of powers.</summary>
    /// <typeparam name="T">Precision of the elements.</typeparam>
    /// <param name="values">The elements (points × channels).</param>
    /// <param name="points">Number of points.</param>
    /// <param name="higherPowers">Whether absolute values, third and fourth powers are summed, too.</param>
    public void Compute<T>(T* values, int points, bool higherPowers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var chunkPoints = Math.Max(1, ChunkElements / _channels);
        var chunks = (points + chunkPoints - 1) / chunkPoints;
        if (_chunks.Length < chunks * _channels)
        {
            _chunks = new ChannelMoments[chunks * _channels];
        }

        Workers.ForEach(
            chunks,
            _threads,
            (chunk, _) =>
            {
                var first = chunk * chunkPoints;
                SumChunk(values + ((nint)first * _channels), Math.Min(chunkPoints, points - first), higherPowers, _chunks.AsSpan(chunk * _channels, _channels));
            }
        );
        _chunks.AsSpan(0, _channels).CopyTo(_totals);
        for (var chunk = 1; chunk < chunks; chunk++)
        {
            for (var channel = 0; channel < _channels; channel++)
            {
                _totals[channel] = _totals[channel].MergedWith(_chunks[(chunk * _channels) + channel]);
            }
        }

        for (var channel = 0; channel < _channels; channel++)
        {
            Means[channel] = _totals[channel].Mean;
        }
    }

    private void SumChunk<T>(T* values, int points, bool higherPowers, Span<ChannelMoments> moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var channel = 0;
        for (; channel <= _channels - Block; channel += Block)
        {
            SumBlock(values + channel, points, higherPowers, moments.Slice(channel, Block));
        }

        for (; channel < _channels; channel++)
        {
            moments[channel] = SumChannel(values + channel, points);
        }
    }

    private void SumBlock<T>(T* values, int points, bool higherPowers, Span<ChannelMoments> moments)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var end = values + ((nint)points * _channels);
        var (pivot0, pivot1) = (VectorMath.LoadEight(values), VectorMath.LoadEight(values + 8));
        Vector512<double> sum0 = default,
            sum1 = default;
        for (var value = values; value < end; value += _channels)
        {
            sum0 += VectorMath.LoadEight(value) - pivot0;
            sum1 += VectorMath.LoadEight(value + 8) - pivot1;
        }

        var count = Vector512.Create((double)points);
        var (mean0, mean1) = (pivot0 + (sum0 / count), pivot1 + (sum1 / count));
        Vector512<double> square0 = default,
            square1 = default,
            cube0 = default,
            cube1 = default,
            fourth0 = default,
            fourth1 = default,
            absolute0 = default,
            absolute1 = default;
        if (higherPowers)
        {
            for (var value = values; value < end; value += _channels)
            {
                var (x0, x1) = (VectorMath.LoadEight(value), VectorMath.LoadEight(value + 8));
                var (d0, d1) = (x0 - mean0, x1 - mean1);
                var (s0, s1) = (d0 * d0, d1 * d1);
                absolute0 += Vector512.Abs(x0);
                absolute1 += Vector512.Abs(x1);
                square0 += s0;
                square1 += s1;
                cube0 = Vector512.FusedMultiplyAdd(s0, d0, cube0);
                cube1 = Vector512.FusedMultiplyAdd(s1, d1, cube1);
                fourth0 = Vector512.FusedMultiplyAdd(s0, s0, fourth0);
                fourth1 = Vector512.FusedMultiplyAdd(s1, s1, fourth1);
            }
        }
        else
        {
            for (var value = values; value < end; value += _channels)
            {
                var (d0, d1) = (VectorMath.LoadEight(value) - mean0, VectorMath.LoadEight(value + 8) - mean1);
                square0 = Vector512.FusedMultiplyAdd(d0, d0, square0);
                square1 = Vector512.FusedMultiplyAdd(d1, d1, square1);
            }
        }

        Store(moments, points, mean0, square0, cube0, fourth0, absolute0);
        Store(moments[8..], points, mean1, square1, cube1, fourth1, absolute1);
    }

    private static void Store(
        Span<ChannelMoments> moments,
        int points,
        Vector512<double> mean,
        Vector512<double> square,
        Vector512<double> cube,
        Vector512<double> fourth,
        Vector512<double> absolute
    )
    {
        // The vectors are stored to memory once; selecting a lane by a variable index would store the vector each time.
        const int lanes = 8;
        var sums = stackalloc double[5 * lanes];
        mean.Store(sums);
        square.Store(sums + lanes);
        cube.Store(sums + (2 * lanes));
        fourth.Store(sums + (3 * lanes));
        absolute.Store(sums + (4 * lanes));
        for (var i = 0; i < lanes; i++)
        {
            moments[i] = new ChannelMoments(points, sums[i], sums[lanes + i], sums[(2 * lanes) + i], sums[(3 * lanes) + i], sums[(4 * lanes) + i]);
        }
    }

    private ChannelMoments SumChannel<T>(T* values, int points)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var pivot = double.CreateTruncating(values[0]);
        var sum = 0.0;
        for (var point = 0; point < points; point++)
        {
            sum += double.CreateTruncating(values[(nint)point * _channels]) - pivot;
        }

        var mean = pivot + (sum / points);
        var (square, cube, fourth, absolute) = (0.0, 0.0, 0.0, 0.0);
        for (var point = 0; point < points; point++)
        {
            var value = double.CreateTruncating(values[(nint)point * _channels]);
            var deviation = value - mean;
            var squared = deviation * deviation;
            absolute += Math.Abs(value);
            square += squared;
            cube += squared * deviation;
            fourth += squared * squared;
        }

        return new ChannelMoments(points, mean, square, cube, fourth, absolute);
    }
}
