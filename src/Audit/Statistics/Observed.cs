namespace Wellbehaved.Audit;

/// <summary>A number that a subject showed. Comparisons take one of these and one <see cref="Expected"/>, so nothing is ever compared with itself.</summary>
/// <param name="Value">The number, in whatever unit its quantity has.</param>
public readonly record struct Observed(double Value);

/// <summary>A number that theory, or a definition written out, says must come.</summary>
/// <param name="Value">The number.</param>
public readonly record struct Expected(double Value);
