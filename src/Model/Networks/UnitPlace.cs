namespace Wellbehaved.Model;

/// <summary>The operation just before a place of the network.</summary>
public enum UnitPlaceKind
{
    /// <summary>None: the place is the input of the layer or residual unit.</summary>
    Before,

    /// <summary>A convolution.</summary>
    Convolution,

    /// <summary>Batch normalisation.</summary>
    BatchNorm,

    /// <summary>The activation. Effective ranks are computed here.</summary>
    Relu,

    /// <summary>The sum of residual branch and skip connection.</summary>
    Addition,
}

/// <summary>A place within a layer or residual unit where moments are taken.</summary>
/// <param name="Number">1 before the unit, then increasing with its steps: the <c>locK</c> of the result files. 0 after the first convolution, at depth
/// 0.</param>
/// <param name="Kind">The operation just before it.</param>
public readonly record struct UnitPlace(int Number, UnitPlaceKind Kind)
{
    /// <summary>The suffix in result files.</summary>
    public string Suffix => $"loc{Number}";
}
