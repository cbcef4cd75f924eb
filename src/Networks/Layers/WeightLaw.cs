namespace Wellbehaved.Networks;

/// <summary>The distribution that weights are drawn from; its variance is that of <see cref="Initialisation"/> whatever the law.</summary>
public enum WeightLaw
{
    /// <summary>Independent Gaussian weights.</summary>
    Normal,

    /// <summary>Independent weights, uniform between ±√3 deviations.</summary>
    Uniform,

    /// <summary>Independent Gaussian weights cut off at two deviations and widened again to the stated variance.</summary>
    TruncatedNormal,

    /// <summary>
    /// Random orthonormal rows or columns, whichever are fewer, uniform over all such matrices (Haar), times the root of the stated variance ratio.
    /// </summary>
    Orthogonal,
}
