using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>A depthwise convolution of 3×3, four neighbouring points at a time: what their patches share is read once.</summary>
/// <remarks>
/// Point by point each number is read nine times, and each time with a weight. Four points beside each other share a strip of six columns: 18 numbers and nine
/// weights for four sums, which stay in registers, as the sum of one point does in <see cref="DepthwiseRows"/>. What a strip reads lies in many short pieces,
/// which no processor foresees, so it is told what comes next; without that, waiting for memory takes half of the time. Products are added in the order of the
/// kernel's offsets, rounded one by one, and zeros beyond the border change no sum: the bits are those of a plain loop.
/// </remarks>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed unsafe class DepthwiseStrips<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private const int Size = 3;
    private const int Together = 4;
    private const int Columns = Together + Size - 1;

    /// <summary>How far ahead memory is asked for, in bytes: some thousand sums before it is needed.</summary>
    private const int Ahead = 1 << 14;

    private readonly int _length;
    private readonly int _channels;
    private readonly bool[] _begins;
    private readonly AlignedBuffer<T> _zeros;

    /// <summary>Looks for strips.</summary>
    /// <param name="table">Which point is read, for each offset and each point that is written; <see cref="ConvolutionGeometry.Outside"/> where none
    /// is.</param>
    /// <param name="length">Points that the table has for each offset.</param>
    /// <param name="channels">Number of channels.</param>
    public DepthwiseStrips(int* table, int length, int channels)
    {
        (_length, _channels, _zeros, _begins) = (length, channels, new AlignedBuffer<T>(channels), new bool[length]);
        for (var point = 0; point + Together <= length; point++)
        {
            _begins[point] = Begins(table + point);
        }
    }

    /// <summary>Convolves some points.</summary>
    /// <param name="source">What is read (points × channels).</param>
    /// <param name="table">The table that strips were found in.</param>
    /// <param name="weights">Weights (offsets × channels).</param>
    /// <param name="target">What is written (points × channels).</param>
    /// <param name="points">The first point that is written, and their number.</param>
    /// <returns>The largest absolute value that was written.</returns>
    public T Convolve(T* source, int* table, T* weights, T* target, (int First, int Count) points)
    {
        var (largest, end, point) = (T.Zero, points.First + points.Count, points.First);
        while (point < end)
        {
            if (IsStrip(point, end))
            {
                largest = T.Max(largest, ConvolveStrip(source, table + point, weights, target + ((nint)point * _channels)));
                point += Together;
                continue;
            }

            var first = point++;
            while (point < end && !IsStrip(point, end))
            {
                point++;
            }

            largest = T.Max(
                largest,
                DepthwiseRows.Convolve(source, table, _length, weights, Size * Size, target, _channels, (first, point - first))
            );
        }

        return largest;
    }

    /// <inheritdoc/>
    public void Dispose() => _zeros.Dispose();

    private bool IsStrip(int point, int end) => point + Together <= end && _begins[point];

    /// <summary>Whether each of four points reads with an offset what the one before it reads with the next offset of the row.</summary>
    private bool Begins(int* table)
    {
        for (var offset = 0; offset < Size * Size; offset++)
        {
            for (var i = 0; offset % Size < Size - 1 && i < Together - 1; i++)
            {
                if (table[((nint)(offset + 1) * _length) + i] != table[((nint)offset * _length) + i + 1])
                {
                    return false;
                }
            }
        }

        return true;
    }

    private T ConvolveStrip(T* source, int* table, T* weights, T* sums)
    {
        var strip = stackalloc T*[Size * Columns];
        for (var row = 0; row < Size; row++)
        {
            var first = table + ((nint)row * Size * _length);
            for (var column = 0; column < Columns; column++)
            {
                // The last columns are read by the last point alone.
                var (i, offset) = (Math.Min(column, Together - 1), Math.Max(0, column - Together + 1));
                var read = first[((nint)offset * _length) + i];
                strip[(row * Columns) + column] = read == ConvolutionGeometry.Outside ? _zeros.Pointer : source + ((nint)read * _channels);
            }
        }

        nint channels = _channels;
        var ahead = (nint)Math.Max(Together, ((Ahead / sizeof(T)) + _channels - 1) / _channels) * channels;
        var (largest, width, channel) = (Vector512<T>.Zero, Vector512<T>.Count, (nint)0);
        for (; channel <= channels - width; channel += width)
        {
            if (Sse.IsSupported)
            {
                for (var i = 0; i < Together; i++)
                {
                    Sse.Prefetch0(strip[((Size - 1) * Columns) + 1 + i] + ahead + channel);
                    Sse.Prefetch0(sums + ahead + (i * channels) + channel);
                }
            }

            Vector512<T> s0 = default,
                s1 = default,
                s2 = default,
                s3 = default;
            AddRow(strip, weights + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
            AddRow(strip + Columns, weights + (Size * channels) + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
            AddRow(strip + (2 * Columns), weights + (2 * Size * channels) + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
            s0.Store(sums + channel);
            s1.Store(sums + channel + channels);
            s2.Store(sums + channel + (2 * channels));
            s3.Store(sums + channel + (3 * channels));
            largest = Larger(Larger(largest, Larger(Vector512.Abs(s0), Vector512.Abs(s1))), Larger(Vector512.Abs(s2), Vector512.Abs(s3)));
        }

        var largestRest = ConvolveRest(strip, weights, sums, (int)channel);
        for (var lane = 0; lane < width; lane++)
        {
            largestRest = T.Max(largestRest, largest[lane]);
        }

        return largestRest;
    }

    /// <summary>Adds the products of a row of the kernel, in the order of its offsets, to the sums of four points.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRow(
        T** strip,
        T* weights,
        nint channels,
        nint channel,
        ref Vector512<T> s0,
        ref Vector512<T> s1,
        ref Vector512<T> s2,
        ref Vector512<T> s3
    )
    {
        var x0 = Vector512.Load(strip[0] + channel);
        var x1 = Vector512.Load(strip[1] + channel);
        var x2 = Vector512.Load(strip[2] + channel);
        var x3 = Vector512.Load(strip[3] + channel);
        var x4 = Vector512.Load(strip[4] + channel);
        var x5 = Vector512.Load(strip[5] + channel);
        var weight = Vector512.Load(weights);
        s0 += weight * x0;
        s1 += weight * x1;
        s2 += weight * x2;
        s3 += weight * x3;
        weight = Vector512.Load(weights + channels);
        s0 += weight * x1;
        s1 += weight * x2;
        s2 += weight * x3;
        s3 += weight * x4;
        weight = Vector512.Load(weights + (2 * channels));
        s0 += weight * x2;
        s1 += weight * x3;
        s2 += weight * x4;
        s3 += weight * x5;
    }

    private T ConvolveRest(T** strip, T* weights, T* sums, int channel)
    {
        var largest = T.Zero;
        for (; channel < _channels; channel++)
        {
            for (var i = 0; i < Together; i++)
            {
                var sum = T.Zero;
                for (var offset = 0; offset < Size * Size; offset++)
                {
                    sum += weights[((nint)offset * _channels) + channel] * strip[(offset / Size * Columns) + (offset % Size) + i][channel];
                }

                sums[((nint)i * _channels) + channel] = sum;
                largest = T.Max(largest, T.Abs(sum));
            }
        }

        return largest;
    }

    /// <summary>
    /// The larger of magnitudes, by their bits, whose order is theirs with what is no number above all: the comparison of numbers would take three instructions
    /// that wait for each other.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Larger(Vector512<T> one, Vector512<T> other) =>
        typeof(T) == typeof(float)
            ? Vector512.Max(one.AsInt32(), other.AsInt32()).As<int, T>()
            : Vector512.Max(one.AsInt64(), other.AsInt64()).As<long, T>();
}
