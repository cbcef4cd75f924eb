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
/// kernel's offsets, rounded one by one, and zeros beyond the border change no sum: the bits are those of a plain loop. The table of a backward pass runs the
/// other way along a row: each point reads with an offset what the one before it reads with the offset before.
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
    private readonly bool _isReversed;
    private readonly bool[] _begins;
    private readonly AlignedBuffer<T> _zeros;

    /// <summary>Looks for strips.</summary>
    /// <param name="table">Which point is read, for each offset and each point that is written; <see cref="ConvolutionGeometry.Outside"/> where none
    /// is.</param>
    /// <param name="length">Points that the table has for each offset.</param>
    /// <param name="channels">Number of channels.</param>
    /// <param name="isReversed">Whether the table says which outputs read a point.</param>
    public DepthwiseStrips(int* table, int length, int channels, bool isReversed = false)
    {
        (_length, _channels, _isReversed, _zeros, _begins) = (length, channels, isReversed, new AlignedBuffer<T>(channels), new bool[length]);
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
        var (largest, largestRest) = (Vector512<T>.Zero, T.Zero);
        var (end, point) = (points.First + points.Count, points.First);
        var strip = stackalloc T*[Size * Columns];
        while (point < end)
        {
            if (IsStrip(point, end))
            {
                Find(strip, source, table + point);
                var sums = target + ((nint)point * _channels);
                var channel = ConvolveStrip(strip, weights, sums, ref largest);
                largestRest = channel < _channels ? T.Max(largestRest, ConvolveRest(strip, weights, sums, channel)) : largestRest;
                point += Together;
                continue;
            }

            var first = point++;
            while (point < end && !IsStrip(point, end))
            {
                point++;
            }

            largestRest = T.Max(largestRest, DepthwiseRows.Convolve(source, table, _length, weights, Size * Size, target, _channels, (first, point - first)));
        }

        for (var lane = 0; lane < Vector512<T>.Count; lane++)
        {
            largestRest = T.Max(largestRest, largest[lane]);
        }

        return largestRest;
    }

    /// <summary>Channel by channel and offset by offset, the sum over some points of what is read times a factor at the point, in double precision.</summary>
    /// <param name="source">What is read (points × channels).</param>
    /// <param name="table">The table that strips were found in.</param>
    /// <param name="factors">The factors (points × channels).</param>
    /// <param name="points">The first point, and their number.</param>
    /// <param name="sums">Receives the sums (offsets × channels), each added up point by point.</param>
    public void SumProducts(T* source, int* table, T* factors, (int First, int Count) points, Span<double> sums)
    {
        var whole = _channels - (_channels % Vector512<double>.Count);
        var strip = stackalloc T*[Size * Columns];
        fixed (double* all = sums)
        {
            var end = points.First + points.Count;
            for (var point = points.First; point < end; )
            {
                var factor = factors + ((nint)point * _channels);
                if (IsStrip(point, end))
                {
                    Find(strip, source, table + point);
                    for (var channel = 0; channel < whole; channel += Vector512<double>.Count)
                    {
                        AddRow(strip, channel, factor + channel, all + channel);
                        AddRow(strip + Columns, channel, factor + channel, all + (Size * _channels) + channel);
                        AddRow(strip + (2 * Columns), channel, factor + channel, all + (2 * Size * _channels) + channel);
                    }

                    point += Together;
                    continue;
                }

                for (var offset = 0; offset < Size * Size; offset++)
                {
                    var read = table[((nint)offset * _length) + point];
                    for (var channel = 0; channel < whole && read != ConvolutionGeometry.Outside; channel += Vector512<double>.Count)
                    {
                        var sum = all + (offset * _channels) + channel;
                        Vector512
                            .FusedMultiplyAdd(
                                VectorMath.LoadEight(source + ((nint)read * _channels) + channel),
                                VectorMath.LoadEight(factor + channel),
                                Vector512.Load(sum)
                            )
                            .Store(sum);
                    }
                }

                point++;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _zeros.Dispose();

    private bool IsStrip(int point, int end) => point + Together <= end && _begins[point];

    /// <summary>Whether each of four points reads with an offset what the one before it reads with the next offset of the row, or the other way.</summary>
    private bool Begins(int* table)
    {
        for (var offset = 0; offset < Size * Size; offset++)
        {
            for (var i = 0; offset % Size < Size - 1 && i < Together - 1; i++)
            {
                var (before, after) = _isReversed ? (i, i + 1) : (i + 1, i);
                if (table[((nint)(offset + 1) * _length) + after] != table[((nint)offset * _length) + before])
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Where the six columns of each row of a strip stand.</summary>
    private void Find(T** strip, T* source, int* table)
    {
        for (var row = 0; row < Size; row++, strip += Columns)
        {
            var first = table + ((nint)row * Size * _length);
            var second = first + _length;
            var third = second + _length;

            // Most columns are read with the first offset; those on the far side by the last point alone, or by the first if the table runs the other way.
            var whole = _isReversed ? strip + 2 : strip;
            for (var i = 0; i < Together; i++)
            {
                whole[i] = RowOf(source, first[i]);
            }

            if (_isReversed)
            {
                strip[1] = RowOf(source, second[0]);
                strip[0] = RowOf(source, third[0]);
            }
            else
            {
                strip[4] = RowOf(source, second[Together - 1]);
                strip[5] = RowOf(source, third[Together - 1]);
            }
        }
    }

    private T* RowOf(T* source, int point) => point == ConvolutionGeometry.Outside ? _zeros.Pointer : source + ((nint)point * _channels);

    /// <summary>Adds what a row of a strip holds, times the factors of its four points, to the sums of the row's three offsets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AddRow(T** strip, int channel, T* factor, double* sums)
    {
        var (s0, s1, s2) = (Vector512.Load(sums), Vector512.Load(sums + _channels), Vector512.Load(sums + (2 * _channels)));
        var x0 = VectorMath.LoadEight(strip[0] + channel);
        var x1 = VectorMath.LoadEight(strip[1] + channel);
        for (var i = 0; i < Together; i++)
        {
            var x2 = VectorMath.LoadEight(strip[i + 2] + channel);
            var times = VectorMath.LoadEight(factor + ((nint)i * _channels));
            s0 = Vector512.FusedMultiplyAdd(x0, times, s0);
            s1 = Vector512.FusedMultiplyAdd(x1, times, s1);
            s2 = Vector512.FusedMultiplyAdd(x2, times, s2);
            (x0, x1) = (x1, x2);
        }

        s0.Store(sums);
        s1.Store(sums + _channels);
        s2.Store(sums + (2 * _channels));
    }

    /// <summary>Convolves the channels that fill vectors; returns the first that does not.</summary>
    private int ConvolveStrip(T** strip, T* weights, T* sums, ref Vector512<T> largestOfAll)
    {
        nint channels = _channels;
        var ahead = (nint)Math.Max(Together, ((Ahead / sizeof(T)) + _channels - 1) / _channels) * channels;
        var (largest, width, channel) = (largestOfAll, Vector512<T>.Count, (nint)0);
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
            if (_isReversed)
            {
                AddRowReversed(strip, weights + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
                AddRowReversed(strip + Columns, weights + (Size * channels) + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
                AddRowReversed(strip + (2 * Columns), weights + (2 * Size * channels) + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
            }
            else
            {
                AddRow(strip, weights + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
                AddRow(strip + Columns, weights + (Size * channels) + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
                AddRow(strip + (2 * Columns), weights + (2 * Size * channels) + channel, channels, channel, ref s0, ref s1, ref s2, ref s3);
            }

            s0.Store(sums + channel);
            s1.Store(sums + channel + channels);
            s2.Store(sums + channel + (2 * channels));
            s3.Store(sums + channel + (3 * channels));
            largest = Larger(Larger(largest, Larger(Vector512.Abs(s0), Vector512.Abs(s1))), Larger(Vector512.Abs(s2), Vector512.Abs(s3)));
        }

        largestOfAll = largest;
        return (int)channel;
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

    /// <summary>The same with a table that runs the other way: the first offset of a row reads the column farthest on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddRowReversed(
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
        s0 += weight * x2;
        s1 += weight * x3;
        s2 += weight * x4;
        s3 += weight * x5;
        weight = Vector512.Load(weights + channels);
        s0 += weight * x1;
        s1 += weight * x2;
        s2 += weight * x3;
        s3 += weight * x4;
        weight = Vector512.Load(weights + (2 * channels));
        s0 += weight * x0;
        s1 += weight * x1;
        s2 += weight * x2;
        s3 += weight * x3;
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
                    sum += weights[((nint)offset * _channels) + channel] * strip[(offset / Size * Columns) + ColumnOf(offset % Size) + i][channel];
                }

                sums[((nint)i * _channels) + channel] = sum;
                largest = T.Max(largest, T.Abs(sum));
            }
        }

        return largest;
    }

    /// <summary>The column that the first point of a strip reads with an offset.</summary>
    private int ColumnOf(int offset) => _isReversed ? Size - 1 - offset : offset;

    /// <summary>
    /// The larger of magnitudes, by their bits, whose order is theirs with what is no number above all: the comparison of numbers would take three instructions
    /// that wait for each other.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<T> Larger(Vector512<T> one, Vector512<T> other) =>
        typeof(T) == typeof(float) ? Vector512.Max(one.AsInt32(), other.AsInt32()).As<int, T>() : Vector512.Max(one.AsInt64(), other.AsInt64()).As<long, T>();
}
