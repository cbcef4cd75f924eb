using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Wellbehaved.Numerics;

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
        fixed (
            T* arguments = signal,
                factors = noise,
                results = values,
                derivatives = slopes
        )
        {
            var largest = (Value: Vector512<long>.Zero, Slope: Vector512<long>.Zero);
            var whole = signal.Length - (signal.Length % Vector512<double>.Count);
            for (var i = 0; i < whole; i += Vector512<double>.Count)
            {
                largest = EvaluateEight<T, TFunction>(
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
                largest = EvaluateRest<T, TFunction>(
                    signal[whole..],
                    noise.IsEmpty ? noise : noise[whole..],
                    values[whole..],
                    slopes.IsEmpty ? slopes : slopes[whole..],
                    scales,
                    largest
                );
            }

            return (ElementwiseMath.Largest(largest.Value.AsDouble()), ElementwiseMath.Largest(largest.Slope.AsDouble()));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector512<long> Value, Vector512<long> Slope) EvaluateEight<T, TFunction>(
        T* arguments,
        T* factors,
        T* results,
        T* derivatives,
        (double Argument, double Value, double Slope) scales,
        (Vector512<long> Value, Vector512<long> Slope) largest
    )
        where T : unmanaged
        where TFunction : struct, IScalarFunction
    {
        TFunction.Evaluate(VectorMath.LoadEight(arguments) * Vector512.Create(scales.Argument), out var value, out var slope);
        value *= Vector512.Create(scales.Value);
        slope = (factors is null ? slope : slope * VectorMath.LoadEight(factors)) * Vector512.Create(scales.Slope);
        VectorMath.StoreEight(value, results);
        if (derivatives is not null)
        {
            VectorMath.StoreEight(slope, derivatives);
        }

        return (ElementwiseMath.LargerMagnitudes(largest.Value, value), ElementwiseMath.LargerMagnitudes(largest.Slope, slope));
    }

    /// <summary>Evaluates fewer than eight numbers; the missing ones are replaced by the last one.</summary>
    private static (Vector512<long> Value, Vector512<long> Slope) EvaluateRest<T, TFunction>(
        ReadOnlySpan<T> signal,
        ReadOnlySpan<T> noise,
        Span<T> values,
        Span<T> slopes,
        (double Argument, double Value, double Slope) scales,
        (Vector512<long> Value, Vector512<long> Slope) largest
    )
        where T : unmanaged
        where TFunction : struct, IScalarFunction
    {
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

        largest = EvaluateEight<T, TFunction>(arguments, noise.IsEmpty ? null : factors, results, derivatives, scales, largest);
        new Span<T>(results, signal.Length).CopyTo(values);
        if (!slopes.IsEmpty)
        {
            new Span<T>(derivatives, signal.Length).CopyTo(slopes);
        }

        return largest;
    }
}
