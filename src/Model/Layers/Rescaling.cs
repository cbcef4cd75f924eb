using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Keeps stored values near 1 and accounts for the rest in the exponent.</summary>
internal static class Rescaling
{
    /// <summary>
    /// How far, in powers of two, the largest stored value may be from 1. Fourth powers of values up to 2¹⁶ stay below 2⁶⁴ and
    /// a layer changes the scale by far less than the 2¹¹⁰ that remain in single precision.
    /// </summary>
    private const int Leeway = 16;

    /// <summary>Brings signal and noise back where they have left the range.</summary>
    public static void Apply<T>(SignalAndNoise<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        values.SignalExponent += Normalise(values.Signal);
        values.NoiseExponent += Normalise(values.Noise);
    }

    /// <summary>Multiplies by a power of two, which is exact.</summary>
    public static void Multiply<T>(Span<T> values, int exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var factor = T.ScaleB(T.One, exponent);
        foreach (ref var value in values)
        {
            value *= factor;
        }
    }

    private static int Normalise<T>(Span<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var largest = MaxMagnitude(values);
        if (largest == T.Zero || !T.IsFinite(largest))
        {
            return 0;
        }

        var exponent = T.ILogB(largest);
        if (Math.Abs(exponent) <= Leeway)
        {
            return 0;
        }

        Multiply(values, -exponent);
        return exponent;
    }

    private static T MaxMagnitude<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var maxima = Vector512<T>.Zero;
        var i = 0;
        for (; i <= values.Length - Vector512<T>.Count; i += Vector512<T>.Count)
        {
            maxima = Vector512.Max(maxima, Vector512.Abs(Vector512.Create(values[i..])));
        }

        var largest = T.Zero;
        for (var lane = 0; lane < Vector512<T>.Count; lane++)
        {
            largest = T.Max(largest, maxima[lane]);
        }

        for (; i < values.Length; i++)
        {
            largest = T.Max(largest, T.Abs(values[i]));
        }

        return largest;
    }
}
