using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Theory has no law for the outputs of a layer; a prediction ends before it.</summary>
/// <param name="layer">The layer.</param>
/// <param name="reason">The reason, as text that follows the layer's name.</param>
internal sealed class NoTheoryException(Layer layer, string reason) : Exception($"no theory of {layer?.Word}: {reason}")
{
    /// <summary>The layer.</summary>
    public Layer Layer { get; } = layer!;

    /// <summary>The reason.</summary>
    public string Reason { get; } = reason;

    /// <summary>The kind of end.</summary>
    internal NoTheoryKind Kind { get; private init; }

    /// <summary>The exception for a layer that has a law, which double precision or a quadrature cannot evaluate here.</summary>
    internal static NoTheoryException OfPrecision(Layer layer, string reason) => new(layer, reason) { Kind = NoTheoryKind.Precision };

    /// <summary>The exception for a layer that has a law only for larger batches.</summary>
    internal static NoTheoryException OfBatch(Layer layer, string reason) => new(layer, reason) { Kind = NoTheoryKind.Batch };
}
