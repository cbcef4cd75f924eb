using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Elementwise operations on rows of numbers, in vector registers.</summary>
internal static class ElementwiseMath
{
    /// <summary>x ← (x - shift)·factor.</summary>
    public static void SubtractAndMultiply<T>(Span<T> x, ReadOnlySpan<T> shift, ReadOnlySpan<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector256<T>>(x);
        var shifts = MemoryMarshal.Cast<T, Vector256<T>>(shift);
        var factors = MemoryMarshal.Cast<T, Vector256<T>>(factor);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = (vectors[i] - shifts[i]) * factors[i];
        }

        for (var i = vectors.Length * Vector256<T>.Count; i < x.Length; i++)
        {
            x[i] = (x[i] - shift[i]) * factor[i];
        }
    }

    /// <summary>x ← x·factor.</summary>
    public static void Multiply<T>(Span<T> x, ReadOnlySpan<T> factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector256<T>>(x);
        var factors = MemoryMarshal.Cast<T, Vector256<T>>(factor);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] *= factors[i];
        }

        for (var i = vectors.Length * Vector256<T>.Count; i < x.Length; i++)
        {
            x[i] *= factor[i];
        }
    }

    /// <summary>x ← x + addend·factor.</summary>
    public static void AddScaled<T>(Span<T> x, ReadOnlySpan<T> addend, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector256<T>>(x);
        var addends = MemoryMarshal.Cast<T, Vector256<T>>(addend);
        var factors = Vector256.Create(factor);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] += addends[i] * factors;
        }

        for (var i = vectors.Length * Vector256<T>.Count; i < x.Length; i++)
        {
            x[i] += addend[i] * factor;
        }
    }

    /// <summary>x ← x + left·right.</summary>
    public static void AddProducts<T>(Span<T> x, ReadOnlySpan<T> left, ReadOnlySpan<T> right)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector256<T>>(x);
        var lefts = MemoryMarshal.Cast<T, Vector256<T>>(left);
        var rights = MemoryMarshal.Cast<T, Vector256<T>>(right);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] += lefts[i] * rights[i];
        }

        for (var i = vectors.Length * Vector256<T>.Count; i < x.Length; i++)
        {
            x[i] += left[i] * right[i];
        }
    }

    /// <summary>x ← x·factor.</summary>
    public static void Multiply<T>(Span<T> x, T factor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector256<T>>(x);
        var factors = Vector256.Create(factor);
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] *= factors;
        }

        for (var i = vectors.Length * Vector256<T>.Count; i < x.Length; i++)
        {
            x[i] *= factor;
        }
    }

    /// <summary>Signal and noise ← slope times themselves where the signal is not positive.</summary>
    public static void MultiplyWhereNotPositive<T>(Span<T> signal, Span<T> noise, T slope)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var signals = MemoryMarshal.Cast<T, Vector256<T>>(signal);
        var noises = MemoryMarshal.Cast<T, Vector256<T>>(noise);
        var slopes = Vector256.Create(slope);
        for (var i = 0; i < signals.Length; i++)
        {
            var positive = Vector256.GreaterThan(signals[i], Vector256<T>.Zero);
            signals[i] = Vector256.ConditionalSelect(positive, signals[i], signals[i] * slopes);
            noises[i] = Vector256.ConditionalSelect(positive, noises[i], noises[i] * slopes);
        }

        for (var i = signals.Length * Vector256<T>.Count; i < signal.Length; i++)
        {
            if (!(signal[i] > T.Zero))
            {
                signal[i] *= slope;
                noise[i] *= slope;
            }
        }
    }

    /// <summary>Signal ← max(signal, 0); noise ← noise where the signal was positive, else 0.</summary>
    public static void RectifyAndMask<T>(Span<T> signal, Span<T> noise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var signals = MemoryMarshal.Cast<T, Vector256<T>>(signal);
        var noises = MemoryMarshal.Cast<T, Vector256<T>>(noise);
        for (var i = 0; i < signals.Length; i++)
        {
            var positive = Vector256.GreaterThan(signals[i], Vector256<T>.Zero);
            signals[i] &= positive;
            noises[i] &= positive;
        }

        for (var i = signals.Length * Vector256<T>.Count; i < signal.Length; i++)
        {
            if (!(signal[i] > T.Zero))
            {
                signal[i] = T.Zero;
                noise[i] = T.Zero;
            }
        }
    }
}
