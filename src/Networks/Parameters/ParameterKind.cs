namespace Wellbehaved.Networks;

/// <summary>What a layer draws at random.</summary>
public enum ParameterKind
{
    /// <summary>The weights of a convolution, a dense layer or one projection of attention; numbered among themselves, biases with their weights.</summary>
    Weights,

    /// <summary>The biases that go with weights.</summary>
    Biases,

    /// <summary>The mask of a dropout: 1/p for what is kept, 0 for the rest; numbered among themselves.</summary>
    Mask,

    /// <summary>Whether a residual branch survives: 1 or 0; numbered among themselves.</summary>
    Survival,
}
