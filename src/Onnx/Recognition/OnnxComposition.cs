namespace Wellbehaved.Onnx;

/// <summary>A graph as a composition of described layers, for which theory can predict moments.</summary>
/// <param name="Network">The description as JSON; null where the graph is not such a composition.</param>
/// <param name="Places">For each place of the description, the number of the same place of the graph; -1 where there is none.</param>
/// <param name="Reason">Why it is not a composition; null where it is one.</param>
/// <param name="Remarks">What the description leaves out, as clauses.</param>
internal sealed record OnnxComposition(string? Network, IReadOnlyList<int> Places, string? Reason, IReadOnlyList<string> Remarks);
