using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>Sums over vectors of doubles, in an order that is the same on every processor.</summary>
internal static class VectorMath
{
    /// <summary>The scalar product, as four interleaved partial sums.</summary>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var left = MemoryMarshal.Cast<double, Vector256<double>>(x);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(y);
        var sum = Vector256<double>.Zero;
        for (var i = 0; i < left.Length; i++)
        {
            sum += left[i] * right[i];
        }

        var total = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (var i = left.Length * Vector256<double>.Count; i < x.Length; i++)
        {
            total += x[i] * y[i];
        }

        return total;
    }

    /// <summary>Adds a multiple of one vector to another.</summary>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> vector)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] += factor * vector[i];
        }
    }

    /// <summary>Multiplies a vector by a number.</summary>
    public static void Scale(Span<double> vector, double factor)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] *= factor;
        }
    }
}
