namespace Wellbehaved.Onnx;

/// <summary>A graph is not a composition of described layers.</summary>
/// <param name="reason">The node or value, and the reason.</param>
internal sealed class NotComposedException(string reason) : Exception(reason);
