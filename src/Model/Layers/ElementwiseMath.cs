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

    /// <summary>Adds to sums in double precision.</summary>
    public static void AddInDouble<T>(Span<double> sums, ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var done = 0;
        if (typeof(T) == typeof(float))
        {
            var singles = MemoryMarshal.Cast<T, Vector512<float>>(values);
            var doubles = MemoryMarshal.Cast<double, Vector512<double>>(sums);
            for (var i = 0; i < singles.Length; i++)
            {
                var (low, high) = Vector512.Widen(singles[i]);
                doubles[2 * i] += low;
                doubles[(2 * i) + 1] += high;
            }

            done = singles.Length * Vector512<float>.Count;
        }

        for (; done < sums.Length; done++)
        {
            sums[done] += double.CreateTruncating(values[done]);
        }
    }

    /// <summary>result ← sums / divisor, rounded once more to the precision of the result.</summary>
    public static void Divide<T>(ReadOnlySpan<double> sums, double divisor, Span<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var done = 0;
        if (typeof(T) == typeof(float))
        {
            var singles = MemoryMarshal.Cast<T, Vector512<float>>(result);
            var doubles = MemoryMarshal.Cast<double, Vector512<double>>(sums);
            var divisors = Vector512.Create(divisor);
            for (var i = 0; i < singles.Length; i++)
            {
                singles[i] = Vector512.Narrow(doubles[2 * i] / divisors, doubles[(2 * i) + 1] / divisors);
            }

            done = singles.Length * Vector512<float>.Count;
        }

        for (; done < sums.Length; done++)
        {
            result[done] = T.CreateTruncating(sums[done] / divisor);
        }
    }

    /// <summary>Takes another signal, and its noise, where that signal is larger.</summary>
    public static void TakeWhereLarger<T>(Span<T> signal, Span<T> noise, ReadOnlySpan<T> otherSignal, ReadOnlySpan<T> otherNoise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var signals = MemoryMarshal.Cast<T, Vector256<T>>(signal);
        var noises = MemoryMarshal.Cast<T, Vector256<T>>(noise);
        var otherSignals = MemoryMarshal.Cast<T, Vector256<T>>(otherSignal);
        var otherNoises = MemoryMarshal.Cast<T, Vector256<T>>(otherNoise);
        for (var i = 0; i < signals.Length; i++)
        {
            var larger = Vector256.GreaterThan(otherSignals[i], signals[i]);
            signals[i] = Vector256.ConditionalSelect(larger, otherSignals[i], signals[i]);
            noises[i] = Vector256.ConditionalSelect(larger, otherNoises[i], noises[i]);
        }

        for (var i = signals.Length * Vector256<T>.Count; i < signal.Length; i++)
        {
            if (otherSignal[i] > signal[i])
            {
                (signal[i], noise[i]) = (otherSignal[i], otherNoise[i]);
            }
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
