namespace Wellbehaved.Networks;

/// <summary>The points of a batch on which the output at a point depends.</summary>
internal enum Coupling
{
    /// <summary>Only the same point.</summary>
    None,

    /// <summary>Also other positions of the same input.</summary>
    Positions,

    /// <summary>Also other inputs of the batch.</summary>
    Batch,
}
