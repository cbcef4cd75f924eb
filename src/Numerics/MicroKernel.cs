using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>The innermost tile of the matrix product: a few rows times two vectors of columns, held in registers.</summary>
/// <remarks>
/// Each element of the tile is one chain of fused multiply-adds in the order of k. The chain is the same for every width of vectors, so the product has the
/// same bits on every processor; a test checks this by running all versions. Twelve rows use 27 of the 32 registers of AVX-512, six rows use 15 of the 16 of
/// AVX2. There is a separate variable for each vector because the compiler keeps an array of vectors in memory, not in registers.
/// </remarks>
internal static unsafe class MicroKernel
{
    public const int Rows512 = 12;
    public const int Rows256 = 6;

    /// <summary>Computes, or adds to, a tile of 12 rows by two 512-bit vectors.</summary>
    /// <param name="depth">Length of the inner dimension.</param>
    /// <param name="a">Packed panel (depth × 12).</param>
    /// <param name="b">Packed panel (depth × two vectors).</param>
    /// <param name="c">First element of the tile.</param>
    /// <param name="stride">Distance between rows of the tile.</param>
    /// <param name="accumulate">Whether to add to the elements of the tile.</param>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    public static void Tile512<T>(int depth, T* a, T* b, T* c, nint stride, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
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
        var width = Vector512<T>.Count;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector512.Load(b);
            var b1 = Vector512.Load(b + width);
            var x = Vector512.Create(a[0]);
            c00 = Fma(x, b0, c00);
            c01 = Fma(x, b1, c01);
            x = Vector512.Create(a[1]);
            c10 = Fma(x, b0, c10);
            c11 = Fma(x, b1, c11);
            x = Vector512.Create(a[2]);
            c20 = Fma(x, b0, c20);
            c21 = Fma(x, b1, c21);
            x = Vector512.Create(a[3]);
            c30 = Fma(x, b0, c30);
            c31 = Fma(x, b1, c31);
            x = Vector512.Create(a[4]);
            c40 = Fma(x, b0, c40);
            c41 = Fma(x, b1, c41);
            x = Vector512.Create(a[5]);
            c50 = Fma(x, b0, c50);
            c51 = Fma(x, b1, c51);
            x = Vector512.Create(a[6]);
            c60 = Fma(x, b0, c60);
            c61 = Fma(x, b1, c61);
            x = Vector512.Create(a[7]);
            c70 = Fma(x, b0, c70);
            c71 = Fma(x, b1, c71);
            x = Vector512.Create(a[8]);
            c80 = Fma(x, b0, c80);
            c81 = Fma(x, b1, c81);
            x = Vector512.Create(a[9]);
            c90 = Fma(x, b0, c90);
            c91 = Fma(x, b1, c91);
            x = Vector512.Create(a[10]);
            cA0 = Fma(x, b0, cA0);
            cA1 = Fma(x, b1, cA1);
            x = Vector512.Create(a[11]);
            cB0 = Fma(x, b0, cB0);
            cB1 = Fma(x, b1, cB1);
            a += Rows512;
            b += 2 * width;
        }

        Store(c00, c01, c, accumulate);
        Store(c10, c11, c + stride, accumulate);
        Store(c20, c21, c + (2 * stride), accumulate);
        Store(c30, c31, c + (3 * stride), accumulate);
        Store(c40, c41, c + (4 * stride), accumulate);
        Store(c50, c51, c + (5 * stride), accumulate);
        Store(c60, c61, c + (6 * stride), accumulate);
        Store(c70, c71, c + (7 * stride), accumulate);
        Store(c80, c81, c + (8 * stride), accumulate);
        Store(c90, c91, c + (9 * stride), accumulate);
        Store(cA0, cA1, c + (10 * stride), accumulate);
        Store(cB0, cB1, c + (11 * stride), accumulate);
    }

    /// <summary>Computes, or adds to, a tile of 6 rows by two 256-bit vectors; where the processor has none, the runtime emulates them.</summary>
    /// <param name="depth">Length of the inner dimension.</param>
    /// <param name="a">Packed panel (depth × 6).</param>
    /// <param name="b">Packed panel (depth × two vectors).</param>
    /// <param name="c">First element of the tile.</param>
    /// <param name="stride">Distance between rows of the tile.</param>
    /// <param name="accumulate">Whether to add to the elements of the tile.</param>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    public static void Tile256<T>(int depth, T* a, T* b, T* c, nint stride, bool accumulate)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector256<T> c00 = default,
            c01 = default,
            c10 = default,
            c11 = default,
            c20 = default,
            c21 = default;
        Vector256<T> c30 = default,
            c31 = default,
            c40 = default,
            c41 = default,
            c50 = default,
            c51 = default;
        var width = Vector256<T>.Count;
        for (var k = 0; k < depth; k++)
        {
            var b0 = Vector256.Load(b);
            var b1 = Vector256.Load(b + width);
            var x = Vector256.Create(a[0]);
            c00 = Fma(x, b0, c00);
            c01 = Fma(x, b1, c01);
            x = Vector256.Create(a[1]);
            c10 = Fma(x, b0, c10);
            c11 = Fma(x, b1, c11);
            x = Vector256.Create(a[2]);
            c20 = Fma(x, b0, c20);
            c21 = Fma(x, b1, c21);
            x = Vector256.Create(a[3]);
            c30 = Fma(x, b0, c30);
            c31 = Fma(x, b1, c31);
            x = Vector256.Create(a[4]);
            c40 = Fma(x, b0, c40);
            c41 = Fma(x, b1, c41);
            x = Vector256.Create(a[5]);
            c50 = Fma(x, b0, c50);
            c51 = Fma(x, b1, c51);
            a += Rows256;
            b += 2 * width;
        }

        Store(c00, c01, c, accumulate);
        Store(c10, c11, c + stride, accumulate);
        Store(c20, c21, c + (2 * stride), accumulate);
        Store(c30, c31, c + (3 * stride), accumulate);
        Store(c40, c41, c + (4 * stride), accumulate);
        Store(c50, c51, c + (5 * stride), accumulate);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static void Store<T>(Vector512<T> low, Vector512<T> high, T* c, bool accumulate)
        where T : unmanaged
    {
        if (accumulate)
        {
            low += Vector512.Load(c);
            high += Vector512.Load(c + Vector512<T>.Count);
        }

        low.Store(c);
        high.Store(c + Vector512<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store<T>(Vector256<T> low, Vector256<T> high, T* c, bool accumulate)
        where T : unmanaged
    {
        if (accumulate)
        {
            low += Vector256.Load(c);
            high += Vector256.Load(c + Vector256<T>.Count);
        }

        low.Store(c);
        high.Store(c + Vector256<T>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<T> Fma<T>(Vector512<T> x, Vector512<T> y, Vector512<T> z)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector512.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector512.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<T> Fma<T>(Vector256<T> x, Vector256<T> y, Vector256<T> z)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector256.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector256.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();
}
