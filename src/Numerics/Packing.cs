using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wellbehaved.Numerics;

/// <summary>Interleaves rows of a matrix, so that the innermost loop of a product reads memory in order.</summary>
internal static unsafe class Packing
{
    /// <summary>Number of rows that are interleaved at once.</summary>
    public const int Rows = 4;

    /// <summary>Interleaves four rows: <c>target[k·stride + i] = row_i[k]</c>.</summary>
    /// <param name="row0">First row, of at least <paramref name="length"/> elements, like the others.</param>
    /// <param name="row1">Second row.</param>
    /// <param name="row2">Third row.</param>
    /// <param name="row3">Fourth row.</param>
    /// <param name="length">Number of elements of each row.</param>
    /// <param name="target">Receives the elements.</param>
    /// <param name="stride">Distance between the elements of a row in the target, at least 4.</param>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    public static void Interleave<T>(T* row0, T* row1, T* row2, T* row3, int length, T* target, int stride)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var k = 0;
        if (Sse2.IsSupported)
        {
            for (; k <= length - Vector128<T>.Count; k += Vector128<T>.Count, target += (nint)Vector128<T>.Count * stride)
            {
                var (x0, x1, x2, x3) = (Vector128.Load(row0 + k), Vector128.Load(row1 + k), Vector128.Load(row2 + k), Vector128.Load(row3 + k));
                if (typeof(T) == typeof(float))
                {
                    TransposeOnto(x0.AsSingle(), x1.AsSingle(), x2.AsSingle(), x3.AsSingle(), (float*)target, stride);
                }
                else
                {
                    TransposeOnto(x0.AsDouble(), x1.AsDouble(), x2.AsDouble(), x3.AsDouble(), (double*)target, stride);
                }
            }
        }

        for (; k < length; k++, target += stride)
        {
            (target[0], target[1], target[2], target[3]) = (row0[k], row1[k], row2[k], row3[k]);
        }
    }

    private static void TransposeOnto(Vector128<float> x0, Vector128<float> x1, Vector128<float> x2, Vector128<float> x3, float* target, int stride)
    {
        var (low01, low23) = (Sse.UnpackLow(x0, x1), Sse.UnpackLow(x2, x3));
        var (high01, high23) = (Sse.UnpackHigh(x0, x1), Sse.UnpackHigh(x2, x3));
        Sse.MoveLowToHigh(low01, low23).Store(target);
        Sse.MoveHighToLow(low23, low01).Store(target + stride);
        Sse.MoveLowToHigh(high01, high23).Store(target + (2 * stride));
        Sse.MoveHighToLow(high23, high01).Store(target + (3 * stride));
    }

    private static void TransposeOnto(Vector128<double> x0, Vector128<double> x1, Vector128<double> x2, Vector128<double> x3, double* target, int stride)
    {
        Sse2.UnpackLow(x0, x1).Store(target);
        Sse2.UnpackLow(x2, x3).Store(target + 2);
        Sse2.UnpackHigh(x0, x1).Store(target + stride);
        Sse2.UnpackHigh(x2, x3).Store(target + stride + 2);
    }
}
