namespace Wellbehaved.Audit;

/// <summary>What a number is that a subject or a file gives for a moment.</summary>
internal enum ValueKind
{
    /// <summary>A number that the moment can have.</summary>
    Possible,

    /// <summary>Zero, or its logarithm: signal or noise has died, which is an event and no defect.</summary>
    Extinct,

    /// <summary>The -1 of result files: an effective rank that was not computed, or that a dead signal does not have.</summary>
    NotComputed,

    /// <summary>NaN.</summary>
    NotANumber,

    /// <summary>An infinity.</summary>
    Infinite,

    /// <summary>A file says that the mapping ended, and its numbers go on.</summary>
    Contradicted,

    /// <summary>A number that no signal has: a negative mean square, an effective rank below 1 or above its bound.</summary>
    OutOfRange,

    /// <summary>A logarithm of another number than that which is recorded beside it.</summary>
    OfAnotherNumber,

    /// <summary>A variance larger than the mean square, of which it is a part.</summary>
    AboveWhole,
}
