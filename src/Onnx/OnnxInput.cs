namespace Wellbehaved.Onnx;

/// <summary>An input of a network.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Its shape, batch included.</param>
/// <param name="IsReal">Whether its elements are real numbers, to which noise is added; for tokens, noise enters after their embedding.</param>
/// <param name="Tokens">Number of different tokens, if its elements are numbers of tokens; otherwise null.</param>
public sealed record OnnxInput(string Name, IReadOnlyList<long> Shape, bool IsReal, int? Tokens);
