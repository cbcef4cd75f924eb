using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Elementwise operations that read rows of numbers and write another row, in vector registers.</summary>
internal static class AdjointMath
{
    /// <summary>target ← x·factor.</summary>
    public static void Multiply<T>(Span<T> target, ReadOnlySpan<T> x, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var targets = Cast(target);
        var vectors = Cast(x);
        var factors = Vector256.Create(factor);
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = vectors[i] * factors;
        }

        for (var i = targets.Length * Vector256<T>.Count; i < target.Length; i++)
        {
            target[i] = x[i] * factor;
        }
    }

    /// <summary>target ← x·factor, element by element.</summary>
    public static void Multiply<T>(Span<T> target, ReadOnlySpan<T> x, ReadOnlySpan<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var targets = Cast(target);
        var vectors = Cast(x);
        var factors = Cast(factor);
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = vectors[i] * factors[i];
        }

        for (var i = targets.Length * Vector256<T>.Count; i < target.Length; i++)
        {
            target[i] = x[i] * factor[i];
        }
    }

    /// <summary>target ← x·factor + y·otherFactor.</summary>
    public static void Combine<T>(Span<T> target, ReadOnlySpan<T> x, T factor, ReadOnlySpan<T> y, T otherFactor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var targets = Cast(target);
        var left = Cast(x);
        var right = Cast(y);
        var (factors, otherFactors) = (Vector256.Create(factor), Vector256.Create(otherFactor));
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = (left[i] * factors) + (right[i] * otherFactors);
        }

        for (var i = targets.Length * Vector256<T>.Count; i < target.Length; i++)
        {
            target[i] = (x[i] * factor) + (y[i] * otherFactor);
        }
    }

    /// <summary>target ← x where the signal is positive, and slope·x elsewhere.</summary>
    public static void MultiplyWhereNotPositive<T>(Span<T> target, ReadOnlySpan<T> x, ReadOnlySpan<T> signal, T slope)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var targets = Cast(target);
        var vectors = Cast(x);
        var signals = Cast(signal);
        var slopes = Vector256.Create(slope);
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = Vector256.ConditionalSelect(Vector256.GreaterThan(signals[i], Vector256<T>.Zero), vectors[i], vectors[i] * slopes);
        }

        for (var i = targets.Length * Vector256<T>.Count; i < target.Length; i++)
        {
            target[i] = signal[i] > T.Zero ? x[i] : x[i] * slope;
        }
    }

    /// <summary>target ← x where the signal is positive, and 0 elsewhere, even if x is not finite there.</summary>
    public static void KeepWherePositive<T>(Span<T> target, ReadOnlySpan<T> x, ReadOnlySpan<T> signal)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var targets = Cast(target);
        var vectors = Cast(x);
        var signals = Cast(signal);
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = vectors[i] & Vector256.GreaterThan(signals[i], Vector256<T>.Zero);
        }

        for (var i = targets.Length * Vector256<T>.Count; i < target.Length; i++)
        {
            target[i] = signal[i] > T.Zero ? x[i] : T.Zero;
        }
    }

    /// <summary>target ← (x - shift)·factor.</summary>
    public static void SubtractAndMultiply<T>(Span<T> target, ReadOnlySpan<T> x, ReadOnlySpan<T> shift, ReadOnlySpan<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var targets = Cast(target);
        var vectors = Cast(x);
        var shifts = Cast(shift);
        var factors = Cast(factor);
        for (var i = 0; i < targets.Length; i++)
        {
            targets[i] = (vectors[i] - shifts[i]) * factors[i];
        }

        for (var i = targets.Length * Vector256<T>.Count; i < target.Length; i++)
        {
            target[i] = (x[i] - shift[i]) * factor[i];
        }
    }

    /// <summary>Stores eight numbers that were computed in double precision.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void StoreEight<T>(Vector512<double> values, T* target)
        where T : unmanaged
    {
        if (typeof(T) == typeof(float))
        {
            Vector256.Narrow(values.GetLower(), values.GetUpper()).Store((float*)target);
        }
        else
        {
            values.Store((double*)target);
        }
    }

    private static Span<Vector256<T>> Cast<T>(Span<T> values)
        where T : unmanaged => MemoryMarshal.Cast<T, Vector256<T>>(values);

    private static ReadOnlySpan<Vector256<T>> Cast<T>(ReadOnlySpan<T> values)
        where T : unmanaged => MemoryMarshal.Cast<T, Vector256<T>>(values);
}
