namespace Wellbehaved.Statistics;

/// <summary>A number that a subject showed. Comparisons take one of these and one <see cref="Expected"/>, so that no number is compared with itself.</summary>
/// <param name="Value">The number, in the unit of its quantity.</param>
public readonly record struct Observed(double Value);

/// <summary>A number that is right according to theory or to a definition written out.</summary>
/// <param name="Value">The number.</param>
public readonly record struct Expected(double Value);
