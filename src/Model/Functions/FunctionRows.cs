using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Evaluates a function and its derivative for many numbers in one pass over memory, in double precision.</summary>
internal static unsafe class FunctionRows
{
    /// <summary>Evaluates a function and its derivative.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    /// <typeparam name="TFunction">The function.</typeparam>
    /// <param name="signal">The arguments, in units of <paramref name="scales"/>.</param>
    /// <param name="noise">The factors of the derivatives; empty for 1.</param>
    /// <param name="values">Receives the values.</param>
    /// <param name="slopes">Receives the derivatives times the noise; empty if they are not needed.</param>
    /// <param name="scales">Factors of arguments, values and derivatives.</param>
    /// <returns>The largest absolute value and derivative in stored units, before they are rounded; NaN if one of them is NaN.</returns>
    public static (double Value, double Slope) Evaluate<T, TFunction>(
        ReadOnlySpan<T> signal,
        ReadOnlySpan<T> noise,
        Span<T> values,
        Span<T> slopes,
        (double Argument, double Value, double Slope) scales
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IScalarFunction
    {
        if (Vector512.IsHardwareAccelerated)
        {
            return Evaluate<T, TFunction, DoubleRegister512>(signal, noise, values, slopes, scales);
        }

        return Vector256.IsHardwareAccelerated
            ? Evaluate<T, TFunction, DoubleRegister256>(signal, noise, values, slopes, scales)
            : Evaluate<T, TFunction, DoubleRegister128>(signal, noise, values, slopes, scales);
    }

    /// <summary>The same with registers of a given width.</summary>
    internal static (double Value, double Slope) Evaluate<T, TFunction, TRegister>(
        ReadOnlySpan<T> signal,
        ReadOnlySpan<T> noise,
        Span<T> values,
        Span<T> slopes,
        (double Argument, double Value, double Slope) scales
    )
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TFunction : struct, IScalarFunction
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        fixed (
            T* arguments = signal,
                factors = noise,
                results = values,
                derivatives = slopes
        )
        {
            var largest = (Value: TRegister.Create(0), Slope: TRegister.Create(0));
            var whole = signal.Length - (signal.Length % TRegister.Lanes);
            for (var i = 0; i < whole; i += TRegister.Lanes)
            {
                largest = EvaluateRegister<T, TFunction, TRegister>(
                    arguments + i,
                    factors is null ? null : factors + i,
                    results + i,
                    derivatives is null ? null : derivatives + i,
                    scales,
                    largest
                );
            }

            if (whole < signal.Length)
            {
                largest = EvaluateRest<T, TFunction, TRegister>(
                    signal[whole..],
                    noise.IsEmpty ? noise : noise[whole..],
                    values[whole..],
                    slopes.IsEmpty ? slopes : slopes[whole..],
                    scales,
                    largest
                );
            }

            return (Largest(largest.Value), Largest(largest.Slope));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TRegister Value, TRegister Slope) EvaluateRegister<T, TFunction, TRegister>(
        T* arguments,
        T* factors,
        T* results,
        T* derivatives,
        (double Argument, double Value, double Slope) scales,
        (TRegister Value, TRegister Slope) largest
    )
        where T : unmanaged
        where TFunction : struct, IScalarFunction
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        TFunction.Evaluate(TRegister.Load(arguments) * TRegister.Create(scales.Argument), out var value, out var slope);
        value *= TRegister.Create(scales.Value);
        slope = (factors is null ? slope : slope * TRegister.Load(factors)) * TRegister.Create(scales.Slope);
        value.Store(results);
        if (derivatives is not null)
        {
            slope.Store(derivatives);
        }

        return (TRegister.LargerMagnitudes(largest.Value, value), TRegister.LargerMagnitudes(largest.Slope, slope));
    }

    /// <summary>Evaluates fewer numbers than a register has; the missing ones are replaced by the last one.</summary>
    private static (TRegister Value, TRegister Slope) EvaluateRest<T, TFunction, TRegister>(
        ReadOnlySpan<T> signal,
        ReadOnlySpan<T> noise,
        Span<T> values,
        Span<T> slopes,
        (double Argument, double Value, double Slope) scales,
        (TRegister Value, TRegister Slope) largest
    )
        where T : unmanaged
        where TFunction : struct, IScalarFunction
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // As many as the widest register has.
        const int count = 8;
        T* arguments = stackalloc T[count],
            factors = stackalloc T[count],
            results = stackalloc T[count],
            derivatives = stackalloc T[count];
        for (var i = 0; i < count; i++)
        {
            var source = Math.Min(i, signal.Length - 1);
            arguments[i] = signal[source];
            factors[i] = noise.IsEmpty ? default : noise[source];
        }

        largest = EvaluateRegister<T, TFunction, TRegister>(arguments, noise.IsEmpty ? null : factors, results, derivatives, scales, largest);
        new Span<T>(results, signal.Length).CopyTo(values);
        if (!slopes.IsEmpty)
        {
            new Span<T>(derivatives, signal.Length).CopyTo(slopes);
        }

        return largest;
    }

    private static double Largest<TRegister>(TRegister magnitudes)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        var largest = magnitudes[0];
        for (var lane = 1; lane < TRegister.Lanes; lane++)
        {
            largest = Math.Max(largest, magnitudes[lane]);
        }

        return largest;
    }
}
