using System.Numerics;
using System.Runtime.CompilerServices;
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

    /// <summary>x ← x·factor + addend·addendFactor.</summary>
    /// <returns>The largest absolute value; NaN if one value is NaN.</returns>
    public static T AddScaled<T>(Span<T> x, T factor, ReadOnlySpan<T> addend, T addendFactor)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var vectors = MemoryMarshal.Cast<T, Vector512<T>>(x);
        var addends = MemoryMarshal.Cast<T, Vector512<T>>(addend);
        var (factors, addendFactors, maxima) = (Vector512.Create(factor), Vector512.Create(addendFactor), Vector512<T>.Zero);
        for (var i = 0; i < vectors.Length; i++)
        {
            var sum = (vectors[i] * factors) + (addends[i] * addendFactors);
            maxima = Vector512.Max(maxima, Vector512.Abs(sum));
            vectors[i] = sum;
        }

        var largest = Largest(maxima);
        for (var i = vectors.Length * Vector512<T>.Count; i < x.Length; i++)
        {
            x[i] = (x[i] * factor) + (addend[i] * addendFactor);
            largest = T.Max(largest, T.Abs(x[i]));
        }

        return largest;
    }

    /// <summary>Multiplies signal and noise by the slope where the signal is not positive.</summary>
    /// <returns>Their largest absolute values; NaN if one value is NaN.</returns>
    public static (T Signal, T Noise) MultiplyWhereNotPositive<T>(Span<T> signal, Span<T> noise, T slope)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var signals = MemoryMarshal.Cast<T, Vector512<T>>(signal);
        var noises = MemoryMarshal.Cast<T, Vector512<T>>(noise);
        var (slopes, maxima, noiseMaxima) = (Vector512.Create(slope), Vector512<T>.Zero, Vector512<T>.Zero);
        for (var i = 0; i < signals.Length; i++)
        {
            var positive = Vector512.GreaterThan(signals[i], Vector512<T>.Zero);
            var value = Vector512.ConditionalSelect(positive, signals[i], signals[i] * slopes);
            var change = Vector512.ConditionalSelect(positive, noises[i], noises[i] * slopes);
            maxima = Vector512.Max(maxima, Vector512.Abs(value));
            noiseMaxima = Vector512.Max(noiseMaxima, Vector512.Abs(change));
            signals[i] = value;
            noises[i] = change;
        }

        var largest = (Signal: Largest(maxima), Noise: Largest(noiseMaxima));
        for (var i = signals.Length * Vector512<T>.Count; i < signal.Length; i++)
        {
            if (!(signal[i] > T.Zero))
            {
                signal[i] *= slope;
                noise[i] *= slope;
            }

            largest = (T.Max(largest.Signal, T.Abs(signal[i])), T.Max(largest.Noise, T.Abs(noise[i])));
        }

        return largest;
    }

    /// <summary>
    /// The larger of given magnitudes and the magnitudes of numbers, compared by their bits. The order of bits is that of magnitudes, with NaN above all
    /// others.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<long> LargerMagnitudes(Vector512<long> magnitudes, Vector512<double> numbers) =>
        Vector512.Max(magnitudes, Vector512.Abs(numbers).AsInt64());

    /// <summary>The largest of the numbers in a vector; NaN if one is NaN.</summary>
    public static T Largest<T>(Vector512<T> numbers)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = numbers[0];
        for (var lane = 1; lane < Vector512<T>.Count; lane++)
        {
            largest = T.Max(largest, numbers[lane]);
        }

        return largest;
    }

    /// <summary>signal ← max(signal, 0); noise ← noise where the signal was positive, 0 elsewhere.</summary>
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
