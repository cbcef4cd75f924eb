namespace Wellbehaved.Audit;

/// <summary>The kinds of signal and noise with which a generated network is asked for.</summary>
internal enum GeneratedInput
{
    /// <summary>Independent normal numbers.</summary>
    Gaussian,

    /// <summary>Normal numbers around 5, for which a variance computed as a difference of large moments loses digits.</summary>
    Offset,

    /// <summary>The noise is the signal.</summary>
    Equal,

    /// <summary>A signal of zeros.</summary>
    ZeroSignal,

    /// <summary>A noise of zeros.</summary>
    ZeroNoise,

    /// <summary>One image has one nonzero position.</summary>
    OnePosition,
}
