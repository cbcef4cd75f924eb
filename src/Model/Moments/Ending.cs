namespace Wellbehaved.Model;

/// <summary>
/// How the propagation of signal and noise through a mapping can end before its depth does. The numbers are the codes in the array <c>ending</c> of result
/// files.
/// </summary>
public enum Ending
{
    /// <summary>It did not: signal, its variance and noise last to the end.</summary>
    None = 0,

    /// <summary>Every element of the signal is zero: all activations are off.</summary>
    DeadSignal = 1,

    /// <summary>The noise is zero while the signal lives and varies.</summary>
    ExtinctNoise = 2,

    /// <summary>The signal lives and is the same at all points: ν₂ > 0, μ₂ = 0.</summary>
    NoVariance = 3,

    /// <summary>A number is infinite.</summary>
    Overflow = 4,

    /// <summary>A number is none.</summary>
    NotANumber = 5,
}
