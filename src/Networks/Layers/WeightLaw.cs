namespace Wellbehaved.Networks;

/// <summary>The distribution that weights are drawn from; for every law the variance is that of <see cref="Initialisation"/>.</summary>
public enum WeightLaw
{
    /// <summary>Independent Gaussian weights.</summary>
    Normal,

    /// <summary>Independent weights, uniform between -√3 and √3 standard deviations.</summary>
    Uniform,

    /// <summary>Independent Gaussian weights, truncated at two standard deviations and then scaled to the stated variance.</summary>
    TruncatedNormal,

    /// <summary>
    /// Random orthonormal rows or columns, whichever are fewer, uniform over all such matrices (Haar), times the root of the stated variance ratio.
    /// </summary>
    Orthogonal,
}
