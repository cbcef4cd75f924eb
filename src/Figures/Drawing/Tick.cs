namespace Wellbehaved.Figures;

/// <summary>A mark on an axis.</summary>
/// <param name="Position">Its coordinate.</param>
/// <param name="Label">Its label; null if it has none.</param>
internal readonly record struct Tick(double Position, string? Label);
