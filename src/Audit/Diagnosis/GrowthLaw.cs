namespace Wellbehaved.Audit;

/// <summary>How a quantity grows with depth.</summary>
public enum Growth
{
    /// <summary>The data do not tell, or it lies between the laws.</summary>
    Undecided,

    /// <summary>It tends to a constant.</summary>
    Bounded,

    /// <summary>As a power of the depth.</summary>
    Power,

    /// <summary>Exponentially in the depth.</summary>
    Exponential,

    /// <summary>No faster than the random walk that a network of finite width takes by chance.</summary>
    Walk,

    /// <summary>Slower than exponentially; whether as a power or to a bound is not told.</summary>
    Subexponential,

    /// <summary>Faster than exponentially: its rate rises with the depth.</summary>
    Superexponential,
}

/// <summary>Which law of growth χ follows, told apart by doubling the depth, and its parameter.</summary>
/// <remarks>
/// All laws are one family, <c>ln χ(l) = a + b(l^p - 1)/p</c>: p = 1 is exponential, p = 0 a power law, p &lt; 0 bounded. From a quarter to half of the depth,
/// and from half to all of it, ln χ gains in the ratio 1 : 2^p whatever a and b. So p has a confidence interval without a fit (the argument of Fieller), and
/// the law is named only where the interval lies on one side of a mark: above ¾ exponential, between -½ and ½ a power, below -½ bounded; between ½ and ¾ lies a
/// growth that is neither. Two gains alone cannot tell a law from a step: shorter stretches must bear it out (<see cref="LawSigns"/>). χ is called bounded also
/// where no growth is seen and it gains less than 5 % at most while the depth doubles, which carried over the whole depth is less than a tenth.
/// </remarks>
/// <param name="Law">The law.</param>
/// <param name="Shape">p: 1 exponential, 0 power, negative bounded; NaN where the gains have different signs.</param>
/// <param name="Parameter">Rate of ln χ per layer if exponential, exponent τ of χ ~ l^τ if a power; NaN otherwise.</param>
/// <param name="Lower">Lower end of its 95 % interval, which holds for all that a diagnosis says at 95 % together.</param>
/// <param name="Upper">Upper end.</param>
public sealed record GrowthLaw(Growth Law, double Shape, double Parameter, double Lower, double Upper)
{
    /// <summary>A gain from half of the depth to all of it that is below this is none: 5 % of χ. Chosen: below what anybody would call growth, not
    /// derived from a law.</summary>
    public const double NoGain = 0.05;

    /// <summary>Lower end of the interval of <see cref="Shape"/>; negative infinity if it has none.</summary>
    public double ShapeLower { get; init; } = double.NegativeInfinity;

    /// <summary>Upper end of the interval of <see cref="Shape"/>; infinity if it has none.</summary>
    public double ShapeUpper { get; init; } = double.PositiveInfinity;
}
