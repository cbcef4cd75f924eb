namespace Wellbehaved.Networks;

/// <summary>An interpreter met a layer that it does not know: a defect of the interpreter, never of the network.</summary>
/// <param name="layer">The layer.</param>
public sealed class UnknownLayerException(Layer layer) : Exception($"no interpretation of the layer {layer?.Word}");
