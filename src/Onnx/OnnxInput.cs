namespace Wellbehaved.Onnx;

/// <summary>An input of a network.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Its shape, batch included.</param>
/// <param name="IsReal">Whether its elements are real numbers, so that noise is added to it; noise of tokens enters after their embedding.</param>
/// <param name="Tokens">How many tokens there are, where it holds their numbers; otherwise null.</param>
public sealed record OnnxInput(string Name, IReadOnlyList<long> Shape, bool IsReal, int? Tokens);
