namespace Wellbehaved.Model;

/// <summary>Of which mapping the noise is the derivative.</summary>
public enum NoiseKind
{
    /// <summary>
    /// The mapping of one input, the statistics of the batch being part of it and held; what a layer computes from the input itself is differentiated. The
    /// post's noise.
    /// </summary>
    Mapping,

    /// <summary>The mapping of the whole batch: batch statistics are differentiated too, as forward differentiation does in training mode.</summary>
    Full,
}
