namespace Wellbehaved.Onnx;

/// <summary>The kind of operation just before a place.</summary>
public enum OnnxPlaceKind
{
    /// <summary>A convolution, a matrix product with weights, or an embedding, biases included.</summary>
    Weighted,

    /// <summary>A normalisation.</summary>
    Normalised,

    /// <summary>An activation, also one that is written out in several operators.</summary>
    Activated,

    /// <summary>A sum of two paths, as at the end of a residual unit.</summary>
    Added,

    /// <summary>A product of two paths: a gate, or queries with keys.</summary>
    Multiplied,

    /// <summary>A concatenation of paths.</summary>
    Joined,

    /// <summary>Pooling.</summary>
    Pooled,
}

/// <summary>A place of a network at which moments are recorded.</summary>
/// <param name="Name">The name of the node in the file, or of its value.</param>
/// <param name="Operator">The operator whose output it is.</param>
/// <param name="Kind">The kind of operation just before it.</param>
/// <param name="Depth">Number of layers with weights on the longest path to it.</param>
/// <param name="Shape">Shape of signal and noise, batch included.</param>
/// <param name="ChannelAxis">
/// The axis of the channels; all other axes together are points. It is 1 after convolutions, pooling and batch, instance and group normalisation, and the last
/// one after matrix products, embeddings, softmax and layer normalisation. Otherwise it is that of the input, followed through transpositions and reshapes.
/// </param>
public sealed record OnnxPlace(string Name, string Operator, OnnxPlaceKind Kind, int Depth, IReadOnlyList<long> Shape, int ChannelAxis)
{
    /// <summary>Whether every path from the noise to the output passes it: true after the sum of a residual unit, false within its branch.</summary>
    public bool IsOnTrunk { get; init; }

    /// <summary>Number of channels.</summary>
    public int Channels => (int)Shape[ChannelAxis];

    /// <summary>Number of points.</summary>
    public int Points => (int)(Shape.Aggregate(1L, (count, length) => count * length) / Math.Max(1, Channels));
}
