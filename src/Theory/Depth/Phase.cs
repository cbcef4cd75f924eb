namespace Wellbehaved.Theory;

/// <summary>The effect of a stack of layers without norms on noise and on differences between inputs.</summary>
public enum Phase
{
    /// <summary>χ₁ &lt; 1: noise and differences vanish at the same rate; the signal tends to its own mean, a point.</summary>
    Ordered,

    /// <summary>χ₁ = 1: both change as powers of the depth.</summary>
    Edge,

    /// <summary>χ₁ &gt; 1: noise grows exponentially relative to a signal of constant size.</summary>
    Chaotic,

    /// <summary>Variances grow without end, so there is no fixed point at which χ₁ could be evaluated.</summary>
    Unbounded,
}
