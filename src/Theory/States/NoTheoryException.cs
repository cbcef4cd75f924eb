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

    /// <summary>Whether a law is there and only numbers end: double precision, or what a quadrature sees.</summary>
    internal bool IsPrecision { get; private init; }

    /// <summary>A layer whose law is known, but not in the numbers at hand.</summary>
    internal static NoTheoryException OfPrecision(Layer layer, string reason) => new(layer, reason) { IsPrecision = true };
}
