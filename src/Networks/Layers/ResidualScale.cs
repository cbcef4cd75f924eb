using System.Globalization;

namespace Wellbehaved.Networks;

/// <summary>How a residual scale depends on the position of its unit in the stack.</summary>
public enum ScaleRule
{
    /// <summary>It is a constant number.</summary>
    Constant,

    /// <summary>1/√L, with L the number of units of the stack.</summary>
    ByDepth,

    /// <summary>1/√(l+1), with l the number of units of the stack before this one: 1 for the first.</summary>
    ByUnit,
}

/// <summary>A factor of a skip connection or of a residual branch.</summary>
/// <remarks>The stack is the innermost <see cref="Repeat"/> around the residual unit.</remarks>
public readonly record struct ResidualScale
{
    private ResidualScale(ScaleRule rule, double value) => (Rule, Value) = (rule, value);

    /// <summary>1/√L.</summary>
    public static ResidualScale ByDepth { get; } = new(ScaleRule.ByDepth, 0);

    /// <summary>1/√(l+1).</summary>
    public static ResidualScale ByUnit { get; } = new(ScaleRule.ByUnit, 0);

    /// <summary>The factor 1, which changes nothing.</summary>
    public static ResidualScale One { get; } = new(ScaleRule.Constant, 1);

    /// <summary>How the factor depends on the unit.</summary>
    public ScaleRule Rule { get; }

    /// <summary>The factor itself where it is constant; 0 otherwise.</summary>
    public double Value { get; }

    /// <summary>A constant factor.</summary>
    /// <param name="value">The factor.</param>
    public static implicit operator ResidualScale(double value) => Constant(value);

    /// <summary>A constant factor.</summary>
    /// <param name="value">The factor.</param>
    /// <returns>The scale.</returns>
    public static ResidualScale Constant(double value) => new(ScaleRule.Constant, value);

    /// <summary>The factor of a unit.</summary>
    /// <param name="unit">Number of units of the stack before it, l.</param>
    /// <param name="units">Number of units of the stack, L.</param>
    /// <returns>The factor.</returns>
    /// <exception cref="InvalidOperationException">The rule does not exist.</exception>
    public double ValueAt(int unit, int units) =>
        Rule switch
        {
            ScaleRule.Constant => Value,
            ScaleRule.ByDepth => 1 / Math.Sqrt(units),
            ScaleRule.ByUnit => 1 / Math.Sqrt(unit + 1.0),
            _ => throw new InvalidOperationException($"no scale by the rule {Rule}"),
        };

    /// <inheritdoc/>
    public override string ToString() =>
        Rule switch
        {
            ScaleRule.Constant => Value.ToString("R", CultureInfo.InvariantCulture),
            ScaleRule.ByDepth => "1/sqrt(L)",
            ScaleRule.ByUnit => "1/sqrt(l+1)",
            _ => throw new InvalidOperationException($"no word for the rule {Rule}"),
        };
}
