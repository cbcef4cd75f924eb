namespace Wellbehaved.Theory;

/// <summary>The behaviour of signal and noise over the repeated units of a stack.</summary>
public enum Behaviour
{
    /// <summary>χ grows at most as a power of the depth or a logarithm, and directions of variance are kept.</summary>
    WellBehaved,

    /// <summary>Nothing changes, because the scale of the branches is 0.</summary>
    Identity,

    /// <summary>The signal tends to its own mean: all points become alike.</summary>
    Point,

    /// <summary>The signal collapses to one direction: points differ only by their norms.</summary>
    Line,

    /// <summary>On the edge of chaos: differences and noise change as powers of the depth.</summary>
    Edge,

    /// <summary>χ grows exponentially, or nearly so.</summary>
    Exploding,

    /// <summary>No law covers such units.</summary>
    Unknown,
}
