namespace Wellbehaved.Model;

/// <summary>
/// How the propagation of signal and noise through a mapping can end before its depth. The numbers are the codes in the array <c>ending</c> of result
/// files.
/// </summary>
public enum Ending
{
    /// <summary>It did not end: the signal, its variance and the noise last to the full depth.</summary>
    None = 0,

    /// <summary>Every element of the signal is zero: all activations are off.</summary>
    DeadSignal = 1,

    /// <summary>The noise is zero, but the signal is not zero and varies.</summary>
    ExtinctNoise = 2,

    /// <summary>The signal is not zero but is the same at all points: ν₂ > 0, μ₂ = 0.</summary>
    NoVariance = 3,

    /// <summary>A number is infinite.</summary>
    Overflow = 4,

    /// <summary>A number is NaN.</summary>
    NotANumber = 5,
}
