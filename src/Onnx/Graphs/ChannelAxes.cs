using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Finds the axis of channels of each value.</summary>
internal sealed class ChannelAxes
{
    /// <summary>
    /// Nodes between a change of shape and the one that takes it back, at most: a norm that is written out has eight, and its scale and shift two. A path of
    /// any length would make the time grow with its square.
    /// </summary>
    private const int MostBetween = 32;

    private static readonly HashSet<string> Second =
    [
        "Conv",
        "ConvTranspose",
        "BatchNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "LRN",
        "AveragePool",
        "MaxPool",
        "GlobalAveragePool",
        "GlobalMaxPool",
        "DepthToSpace",
        "SpaceToDepth",
    ];

    private static readonly HashSet<string> Last = ["Gemm", "MatMul", "Einsum", "Softmax", "LogSoftmax"];

    /// <summary>Operators that change the shape and leave the elements in their order.</summary>
    private static readonly HashSet<string> Shaping = ["Reshape", "Squeeze", "Unsqueeze", "Flatten"];

    /// <summary>Operators after which elements may be in other places, even where the shape is the same.</summary>
    private static readonly HashSet<string> Moving =
    [
        "Transpose",
        "Conv",
        "ConvTranspose",
        "Gemm",
        "MatMul",
        "Einsum",
        "DepthToSpace",
        "SpaceToDepth",
        "Gather",
        "GatherElements",
        "GatherND",
        "ScatterElements",
        "ScatterND",
    ];

    private readonly Graph _graph;
    private readonly IReadOnlyDictionary<string, TensorType> _types;
    private readonly Dictionary<string, int> _axes = [];
    private readonly Dictionary<string, NodeProto> _source = [];

    private ChannelAxes(Graph graph, IReadOnlyDictionary<string, TensorType> types) => (_graph, _types) = (graph, types);

    /// <summary>The axis of each value that has noise.</summary>
    public static Dictionary<string, int> Find(Graph graph, IReadOnlyDictionary<string, TensorType> types, IReadOnlyDictionary<string, string> tangents)
    {
        var search = new ChannelAxes(graph, types);
        foreach (var input in graph.Inputs.Where(input => tangents.ContainsKey(input.Name)))
        {
            var rank = types[input.Name].Shape!.Length;
            var isConvolved = graph.Nodes.Any(node => node.OpType == "Conv" && node.Input[0] == input.Name);
            var isChannelsLast = graph.Nodes.Any(node => node.OpType == "Transpose" && node.Input[0] == input.Name && node.Integers("perm") is [0, 3, 1, 2]);
            search._axes[input.Name] =
                rank == 3 && !isConvolved ? 2
                : isChannelsLast ? 3
                : Math.Min(1, Math.Max(0, rank - 1));
        }

        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Output.Where(tangents.ContainsKey))
            {
                if (types[output].Shape is { Length: > 0 } shape)
                {
                    search._axes[output] = Math.Clamp(search.After(node, shape), 0, shape.Length - 1);
                    search._source[output] = node;
                }
            }
        }

        return search._axes;
    }

    private int After(NodeProto node, long[] shape)
    {
        var last = shape.Length - 1;
        var source = Source(node, shape);
        if (Second.Contains(node.OpType))
        {
            return 1;
        }

        if (Last.Contains(node.OpType) || source is null)
        {
            return last;
        }

        var (before, axis) = (_types[source].Shape!, _axes[source]);
        switch (node.OpType)
        {
            case "Transpose":
                return node.Integers("perm") is { } permutation ? Array.IndexOf(permutation, axis) : last - axis;
            case var operation when Shaping.Contains(operation):
                return Restored(source, shape) ?? AfterReshape(before, axis, shape);
            case "LayerNormalization" or "RMSNormalization":
                // Over the last axis it normalises channels. Over several axes it takes images as they are.
                return Positive(node.Integer("axis", -1), shape.Length) == last ? last : axis;
            default:
                // Axes that are summed over, or from which an element is picked, disappear. The axes after them keep their distance to the end.
                return before.Length == shape.Length ? axis
                    : before.Length > shape.Length
                        ? Gone(node, before.Length) is { } gone
                                ? gone.Contains(axis) ? last
                                    : axis - gone.Count(other => other < axis)
                            : last
                    : last - (before.Length - 1 - axis);
        }
    }

    /// <summary>The input with channels that a node's output resembles: the first of its shape, else the first.</summary>
    private string? Source(NodeProto node, long[] shape) => node.Input.Where(_axes.ContainsKey).OrderByDescending(name => Has(name, shape)).FirstOrDefault();

    private bool Has(string value, long[] shape) => _types[value].Shape!.AsSpan().SequenceEqual(shape);

    /// <summary>
    /// The axis of an earlier value whose shape is restored; null where there is none. So PyTorch's exporter and ours write group norm: channels are put into
    /// groups together with positions, normalised, and brought back to the shape that they had.
    /// </summary>
    private int? Restored(string value, long[] shape)
    {
        for (var steps = 0; steps < MostBetween; steps++)
        {
            if (Has(value, shape))
            {
                return _axes[value];
            }

            if (!_source.TryGetValue(value, out var node) || Moving.Contains(node.OpType) || Source(node, _types[value].Shape!) is not { } before)
            {
                return null;
            }

            if (!Shaping.Contains(node.OpType) && !Has(before, _types[value].Shape!))
            {
                return null;
            }

            value = before;
        }

        return null;
    }

    /// <summary>The axes that a node takes away; null where they are not known.</summary>
    private long[]? Gone(NodeProto node, int rank)
    {
        var axes = node.OpType == "Gather" ? [node.Integer("axis", 0)] : _graph.AxesOf(node);
        return axes?.Select(axis => Positive(axis, rank)).ToArray();
    }

    private static long Positive(long axis, int rank) => axis < 0 ? axis + rank : axis;

    /// <summary>
    /// The axis after a change of shape. Split or merged axes form groups with equal products. Of an axis that is split, the last part of more than one element
    /// is taken. Of several axes that are divided in another way, channels that came first are in the first part and others in the last.
    /// </summary>
    private static int AfterReshape(long[] before, int axis, long[] after)
    {
        var (i, k) = (0, 0);
        while (i < before.Length && k < after.Length)
        {
            var (firstBefore, firstAfter) = (i, k);
            var (left, right) = (before[i++], after[k++]);
            while (left != right)
            {
                if (left < right && i < before.Length)
                {
                    left *= before[i++];
                }
                else if (left > right && k < after.Length)
                {
                    right *= after[k++];
                }
                else
                {
                    return after.Length - 1;
                }
            }

            if (axis >= firstBefore && axis < i)
            {
                var parts = Enumerable.Range(firstAfter, k - firstAfter).Where(part => after[part] > 1).DefaultIfEmpty(firstAfter);
                // The batch counts whatever its length is.
                var cameFirst = Enumerable.Range(firstBefore, axis - firstBefore).All(other => other > 0 && before[other] == 1);
                return cameFirst && axis < i - 1 ? parts.First() : parts.Last();
            }
        }

        return after.Length - 1;
    }
}
