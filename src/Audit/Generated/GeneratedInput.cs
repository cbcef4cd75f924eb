namespace Wellbehaved.Audit;

/// <summary>What signal and noise a generated network is asked about.</summary>
internal enum GeneratedInput
{
    /// <summary>Independent normal numbers.</summary>
    Gaussian,

    /// <summary>Normal numbers around 5: a variance that is a difference of large moments loses digits.</summary>
    Offset,

    /// <summary>The noise is the signal.</summary>
    Equal,

    /// <summary>A signal of zeros.</summary>
    ZeroSignal,

    /// <summary>A noise of zeros.</summary>
    ZeroNoise,

    /// <summary>One image has one position that is not zero.</summary>
    OnePosition,
}
