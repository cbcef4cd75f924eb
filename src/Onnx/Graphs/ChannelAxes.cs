using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Finds the axis of channels of each value.</summary>
internal static class ChannelAxes
{
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

    /// <summary>The axis of each value that has noise.</summary>
    public static Dictionary<string, int> Find(Graph graph, IReadOnlyDictionary<string, TensorType> types, IReadOnlyDictionary<string, string> tangents)
    {
        var axes = new Dictionary<string, int>();
        foreach (var input in graph.Inputs.Where(input => tangents.ContainsKey(input.Name)))
        {
            var rank = types[input.Name].Shape!.Length;
            var isConvolved = graph.Nodes.Any(node => node.OpType == "Conv" && node.Input[0] == input.Name);
            var isChannelsLast = graph.Nodes.Any(node => node.OpType == "Transpose" && node.Input[0] == input.Name && node.Integers("perm") is [0, 3, 1, 2]);
            axes[input.Name] =
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
                    axes[output] = Math.Clamp(After(graph, node, shape, types, axes), 0, shape.Length - 1);
                }
            }
        }

        return axes;
    }

    private static int After(Graph graph, NodeProto node, long[] shape, IReadOnlyDictionary<string, TensorType> types, Dictionary<string, int> axes)
    {
        var last = shape.Length - 1;
        var source = node.Input.Where(axes.ContainsKey).OrderByDescending(name => types[name].Shape!.AsSpan().SequenceEqual(shape)).FirstOrDefault();
        if (Second.Contains(node.OpType))
        {
            return 1;
        }

        if (Last.Contains(node.OpType) || source is null)
        {
            return last;
        }

        var (before, axis) = (types[source].Shape!, axes[source]);
        switch (node.OpType)
        {
            case "Transpose":
                return node.Integers("perm") is { } permutation ? Array.IndexOf(permutation, axis) : last - axis;
            case "Reshape" or "Squeeze" or "Unsqueeze" or "Flatten":
                return AfterReshape(before, axis, shape);
            case "LayerNormalization" or "RMSNormalization":
                // Over the last axis it normalises channels. Over several axes it takes images as they are.
                return Positive(node.Integer("axis", -1), shape.Length) == last ? last : axis;
            default:
                // Axes that are summed over, or from which an element is picked, disappear. The axes after them keep their distance to the end.
                return before.Length == shape.Length ? axis
                    : before.Length > shape.Length
                        ? Gone(graph, node, before.Length) is { } gone
                                ? gone.Contains(axis) ? last
                                    : axis - gone.Count(other => other < axis)
                            : last
                    : last - (before.Length - 1 - axis);
        }
    }

    /// <summary>The axes that a node takes away; null where they are not known. Newer versions of reductions have them in an input.</summary>
    private static long[]? Gone(Graph graph, NodeProto node, int rank)
    {
        var axes =
            node.OpType == "Gather" ? [node.Integer("axis", 0)]
            : node.Integers("axes") is { } listed ? listed
            : node.OpType.StartsWith("Reduce", StringComparison.Ordinal) && node.Input.Count > 1 && graph.Constants.TryGetValue(node.Input[1], out var given)
                ? Tensors.Integers(given)
            : null;
        return axes?.Select(axis => Positive(axis, rank)).ToArray();
    }

    private static long Positive(long axis, int rank) => axis < 0 ? axis + rank : axis;

    /// <summary>
    /// The axis after a change of shape. Split or merged axes form groups with equal products; of a group that is split, the last axis of more than one element
    /// is taken.
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
                var found = k - 1;
                while (found > firstAfter && after[found] == 1)
                {
                    found--;
                }

                return found;
            }
        }

        return after.Length - 1;
    }
}
