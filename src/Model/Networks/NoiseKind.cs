namespace Wellbehaved.Model;

/// <summary>The mapping whose derivative the noise is.</summary>
public enum NoiseKind
{
    /// <summary>
    /// The mapping of one input: batch statistics are held as part of the mapping, and statistics that a layer computes from the input itself are
    /// differentiated. This is the post's noise.
    /// </summary>
    Mapping,

    /// <summary>The mapping of the whole batch: batch statistics are also differentiated, as forward-mode differentiation does in training mode.</summary>
    Full,
}
