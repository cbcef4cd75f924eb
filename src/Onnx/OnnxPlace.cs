using System.Text.Json.Serialization;

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
public sealed class OnnxPlace
{
    /// <summary>The command reads it back from the process that runs ONNX Runtime.</summary>
    [JsonConstructor]
    internal OnnxPlace(string name, string @operator, OnnxPlaceKind kind, int depth, IReadOnlyList<long> shape, int channelAxis)
    {
        Name = name;
        Operator = @operator;
        Kind = kind;
        Depth = depth;
        Shape = shape;
        ChannelAxis = channelAxis;
    }

    /// <summary>The name of the node in the file, or of its value.</summary>
    public string Name { get; }

    /// <summary>The operator whose output it is.</summary>
    public string Operator { get; }

    /// <summary>The kind of operation just before it.</summary>
    public OnnxPlaceKind Kind { get; }

    /// <summary>Number of layers with weights on the longest path to it.</summary>
    public int Depth { get; }

    /// <summary>Shape of signal and noise, batch included.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>
    /// The axis of the channels; all other axes together are points. It is 1 after convolutions, pooling and batch, instance and group normalisation, and the
    /// last one after matrix products, embeddings, softmax and layer normalisation. Otherwise it is that of the input, followed through transpositions and
    /// reshapes.
    /// </summary>
    public int ChannelAxis { get; }

    /// <summary>Whether every path from the noise to the output passes it: true after the sum of a residual unit, false within its branch.</summary>
    [JsonInclude]
    public bool IsOnTrunk { get; internal init; }

    /// <summary>Number of channels.</summary>
    public int Channels => (int)Shape[ChannelAxis];

    /// <summary>Number of points.</summary>
    public int Points => (int)(Shape.Aggregate(1L, (count, length) => count * length) / Math.Max(1, Channels));
}
