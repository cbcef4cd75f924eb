namespace Wellbehaved.Audit;

/// <summary>How a quantity grows with depth.</summary>
public enum Growth
{
    /// <summary>The data do not decide, or the growth lies between the laws.</summary>
    Undecided,

    /// <summary>It tends to a constant.</summary>
    Bounded,

    /// <summary>As a power of the depth.</summary>
    Power,

    /// <summary>Exponentially in the depth.</summary>
    Exponential,

    /// <summary>No faster than the random walk that a network of finite width takes by chance.</summary>
    Walk,

    /// <summary>Slower than exponentially; it is not known whether as a power or to a bound.</summary>
    Subexponential,

    /// <summary>Faster than exponentially: its rate rises with the depth.</summary>
    Superexponential,
}

/// <summary>The law of growth that χ follows, determined by doubling the depth, and its parameter.</summary>
/// <remarks>
/// All laws are one family, <c>ln χ(l) = a + b(l^p - 1)/p</c>: p = 1 is exponential, p = 0 a power law, p &lt; 0 bounded. From a quarter to half of the depth,
/// and from half to all of it, the gains of ln χ have the ratio 1 : 2^p for any a and b. So p has a confidence interval without a fit (the argument of
/// Fieller). A law is named only if the interval lies on one side of a limit: above ¾ exponential, between -½ and ½ a power, below -½ bounded; between ½ and ¾
/// the growth is neither. Two gains alone cannot distinguish a law from a step: shorter stretches must confirm it (<see cref="LawSigns"/>). χ is also called
/// bounded if no growth is seen and it gains at most 5 % while the depth doubles; over the whole depth that is less than a tenth.
/// </remarks>
public sealed class GrowthLaw
{
    /// <summary>
    /// A smaller gain from half of the depth to all of it counts as none: 5 % of χ. It is chosen below what anybody would call growth, not derived from a law.
    /// </summary>
    internal const double NoGain = 0.05;

    internal GrowthLaw(Growth law, double shape, double parameter, double lower, double upper) =>
        (Law, Shape, Parameter, Lower, Upper) = (law, shape, parameter, lower, upper);

    /// <summary>The law.</summary>
    public Growth Law { get; }

    /// <summary>p: 1 exponential, 0 power, negative bounded; NaN where the gains have different signs.</summary>
    public double Shape { get; }

    /// <summary>Rate of ln χ per layer if exponential, exponent τ of χ ~ l^τ if a power; NaN otherwise.</summary>
    public double Parameter { get; }

    /// <summary>Lower end of its 95 % interval, which is simultaneous over everything that a diagnosis says at 95 %.</summary>
    public double Lower { get; }

    /// <summary>Upper end.</summary>
    public double Upper { get; }

    /// <summary>Lower end of the interval of <see cref="Shape"/>; negative infinity if it has none.</summary>
    public double ShapeLower { get; internal init; } = double.NegativeInfinity;

    /// <summary>Upper end of the interval of <see cref="Shape"/>; infinity if it has none.</summary>
    public double ShapeUpper { get; internal init; } = double.PositiveInfinity;
}
