namespace Wellbehaved.Audit;

/// <summary>Exact signal and noise at a place, and how far those of a correct subject may be from them, element by element.</summary>
/// <param name="Signal">Exact signal.</param>
/// <param name="Noise">Exact noise.</param>
/// <param name="SignalBound">Bounds of the signal's error.</param>
/// <param name="NoiseBound">Bounds of the noise's error.</param>
internal sealed record Enclosure(double[] Signal, double[] Noise, double[] SignalBound, double[] NoiseBound)
{
    /// <summary>Numbers that the subject itself has shown, or takes over as they are.</summary>
    public static Enclosure Exactly(double[] signal, double[] noise) => new(signal, noise, new double[signal.Length], new double[noise.Length]);

    /// <summary>Whether what a subject shows is as near as it may be, element by element; of another length it is not.</summary>
    public bool Holds(double[] signal, double[] noise) => IsWithin(signal, Signal, SignalBound) && IsWithin(noise, Noise, NoiseBound);

    /// <summary>Whether numbers are within bounds of others, of which there must be as many.</summary>
    public static bool IsWithin(double[] observed, double[] expected, double[] bounds)
    {
        if (observed.Length != expected.Length || bounds.Length != expected.Length)
        {
            return false;
        }

        for (var i = 0; i < observed.Length; i++)
        {
            if (!(Math.Abs(observed[i] - expected[i]) <= bounds[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The same with one bound for all.</summary>
    public static bool IsWithin(double[] observed, double[] expected, double bound) => IsWithin(observed, expected, [.. expected.Select(_ => bound)]);

    /// <summary>‖Δ‖₂ of the noise over ‖noise‖₂.</summary>
    public double RelativeNoise => Norm(NoiseBound) / Norm(Noise);

    /// <summary>‖Δ‖₂ of the signal over the norm of the signal, or of its deviations from the means of channels: taking deviations makes no norm
    /// larger.</summary>
    /// <param name="centredOver">Number of channels; 0 for no centring.</param>
    public double RelativeSignal(int centredOver = 0) =>
        Norm(SignalBound)
        / (centredOver == 0 ? Norm(Signal) : Math.Sqrt(Signal.Length / (double)centredOver * WrittenOutLayers.Variances(Signal, centredOver).Sum()));

    /// <summary>Bounds of which an infinity times zero is left are infinite.</summary>
    public static double[] Bounds(IEnumerable<double> bounds) => [.. bounds.Select(bound => double.IsNaN(bound) ? double.PositiveInfinity : bound)];

    /// <summary>The Euclidean norm.</summary>
    public static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    /// <summary>The largest magnitudes that the subject's signal may have.</summary>
    public double[] LargestSignal => [.. Signal.Zip(SignalBound, (value, bound) => Math.Abs(value) + bound)];

    /// <summary>The largest magnitudes that the subject's noise may have.</summary>
    public double[] LargestNoise => [.. Noise.Zip(NoiseBound, (value, bound) => Math.Abs(value) + bound)];
}
