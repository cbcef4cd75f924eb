namespace Wellbehaved.Networks;

/// <summary>On which points of a batch the output at a point depends.</summary>
public enum Coupling
{
    /// <summary>On the same point alone.</summary>
    None,

    /// <summary>On other positions of the same input too.</summary>
    Positions,

    /// <summary>On other inputs of the batch too.</summary>
    Batch,
}
