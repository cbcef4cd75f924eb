namespace Wellbehaved.Theory;

/// <summary>What a stack of layers without norms does to noise and to differences of its inputs.</summary>
public enum Phase
{
    /// <summary>χ₁ &lt; 1: noise and differences vanish alike; the signal becomes its own mean, a point.</summary>
    Ordered,

    /// <summary>χ₁ = 1: both change as powers of the depth.</summary>
    Edge,

    /// <summary>χ₁ &gt; 1: noise grows exponentially against a signal that keeps its size.</summary>
    Chaotic,

    /// <summary>Variances grow without end, and there is no fixed point at which χ₁ could be taken.</summary>
    Unbounded,
}
