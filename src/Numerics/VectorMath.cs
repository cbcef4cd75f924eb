using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Wellbehaved.Numerics;

/// <summary>Operations on vectors of doubles; sums are in an order that is the same on every processor.</summary>
internal static class VectorMath
{
    /// <summary>The scalar product, computed as four vectors of partial sums.</summary>
    /// <param name="x">One vector.</param>
    /// <param name="y">The other, at least as long.</param>
    /// <returns>Σ x_i y_i over the length of the first.</returns>
    public static double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        // There are four chains, since in one chain each addition would wait for the previous one. The second vector was cut to the length of the first, so
        // the references are within bounds.
        ref var left = ref MemoryMarshal.GetReference(x);
        ref var right = ref MemoryMarshal.GetReference(y[..x.Length]);
        var width = Vector256<double>.Count;
        Vector256<double> sum0 = default,
            sum1 = default,
            sum2 = default,
            sum3 = default;
        var i = 0;
        for (; i <= x.Length - (4 * width); i += 4 * width)
        {
            sum0 += Load(ref left, i) * Load(ref right, i);
            sum1 += Load(ref left, i + width) * Load(ref right, i + width);
            sum2 += Load(ref left, i + (2 * width)) * Load(ref right, i + (2 * width));
            sum3 += Load(ref left, i + (3 * width)) * Load(ref right, i + (3 * width));
        }

        for (; i <= x.Length - width; i += width)
        {
            sum0 += Load(ref left, i) * Load(ref right, i);
        }

        var sum = sum0 + sum1 + (sum2 + sum3);
        var total = sum[0] + sum[1] + (sum[2] + sum[3]);
        for (; i < x.Length; i++)
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
        // The vector was cut to the target's length, so the references are within bounds.
        ref var first = ref MemoryMarshal.GetReference(target);
        ref var added = ref MemoryMarshal.GetReference(vector[..target.Length]);
        var (factors, wide, i) = (Vector256.Create(factor), Vector512.Create(factor), 0);
        for (; i <= target.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            (Vector512.LoadUnsafe(ref first, (nuint)i) + (wide * Vector512.LoadUnsafe(ref added, (nuint)i))).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i <= target.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            (Load(ref first, i) + (factors * Load(ref added, i))).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < target.Length; i++)
        {
            target[i] += factor * vector[i];
        }
    }

    /// <summary>Adds multiples of two vectors to another.</summary>
    /// <param name="target">The vector that is changed.</param>
    /// <param name="factor">The first multiple.</param>
    /// <param name="vector">The first vector that is added, at least as long.</param>
    /// <param name="otherFactor">The second multiple.</param>
    /// <param name="other">The second vector that is added, at least as long.</param>
    internal static void AddScaled(Span<double> target, double factor, ReadOnlySpan<double> vector, double otherFactor, ReadOnlySpan<double> other)
    {
        // The vectors were cut to the target's length, so the references are within bounds.
        ref var first = ref MemoryMarshal.GetReference(target);
        ref var added = ref MemoryMarshal.GetReference(vector[..target.Length]);
        ref var addedToo = ref MemoryMarshal.GetReference(other[..target.Length]);
        var (factors, otherFactors, i) = (Vector256.Create(factor), Vector256.Create(otherFactor), 0);
        for (; i <= target.Length - Vector256<double>.Count; i += Vector256<double>.Count)
        {
            (Load(ref first, i) + (factors * Load(ref added, i)) + (otherFactors * Load(ref addedToo, i))).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < target.Length; i++)
        {
            target[i] = target[i] + (factor * vector[i]) + (otherFactor * other[i]);
        }
    }

    /// <summary>Whether no number is infinite or NaN.</summary>
    /// <param name="numbers">The numbers.</param>
    public static bool AreFinite(ReadOnlySpan<double> numbers)
    {
        ref var first = ref MemoryMarshal.GetReference(numbers);
        var (infinity, i) = (Vector512.Create(double.PositiveInfinity), 0);
        for (; i <= numbers.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            // NaN is not below infinity either.
            if (!Vector512.LessThanAll(Vector512.Abs(Vector512.LoadUnsafe(ref first, (nuint)i)), infinity))
            {
                return false;
            }
        }

        for (; i < numbers.Length; i++)
        {
            if (!double.IsFinite(numbers[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Multiplies a vector by a number.</summary>
    /// <param name="vector">The vector that is changed.</param>
    /// <param name="factor">The number.</param>
    public static void Scale(Span<double> vector, double factor)
    {
        ref var first = ref MemoryMarshal.GetReference(vector);
        var (wide, i) = (Vector512.Create(factor), 0);
        for (; i <= vector.Length - Vector512<double>.Count; i += Vector512<double>.Count)
        {
            (Vector512.LoadUnsafe(ref first, (nuint)i) * wide).StoreUnsafe(ref first, (nuint)i);
        }

        for (; i < vector.Length; i++)
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
        typeof(T) == typeof(float) ? Vector512.WidenLower(Vector256.Load((float*)source).ToVector512Unsafe()) : Vector512.Load((double*)source);

    /// <summary>Stores eight numbers, rounded to the precision of their type.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <param name="numbers">The numbers.</param>
    /// <param name="target">Receives them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreEight<T>(Vector512<double> numbers, T* target)
        where T : unmanaged
    {
        if (typeof(T) == typeof(double))
        {
            numbers.Store((double*)target);
        }
        else if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector256Single(numbers).Store((float*)target);
        }
        else
        {
            Vector256.Narrow(numbers.GetLower(), numbers.GetUpper()).Store((float*)target);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Load(ref double first, int index) => Vector256.LoadUnsafe(ref first, (nuint)index);
}
