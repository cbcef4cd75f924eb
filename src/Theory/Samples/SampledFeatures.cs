using Wellbehaved.Numerics;

namespace Wellbehaved.Theory;

/// <summary>Signal and noise of one sampled network at one place: points × channels, stored by rows, each with its own scale.</summary>
/// <param name="Points">P.</param>
/// <param name="Width">N.</param>
/// <param name="Values">Signal, then noise (2P × N).</param>
/// <param name="LogSignalScale">Logarithm of the number by which the signal's squares have been divided.</param>
/// <param name="LogNoiseScale">The same for the noise.</param>
internal sealed record SampledFeatures(int Points, int Width, double[] Values, double LogSignalScale = 0, double LogNoiseScale = 0)
{
    /// <summary>The signal (P × N).</summary>
    public ReadOnlySpan<double> Signal => Values.AsSpan(0, Points * Width);

    /// <summary>The noise (P × N).</summary>
    public ReadOnlySpan<double> Noise => Values.AsSpan(Points * Width);

    /// <summary>The mean square of numbers.</summary>
    public static double MeanSquare(ReadOnlySpan<double> values) => VectorMath.Dot(values, values) / values.Length;

    /// <summary>Signal and noise, multiplied by a factor.</summary>
    public SampledFeatures Scaled(double factor) => this with { Values = [.. Values.Select(value => factor * value)] };

    /// <summary>The features with noise, and the signal if asked for, scaled to a mean square of 1.</summary>
    public SampledFeatures Rescaled(bool signalToo)
    {
        var values = (double[])Values.Clone();
        var (half, logSignal, logNoise) = (Points * Width, LogSignalScale, LogNoiseScale);
        if (signalToo)
        {
            logSignal += Normalise(values.AsSpan(0, half));
        }

        logNoise += Normalise(values.AsSpan(half));
        return this with { Values = values, LogSignalScale = logSignal, LogNoiseScale = logNoise };

        static double Normalise(Span<double> part)
        {
            var square = MeanSquare(part);
            if (!(square > 0) || !double.IsFinite(square))
            {
                return 0;
            }

            VectorMath.Scale(part, 1 / Math.Sqrt(square));
            return Math.Log(square);
        }
    }
}
