namespace Wellbehaved.Networks;

/// <summary>Code that interprets layers met one that it does not know. This is a defect of that code, never of the network.</summary>
/// <param name="layer">The layer.</param>
internal sealed class UnknownLayerException(Layer layer) : Exception($"no interpretation of the layer {layer?.Word}");
