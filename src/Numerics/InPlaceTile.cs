using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>The innermost tile of a product whose left factor is read where it lies, gathered or not: nothing is packed.</summary>
/// <remarks>
/// Packing a number costs as much as multiplying it with a vector of columns. That pays where several panels of columns use it; a convolution to few channels
/// has one or two. Each element is the chain of fused multiply-adds of <see cref="MicroKernel"/>, in the same order, so the bits are the same.
/// </remarks>
internal static unsafe class InPlaceTile
{
    /// <summary>Number of rows of a tile.</summary>
    public const int Rows = MicroKernel.Rows512;

    /// <summary>Computes, or adds to, a tile of 12 rows by one 512-bit vector.</summary>
    /// <inheritdoc cref="TwoVectors{T}"/>
    public static void OneVector<T>(MatrixOperand<T> a, T* zeros, int row, (int First, int Depth) inner, T* b, T* c, nint stride, bool accumulate)
        where T : unmanaged
    {
        Vector512<T> c0 = default,
            c1 = default,
            c2 = default,
            c3 = default,
            c4 = default,
            c5 = default;
        Vector512<T> c6 = default,
            c7 = default,
            c8 = default,
            c9 = default,
            cA = default,
            cB = default;
        for (var done = 0; done < inner.Depth; )
        {
            var rows = new TileRows<T>(a, zeros, row, inner.First + done);
            var count = Math.Min(rows.Count, inner.Depth - done);
            for (var k = 0; k < count; k++)
            {
                var x = Vector512.Load(b);
                c0 = MicroKernel.Fma(Vector512.Create(rows.Row0[k]), x, c0);
                c1 = MicroKernel.Fma(Vector512.Create(rows.Row1[k]), x, c1);
                c2 = MicroKernel.Fma(Vector512.Create(rows.Row2[k]), x, c2);
                c3 = MicroKernel.Fma(Vector512.Create(rows.Row3[k]), x, c3);
                c4 = MicroKernel.Fma(Vector512.Create(rows.Row4[k]), x, c4);
                c5 = MicroKernel.Fma(Vector512.Create(rows.Row5[k]), x, c5);
                c6 = MicroKernel.Fma(Vector512.Create(rows.Row6[k]), x, c6);
                c7 = MicroKernel.Fma(Vector512.Create(rows.Row7[k]), x, c7);
                c8 = MicroKernel.Fma(Vector512.Create(rows.Row8[k]), x, c8);
                c9 = MicroKernel.Fma(Vector512.Create(rows.Row9[k]), x, c9);
                cA = MicroKernel.Fma(Vector512.Create(rows.RowA[k]), x, cA);
                cB = MicroKernel.Fma(Vector512.Create(rows.RowB[k]), x, cB);
                b += 2 * Vector512<T>.Count;
            }

            done += count;
        }

        Store(c0, c, accumulate);
        Store(c1, c + stride, accumulate);
        Store(c2, c + (2 * stride), accumulate);
        Store(c3, c + (3 * stride), accumulate);
        Store(c4, c + (4 * stride), accumulate);
        Store(c5, c + (5 * stride), accumulate);
        Store(c6, c + (6 * stride), accumulate);
        Store(c7, c + (7 * stride), accumulate);
        Store(c8, c + (8 * stride), accumulate);
        Store(c9, c + (9 * stride), accumulate);
        Store(cA, c + (10 * stride), accumulate);
        Store(cB, c + (11 * stride), accumulate);
    }

    /// <summary>Computes, or adds to, a tile of 12 rows by two 512-bit vectors.</summary>
    /// <param name="a">The left factor; its rows are contiguous, or gathered.</param>
    /// <param name="zeros">Zeros, as many as the length of a segment.</param>
    /// <param name="row">The first of the tile's rows, all of which exist.</param>
    /// <param name="inner">The terms of the sums.</param>
    /// <param name="b">Packed panel (depth × two vectors).</param>
    /// <param name="c">First element of the tile.</param>
    /// <param name="stride">Distance between rows of the tile.</param>
    /// <param name="accumulate">Whether to add to the elements of the tile.</param>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    public static void TwoVectors<T>(MatrixOperand<T> a, T* zeros, int row, (int First, int Depth) inner, T* b, T* c, nint stride, bool accumulate)
        where T : unmanaged
    {
        Vector512<T> c00 = default,
            c01 = default,
            c10 = default,
            c11 = default,
            c20 = default,
            c21 = default;
        Vector512<T> c30 = default,
            c31 = default,
            c40 = default,
            c41 = default,
            c50 = default,
            c51 = default;
        Vector512<T> c60 = default,
            c61 = default,
            c70 = default,
            c71 = default,
            c80 = default,
            c81 = default;
        Vector512<T> c90 = default,
            c91 = default,
            cA0 = default,
            cA1 = default,
            cB0 = default,
            cB1 = default;
        for (var done = 0; done < inner.Depth; )
        {
            var rows = new TileRows<T>(a, zeros, row, inner.First + done);
            var count = Math.Min(rows.Count, inner.Depth - done);
            for (var k = 0; k < count; k++)
            {
                var b0 = Vector512.Load(b);
                var b1 = Vector512.Load(b + Vector512<T>.Count);
                var x = Vector512.Create(rows.Row0[k]);
                c00 = MicroKernel.Fma(x, b0, c00);
                c01 = MicroKernel.Fma(x, b1, c01);
                x = Vector512.Create(rows.Row1[k]);
                c10 = MicroKernel.Fma(x, b0, c10);
                c11 = MicroKernel.Fma(x, b1, c11);
                x = Vector512.Create(rows.Row2[k]);
                c20 = MicroKernel.Fma(x, b0, c20);
                c21 = MicroKernel.Fma(x, b1, c21);
                x = Vector512.Create(rows.Row3[k]);
                c30 = MicroKernel.Fma(x, b0, c30);
                c31 = MicroKernel.Fma(x, b1, c31);
                x = Vector512.Create(rows.Row4[k]);
                c40 = MicroKernel.Fma(x, b0, c40);
                c41 = MicroKernel.Fma(x, b1, c41);
                x = Vector512.Create(rows.Row5[k]);
                c50 = MicroKernel.Fma(x, b0, c50);
                c51 = MicroKernel.Fma(x, b1, c51);
                x = Vector512.Create(rows.Row6[k]);
                c60 = MicroKernel.Fma(x, b0, c60);
                c61 = MicroKernel.Fma(x, b1, c61);
                x = Vector512.Create(rows.Row7[k]);
                c70 = MicroKernel.Fma(x, b0, c70);
                c71 = MicroKernel.Fma(x, b1, c71);
                x = Vector512.Create(rows.Row8[k]);
                c80 = MicroKernel.Fma(x, b0, c80);
                c81 = MicroKernel.Fma(x, b1, c81);
                x = Vector512.Create(rows.Row9[k]);
                c90 = MicroKernel.Fma(x, b0, c90);
                c91 = MicroKernel.Fma(x, b1, c91);
                x = Vector512.Create(rows.RowA[k]);
                cA0 = MicroKernel.Fma(x, b0, cA0);
                cA1 = MicroKernel.Fma(x, b1, cA1);
                x = Vector512.Create(rows.RowB[k]);
                cB0 = MicroKernel.Fma(x, b0, cB0);
                cB1 = MicroKernel.Fma(x, b1, cB1);
                b += 2 * Vector512<T>.Count;
            }

            done += count;
        }

        MicroKernel.Store(c00, c01, c, accumulate);
        MicroKernel.Store(c10, c11, c + stride, accumulate);
        MicroKernel.Store(c20, c21, c + (2 * stride), accumulate);
        MicroKernel.Store(c30, c31, c + (3 * stride), accumulate);
        MicroKernel.Store(c40, c41, c + (4 * stride), accumulate);
        MicroKernel.Store(c50, c51, c + (5 * stride), accumulate);
        MicroKernel.Store(c60, c61, c + (6 * stride), accumulate);
        MicroKernel.Store(c70, c71, c + (7 * stride), accumulate);
        MicroKernel.Store(c80, c81, c + (8 * stride), accumulate);
        MicroKernel.Store(c90, c91, c + (9 * stride), accumulate);
        MicroKernel.Store(cA0, cA1, c + (10 * stride), accumulate);
        MicroKernel.Store(cB0, cB1, c + (11 * stride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector512<T> values, T* c, bool accumulate)
        where T : unmanaged => (accumulate ? values + Vector512.Load(c) : values).Store(c);

    /// <summary>Where a tile's rows lie, from one term of the sums to the end of its segment.</summary>
    private readonly ref struct TileRows<T>
        where T : unmanaged
    {
        public readonly T* Row0,
            Row1,
            Row2,
            Row3,
            Row4,
            Row5,
            Row6,
            Row7,
            Row8,
            Row9,
            RowA,
            RowB;

        public readonly int Count;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public TileRows(MatrixOperand<T> a, T* zeros, int row, int term)
        {
            if (a.Rows is null)
            {
                Count = int.MaxValue;
                Row0 = a.Data + (row * a.RowStride) + term;
                Row1 = Row0 + a.RowStride;
                Row2 = Row1 + a.RowStride;
                Row3 = Row2 + a.RowStride;
                Row4 = Row3 + a.RowStride;
                Row5 = Row4 + a.RowStride;
                Row6 = Row5 + a.RowStride;
                Row7 = Row6 + a.RowStride;
                Row8 = Row7 + a.RowStride;
                Row9 = Row8 + a.RowStride;
                RowA = Row9 + a.RowStride;
                RowB = RowA + a.RowStride;
                return;
            }

            var (segment, within) = Math.DivRem(term, a.SegmentLength);
            var table = a.Rows + ((nint)segment * a.RowCount) + row;
            var data = a.Data + within;
            Count = a.SegmentLength - within;
            Row0 = Find(data, table[0], a.RowStride, zeros);
            Row1 = Find(data, table[1], a.RowStride, zeros);
            Row2 = Find(data, table[2], a.RowStride, zeros);
            Row3 = Find(data, table[3], a.RowStride, zeros);
            Row4 = Find(data, table[4], a.RowStride, zeros);
            Row5 = Find(data, table[5], a.RowStride, zeros);
            Row6 = Find(data, table[6], a.RowStride, zeros);
            Row7 = Find(data, table[7], a.RowStride, zeros);
            Row8 = Find(data, table[8], a.RowStride, zeros);
            Row9 = Find(data, table[9], a.RowStride, zeros);
            RowA = Find(data, table[10], a.RowStride, zeros);
            RowB = Find(data, table[11], a.RowStride, zeros);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T* Find(T* data, int index, nint stride, T* zeros) => index < 0 ? zeros : data + (index * stride);
    }
}
