namespace Wellbehaved.Onnx;

/// <summary>A graph is no composition of described layers.</summary>
/// <param name="reason">Where, and why not.</param>
internal sealed class NotComposedException(string reason) : Exception(reason);
