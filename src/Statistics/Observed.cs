namespace Wellbehaved.Statistics;

/// <summary>A number that a subject showed. Comparisons take one of these and one <see cref="Expected"/>, so that no number is compared with itself.</summary>
public readonly struct Observed
{
    internal Observed(double value) => Value = value;

    /// <summary>The number, in the unit of its quantity.</summary>
    public double Value { get; }
}

/// <summary>A number that is right according to theory or to a definition written out.</summary>
public readonly struct Expected
{
    internal Expected(double value) => Value = value;

    /// <summary>The number.</summary>
    public double Value { get; }
}
