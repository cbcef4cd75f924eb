using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Sums over the points, for each channel, of some function of the elements; in double precision.</summary>
/// <remarks>Chunks of points are summed apart and their sums added in order, so the result has the same bits on any number of threads.</remarks>
internal sealed unsafe class ChannelSums(int channels, int threads)
{
    private double[] _partial = [];

    /// <summary>A function of an element, evaluated on four channels at once.</summary>
    internal interface IStatistic
    {
        /// <summary>Evaluates the function.</summary>
        /// <param name="values">Elements of one point, in four channels.</param>
        /// <param name="channel">The first of the four channels.</param>
        Vector256<double> Of(Vector256<double> values, int channel);
    }

    /// <summary>Sums a statistic over all points.</summary>
    /// <param name="values">The elements (points × channels).</param>
    /// <param name="points">Number of points.</param>
    /// <param name="statistic">What to sum.</param>
    /// <param name="sums">Receives a sum for each channel.</param>
    public void Sum<T, TStatistic>(T* values, int points, TStatistic statistic, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStatistic : struct, IStatistic
    {
        var chunks = RowChunks.Count(points);
        if (_partial.Length < chunks * channels)
        {
            _partial = new double[chunks * channels];
        }

        RowChunks.ForEach(points, threads, (chunk, first, count) => SumChunk(values + ((nint)first * channels), count, statistic, _partial.AsSpan(chunk * channels, channels)));
        sums.Clear();
        for (var chunk = 0; chunk < chunks; chunk++)
        {
            var partial = _partial.AsSpan(chunk * channels, channels);
            for (var channel = 0; channel < channels; channel++)
            {
                sums[channel] += partial[channel];
            }
        }
    }

    private void SumChunk<T, TStatistic>(T* values, int points, TStatistic statistic, Span<double> sums)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TStatistic : struct, IStatistic
    {
        sums.Clear();
        var whole = channels - (channels % 4);
        fixed (double* sum = sums)
        {
            for (var point = 0; point < points; point++, values += channels)
            {
                for (var channel = 0; channel < whole; channel += 4)
                {
                    (Vector256.Load(sum + channel) + statistic.Of(LoadFour(values + channel), channel)).Store(sum + channel);
                }

                for (var channel = whole; channel < channels; channel++)
                {
                    sum[channel] += statistic.Of(Vector256.CreateScalar(double.CreateTruncating(values[channel])), channel)[0];
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> LoadFour<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.WidenLower(Vector128.Load((float*)source).ToVector256Unsafe())
            : Vector256.Load((double*)source);

    /// <summary>The element itself.</summary>
    internal readonly struct Value : IStatistic
    {
        public Vector256<double> Of(Vector256<double> values, int channel) => values;
    }

    /// <summary>The element's absolute value.</summary>
    internal readonly struct AbsoluteValue : IStatistic
    {
        public Vector256<double> Of(Vector256<double> values, int channel) => Vector256.Abs(values);
    }

    /// <summary>The element's square.</summary>
    internal readonly struct Square : IStatistic
    {
        public Vector256<double> Of(Vector256<double> values, int channel) => values * values;
    }

    /// <summary>The square of the element minus its channel's mean.</summary>
    /// <param name="means">Mean of each channel, followed by three more readable elements.</param>
    internal readonly struct CentredSquare(double* means) : IStatistic
    {
        public Vector256<double> Of(Vector256<double> values, int channel)
        {
            var centred = values - Vector256.Load(means + channel);
            return centred * centred;
        }
    }

    /// <summary>The fourth power of the element minus its channel's mean.</summary>
    /// <param name="means">Mean of each channel, followed by three more readable elements.</param>
    internal readonly struct CentredFourthPower(double* means) : IStatistic
    {
        public Vector256<double> Of(Vector256<double> values, int channel)
        {
            var centred = values - Vector256.Load(means + channel);
            return centred * centred * (centred * centred);
        }
    }
}
