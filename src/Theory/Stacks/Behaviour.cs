namespace Wellbehaved.Theory;

/// <summary>Where the repeated units of a stack take signal and noise.</summary>
public enum Behaviour
{
    /// <summary>χ grows no faster than a power of the depth, or a logarithm, and directions stay.</summary>
    WellBehaved,

    /// <summary>Nothing happens: the branches are silent.</summary>
    Identity,

    /// <summary>The signal becomes its own mean: all points are alike.</summary>
    Point,

    /// <summary>The signal collapses to one direction: points differ by their norms alone.</summary>
    Line,

    /// <summary>On the edge of chaos: differences and noise change as powers of the depth.</summary>
    Edge,

    /// <summary>χ grows exponentially, or nearly so.</summary>
    Exploding,

    /// <summary>No law covers such units.</summary>
    Unknown,
}
