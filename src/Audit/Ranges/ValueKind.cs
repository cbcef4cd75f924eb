namespace Wellbehaved.Audit;

/// <summary>Kinds of numbers that a subject or a file gives for a moment.</summary>
internal enum ValueKind
{
    /// <summary>A number that the moment can have.</summary>
    Possible,

    /// <summary>Zero, or its logarithm: signal or noise has died, which is not a defect.</summary>
    Extinct,

    /// <summary>The -1 of result files: an effective rank that was not computed, or that does not exist because the signal is dead.</summary>
    NotComputed,

    /// <summary>NaN.</summary>
    NotANumber,

    /// <summary>An infinity.</summary>
    Infinite,

    /// <summary>A number after the end of the mapping that a file states.</summary>
    Contradicted,

    /// <summary>A number that no signal can have: a negative mean square, an effective rank below 1 or above its bound.</summary>
    OutOfRange,

    /// <summary>A logarithm of a number other than the one that is recorded beside it.</summary>
    OfAnotherNumber,

    /// <summary>A variance larger than the mean square, of which it is a part.</summary>
    AboveWhole,

    /// <summary>A variance of the input that its normalisation excludes.</summary>
    NotNormalised,

    /// <summary>A variance of the input of 0 beside a χ that is not, although it is a factor of χ².</summary>
    ZeroFactor,

    /// <summary>An ending that moments of later depths show not to have happened.</summary>
    Outlived,
}
