namespace Wellbehaved.Audit;

/// <summary>Exact signal and noise at a place, and bounds on how far those of a correct subject may be from them, element by element.</summary>
/// <param name="Signal">Exact signal.</param>
/// <param name="Noise">Exact noise.</param>
/// <param name="SignalBound">Bounds of the signal's error.</param>
/// <param name="NoiseBound">Bounds of the noise's error.</param>
internal sealed record Enclosure(double[] Signal, double[] Noise, double[] SignalBound, double[] NoiseBound)
{
    /// <summary>Numbers that have no error: the subject itself has shown them, or takes them as they are.</summary>
    public static Enclosure Exactly(double[] signal, double[] noise) => new(signal, noise, new double[signal.Length], new double[noise.Length]);

    /// <summary>Whether the subject's signal and noise are within their bounds, element by element; false if their length is wrong.</summary>
    public bool Holds(double[] signal, double[] noise) => IsWithin(signal, Signal, SignalBound) && IsWithin(noise, Noise, NoiseBound);

    /// <summary>Whether numbers are within bounds of as many others; false if the lengths differ.</summary>
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

    /// <summary>The same with one bound for all numbers.</summary>
    public static bool IsWithin(double[] observed, double[] expected, double bound) => IsWithin(observed, expected, [.. expected.Select(_ => bound)]);

    /// <summary>‖Δ‖₂ of the noise divided by ‖noise‖₂.</summary>
    public double RelativeNoise => Norm(NoiseBound) / Norm(Noise);

    /// <summary>
    /// ‖Δ‖₂ of the signal divided by the norm of the signal, or of its deviations from the means of channels: taking deviations makes no norm larger.
    /// </summary>
    /// <param name="centredOver">Number of channels; 0 for the norm of the signal itself.</param>
    public double RelativeSignal(int centredOver = 0) =>
        Norm(SignalBound)
        / (centredOver == 0 ? Norm(Signal) : Math.Sqrt(Signal.Length / (double)centredOver * WrittenOutLayers.Variances(Signal, centredOver).Sum()));

    /// <summary>The bounds, with infinity in place of NaN, which infinity times zero gives.</summary>
    public static double[] Bounds(double[] bounds) => Array.ConvertAll(bounds, bound => double.IsNaN(bound) ? double.PositiveInfinity : bound);

    /// <summary>The Euclidean norm.</summary>
    public static double Norm(double[] values) => Math.Sqrt(values.Sum(value => value * value));

    /// <summary>The largest magnitudes that the subject's signal may have.</summary>
    public double[] LargestSignal => Largest(Signal, SignalBound);

    /// <summary>The largest magnitudes that the subject's noise may have.</summary>
    public double[] LargestNoise => Largest(Noise, NoiseBound);

    /// <summary>The largest magnitudes that values with bounds may have, element by element.</summary>
    public static double[] Largest(double[] values, double[] bounds)
    {
        var largest = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            largest[i] = Math.Abs(values[i]) + bounds[i];
        }

        return largest;
    }
}
