using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Numerics;

/// <summary>Sums over vectors of doubles, in an order that is the same on every processor.</summary>
public static class VectorMath
{
    /// <summary>The scalar product, as four vectors of partial sums.</summary>
    /// <param name="x">One vector.</param>
    /// <param name="y">The other, at least as long.</param>
    /// <returns>Σ x_i y_i over the length of the first.</returns>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        // Four chains, since one would wait for each addition to end.
        var left = MemoryMarshal.Cast<double, Vector256<double>>(x);
        var right = MemoryMarshal.Cast<double, Vector256<double>>(y[..x.Length]);
        Vector256<double> sum0 = default, sum1 = default, sum2 = default, sum3 = default;
        var i = 0;
        for (; i <= left.Length - 4; i += 4)
        {
            sum0 += left[i] * right[i];
            sum1 += left[i + 1] * right[i + 1];
            sum2 += left[i + 2] * right[i + 2];
            sum3 += left[i + 3] * right[i + 3];
        }

        for (; i < left.Length; i++)
        {
            sum0 += left[i] * right[i];
        }

        var sum = sum0 + sum1 + (sum2 + sum3);
        var total = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (var rest = left.Length * Vector256<double>.Count; rest < x.Length; rest++)
        {
            total += x[rest] * y[rest];
        }

        return total;
    }

    /// <summary>Adds a multiple of one vector to another.</summary>
    /// <param name="target">The vector that is changed.</param>
    /// <param name="factor">The multiple.</param>
    /// <param name="vector">The vector that is added, at least as long.</param>
    public static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> vector)
    {
        var targets = MemoryMarshal.Cast<double, Vector256<double>>(target);
        var vectors = MemoryMarshal.Cast<double, Vector256<double>>(vector[..target.Length]);
        var factors = Vector256.Create(factor);
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] += factors * vectors[i];
        }

        for (var i = targets.Length * Vector256<double>.Count; i < target.Length; i++)
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

    /// <summary>The difference of two rows of numbers, in double precision.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="row">Minuends.</param>
    /// <param name="subtrahend">Subtrahends.</param>
    /// <param name="difference">Receives the differences.</param>
    /// <param name="length">Length of the rows.</param>
    public static unsafe void Subtract<T>(T* row, double* subtrahend, double* difference, int length)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        for (; i <= length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            (LoadEight(row + i) - Vector512.Load(subtrahend + i)).Store(difference + i);
        }

        for (; i < length; i++)
        {
            difference[i] = double.CreateTruncating(row[i]) - subtrahend[i];
        }
    }

    /// <summary>Loads eight numbers in double precision.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="source">The first of them.</param>
    /// <returns>The numbers.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Vector512<double> LoadEight<T>(T* source)
        where T : unmanaged =>
        typeof(T) == typeof(float)
            ? Vector512.WidenLower(Vector256.Load((float*)source).ToVector512Unsafe())
            : Vector512.Load((double*)source);
}
