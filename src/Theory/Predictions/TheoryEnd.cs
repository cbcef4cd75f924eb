using Wellbehaved.Networks;

namespace Wellbehaved.Theory;

/// <summary>The layer of a network at which theory ends.</summary>
public sealed class TheoryEnd
{
    internal TheoryEnd(string path, Layer layer, string reason) => (Path, Layer, Reason) = (path, layer, reason);

    /// <summary>The layer's path in the network's JSON form, such as <c>layers[2].repeat.unit[1]</c>.</summary>
    public string Path { get; }

    /// <summary>The layer for which theory has no law.</summary>
    public Layer Layer { get; }

    /// <summary>The reason.</summary>
    public string Reason { get; }

    /// <summary>The kind of end.</summary>
    internal NoTheoryKind Kind { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"theory ends at {Path} ({Layer.Word}): {Reason}";
}
