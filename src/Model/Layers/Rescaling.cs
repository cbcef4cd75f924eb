using System.Numerics;
using System.Runtime.Intrinsics;

namespace Wellbehaved.Model;

/// <summary>Keeps stored values near 1 by moving powers of two to the exponent.</summary>
internal static class Rescaling
{
    /// <summary>
    /// The greatest distance of the largest stored value from 1, in powers of two. Fourth powers of values up to 2¹⁶ are below 2⁶⁴, and a layer changes the
    /// scale by far less than the remaining 2¹¹⁰ of single precision.
    /// </summary>
    private const int Leeway = 16;

    /// <summary>Scales signal and noise back to the range if they have left it.</summary>
    /// <param name="values">Signal and noise.</param>
    /// <param name="threads">Greatest number of threads.</param>
    public static void Apply<T>(SignalAndNoise<T> values, int threads)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var channels = values.Shape.Channels;
        var maxima = new (T Signal, T Noise)[RowChunks.Count(values.Shape.Points)];
        RowChunks.ForEach(
            values.Shape.Points,
            threads,
            (chunk, first, count) =>
                maxima[chunk] = (
                    MaxMagnitude<T>(values.Signal.Slice(first * channels, count * channels)),
                    MaxMagnitude<T>(values.Noise.Slice(first * channels, count * channels))
                )
        );
        Apply<T>(values, maxima);
    }

    /// <summary>Scales signal and noise back to the range if they have left it.</summary>
    /// <param name="values">Signal and noise.</param>
    /// <param name="maxima">Largest absolute values of the stored signal and noise, for each of their parts.</param>
    public static void Apply<T>(SignalAndNoise<T> values, ReadOnlySpan<(T Signal, T Noise)> maxima)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var (signal, noise) = (T.Zero, T.Zero);
        foreach (var largest in maxima)
        {
            (signal, noise) = (T.Max(signal, largest.Signal), T.Max(noise, largest.Noise));
        }

        Apply(values, signal, noise);
    }

    /// <summary>Scales signal and noise back to the range if they have left it.</summary>
    /// <param name="values">Signal and noise.</param>
    /// <param name="largestSignal">Largest absolute value of the stored signal.</param>
    /// <param name="largestNoise">Largest absolute value of the stored noise.</param>
    public static void Apply<T>(SignalAndNoise<T> values, T largestSignal, T largestNoise)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        values.SignalExponent += Normalise(values.Signal, largestSignal);
        values.NoiseExponent += Normalise(values.Noise, largestNoise);
    }

    /// <summary>Multiplies by a power of two, which is exact.</summary>
    public static void Multiply<T>(Span<T> values, int exponent)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // Numbers below the smallest normal one are brought near 1 by a power that the format does not hold: in two steps, each of which is exact.
        var factor = T.ScaleB(T.One, exponent);
        if (!T.IsFinite(factor))
        {
            var first = exponent / 2;
            Multiply(values, first);
            Multiply(values, exponent - first);
            return;
        }

        foreach (ref var value in values)
        {
            value *= factor;
        }
    }

    /// <summary>Scales numbers back to the range if they have left it.</summary>
    /// <returns>The power of two by which they were divided.</returns>
    internal static int Normalise<T>(Span<T> values, T largest)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
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

    /// <summary>The largest absolute value.</summary>
    internal static T MaxMagnitude<T>(ReadOnlySpan<T> values)
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
