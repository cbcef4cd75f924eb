using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>Where theory ends in a network.</summary>
/// <param name="Path">The layer's path in the network's JSON form, such as <c>layers[2].repeat.unit[1]</c>.</param>
/// <param name="Layer">The layer of which theory says nothing.</param>
/// <param name="Reason">Why.</param>
public sealed record TheoryEnd(string Path, Layer Layer, string Reason)
{
    /// <summary>What ends there.</summary>
    internal NoTheoryKind Kind { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"theory ends at {Path} ({Layer.Word}): {Reason}";
}
