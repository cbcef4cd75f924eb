using System.Numerics;

namespace Wellbehaved.Model;

/// <summary>A factor as a mantissa near 1 and a power of two, so that even very large and small factors stay in range.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal readonly struct ScaledFactor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Splits a factor.</summary>
    /// <param name="factor">A finite number.</param>
    public ScaledFactor(double factor)
    {
        Exponent = factor == 0 ? 0 : Math.ILogB(factor);
        Mantissa = T.CreateTruncating(Math.ScaleB(factor, -Exponent));
    }

    /// <summary>The mantissa: 0, or of a magnitude in [1, 2).</summary>
    public T Mantissa { get; }

    /// <summary>The power of two.</summary>
    public int Exponent { get; }

    /// <summary>Multiplies signal and noise, and rescales them.</summary>
    public void Apply(SignalAndNoise<T> values, int threads)
    {
        var mantissa = Mantissa;
        if (mantissa == T.Zero)
        {
            values.Signal.Clear();
            values.Noise.Clear();
            (values.SignalExponent, values.NoiseExponent) = (0, 0);
            return;
        }

        (values.SignalExponent, values.NoiseExponent) = (values.SignalExponent + Exponent, values.NoiseExponent + Exponent);
        if (mantissa == T.One)
        {
            return;
        }

        var channels = values.Shape.Channels;
        RowChunks.ForEach(
            values.Shape.Points,
            threads,
            (_, first, count) =>
            {
                ElementwiseMath.Multiply(values.Signal.Slice(first * channels, count * channels), mantissa);
                ElementwiseMath.Multiply(values.Noise.Slice(first * channels, count * channels), mantissa);
            }
        );
        Rescaling.Apply(values, threads);
    }
}
