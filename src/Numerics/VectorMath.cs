using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>Sums over vectors of doubles, in an order that is the same on every processor.</summary>
public static class VectorMath
{
    /// <summary>The scalar product, as four interleaved partial sums.</summary>
    /// <param name="x">One vector.</param>
    /// <param name="y">The other, at least as long.</param>
    /// <returns>Σ x_i y_i over the length of the first.</returns>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var left = MemoryMarshal.Cast<double, Vector256<double>>(x);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(y[..x.Length]);
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
    /// <param name="target">The vector that is changed.</param>
    /// <param name="factor">The multiple.</param>
    /// <param name="vector">The vector that is added, at least as long.</param>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> vector)
    {
        for (var i = 0; i < target.Length; i++)
        {
            target[i] += factor * vector[i];
        }
    }

    /// <summary>Multiplies a vector by a number.</summary>
    /// <param name="vector">The vector that is changed.</param>
    /// <param name="factor">The number.</param>
    public static void Scale(Span<double> vector, double factor)
    {
        for (var i = 0; i < vector.Length; i++)
        {
            vector[i] *= factor;
        }
    }
}
