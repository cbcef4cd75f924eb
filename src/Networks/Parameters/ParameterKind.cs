namespace Wellbehaved.Networks;

/// <summary>The kinds of numbers that a layer draws at random.</summary>
public enum ParameterKind
{
    /// <summary>
    /// The weights of a convolution, a dense layer or one projection of attention. They are numbered by themselves; biases have their weights' number.
    /// </summary>
    Weights,

    /// <summary>The biases that go with weights.</summary>
    Biases,

    /// <summary>The mask of a dropout: 1/p for kept features, 0 for the others. Masks are numbered by themselves.</summary>
    Mask,

    /// <summary>Whether a residual branch survives: 1 or 0. Survivals are numbered by themselves.</summary>
    Survival,
}
