using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>A layer about whose outputs theory says nothing: a prediction ends before it.</summary>
/// <param name="layer">The layer.</param>
/// <param name="reason">Why, in words that follow the layer's.</param>
public sealed class NoTheoryException(Layer layer, string reason) : Exception($"no theory of {layer?.Word}: {reason}")
{
    /// <summary>The layer.</summary>
    public Layer Layer { get; } = layer!;

    /// <summary>Why.</summary>
    public string Reason { get; } = reason;

    /// <summary>What ends.</summary>
    internal NoTheoryKind Kind { get; private init; }

    /// <summary>A layer whose law is known, but not in the numbers at hand.</summary>
    internal static NoTheoryException OfPrecision(Layer layer, string reason) => new(layer, reason) { Kind = NoTheoryKind.Precision };

    /// <summary>A layer whose law is known for larger batches.</summary>
    internal static NoTheoryException OfBatch(Layer layer, string reason) => new(layer, reason) { Kind = NoTheoryKind.Batch };
}
