namespace Wellbehaved.Onnx;

/// <summary>A graph as a composition of described layers, of which theory predicts moments.</summary>
/// <param name="Network">The description as JSON; null where the graph is none.</param>
/// <param name="Places">For each place of the description the number of the same place of the graph; -1 where it has none.</param>
/// <param name="Reason">Why it is none; null where it is one.</param>
/// <param name="Remarks">What the description leaves out, a clause each.</param>
internal sealed record OnnxComposition(string? Network, IReadOnlyList<int> Places, string? Reason, IReadOnlyList<string> Remarks);
