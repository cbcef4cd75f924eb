using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The layer of a network at which theory ends.</summary>
/// <param name="Path">The layer's path in the network's JSON form, such as <c>layers[2].repeat.unit[1]</c>.</param>
/// <param name="Layer">The layer for which theory has no law.</param>
/// <param name="Reason">The reason.</param>
public sealed record TheoryEnd(string Path, Layer Layer, string Reason)
{
    /// <summary>The kind of end.</summary>
    internal NoTheoryKind Kind { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"theory ends at {Path} ({Layer.Word}): {Reason}";
}
