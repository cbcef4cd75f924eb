using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Converts operators of older versions to version 13, so that each rule need only handle one form.</summary>
/// <remarks>
/// Changes between the versions: some attributes became inputs, and Softmax no longer treats its input as two-dimensional. Source: ONNX, <i>Operator
/// Changelog</i>.
/// </remarks>
internal static class OperatorUpgrade
{
    /// <summary>The oldest version whose forms the rules handle.</summary>
    public const int Version = 13;

    /// <summary>Upgrades a graph in place. In every version, dropout is made to keep everything.</summary>
    public static void Apply(Graph graph)
    {
        graph.Nodes = Upgraded(graph, graph.Nodes);
        graph.Opset = Math.Max(graph.Opset, Version);
    }

    /// <summary>Nodes, and what graphs inside them have; new constants are those of the whole graph, which are visible there.</summary>
    private static List<NodeProto> Upgraded(Graph graph, IEnumerable<NodeProto> old)
    {
        var nodes = new List<NodeProto>();
        foreach (var node in old)
        {
            foreach (var inner in Graph.Inside(node))
            {
                var upgraded = Upgraded(graph, inner.Node);
                inner.Node.Clear();
                inner.Node.AddRange(upgraded);
            }

            if (node.OpType == "Dropout")
            {
                // Without a ratio and a mode, dropout keeps everything.
                node.Attribute.Clear();
                while (node.Input.Count > 1)
                {
                    node.Input.RemoveAt(node.Input.Count - 1);
                }
            }

            if (graph.Opset < Version)
            {
                Upgrade(graph, node, nodes);
            }
            else
            {
                nodes.Add(node);
            }
        }

        return nodes;
    }

    private static void Upgrade(Graph graph, NodeProto node, List<NodeProto> nodes)
    {
        switch (node.OpType)
        {
            case "Squeeze" or "Unsqueeze" or "ReduceSum":
                Append(graph, node, "axes", 1);
                break;
            case "Split":
                Append(graph, node, "split", 1);
                break;
            case "Slice" when graph.Opset < 10:
                Append(graph, node, "starts", 1);
                Append(graph, node, "ends", 2);
                Append(graph, node, "axes", 3);
                break;
            case "TopK" when graph.Opset < 10:
                var k = node.Take("k")?.I ?? 1;
                node.Input.Add(graph.Constant(Tensors.FromIntegers(k)));
                break;
            case "Pad" when graph.Opset < 11:
                Append(graph, node, "pads", 1);
                node.Input.Add(Scalar(graph, node.Take("value")?.F ?? 0));
                break;
            case "Clip" when graph.Opset < 11:
                node.Input.Add(node.Take("min") is { } min ? Scalar(graph, min.F) : "");
                node.Input.Add(node.Take("max") is { } max ? Scalar(graph, max.F) : "");
                break;
            case "Scatter":
                node.OpType = "ScatterElements";
                break;
            case "BatchNormalization":
                node.Take("spatial");
                while (node.Output.Count > 1)
                {
                    node.Output.RemoveAt(node.Output.Count - 1);
                }

                break;
            case "Upsample" or "Resize" when graph.Opset < 11:
                Enlarge(graph, node, nodes);
                return;
            case "Softmax" or "LogSoftmax" or "Hardmax":
                Flattened(graph, node, nodes);
                return;
        }

        nodes.Add(node);
    }

    private static void Append(Graph graph, NodeProto node, string attribute, int position)
    {
        if (node.Take(attribute) is { } values)
        {
            while (node.Input.Count < position)
            {
                node.Input.Add("");
            }

            node.Input.Add(graph.Constant(Tensors.FromIntegers([.. values.Ints])));
        }
    }

    private static string Scalar(Graph graph, float value) => graph.Constant(Tensors.FromReals(TensorProto.Types.DataType.Float, [], [value]));

    private static NodeProto Rewritten(string operation, NodeProto node, params IEnumerable<string> inputs)
    {
        var result = new NodeProto { OpType = operation, Name = node.Name };
        result.Input.AddRange(inputs);
        result.Output.Add(node.Output[0]);
        return result;
    }

    /// <summary>Upgrades Resize of version 10 and Upsample, which place points at multiples of the scale and take the nearest point below.</summary>
    private static void Enlarge(Graph graph, NodeProto node, List<NodeProto> nodes)
    {
        var scales =
            node.Input.Count > 1 ? node.Input[1]
            : node.Attribute("scales") is { } given
                ? graph.Constant(Tensors.FromReals(TensorProto.Types.DataType.Float, [given.Floats.Count], [.. given.Floats.Select(scale => (double)scale)]))
            : throw new InvalidInputException(graph.Subject, $"expected scales in {node.Called()}");
        var resize = Rewritten("Resize", node, node.Input[0], "", scales).With("coordinate_transformation_mode", "asymmetric").With("nearest_mode", "floor");
        nodes.Add(resize.With("mode", node.Text("mode", "nearest") == "bilinear" ? "linear" : node.Text("mode", "nearest")));
    }

    /// <summary>Upgrades Softmax from before version 13, which was over all axes from a given one on.</summary>
    private static void Flattened(Graph graph, NodeProto node, List<NodeProto> nodes)
    {
        var axis = node.Integer("axis", 1);
        var (flat, normed, shape) = (graph.Fresh("flat"), graph.Fresh("normed"), graph.Fresh("shape"));
        nodes.Add(Inner("Flatten", flat, node.Input[0]).With("axis", axis));
        nodes.Add(Inner(node.OpType, normed, flat).With("axis", -1));
        nodes.Add(Inner("Shape", shape, node.Input[0]));
        nodes.Add(Rewritten("Reshape", node, normed, shape));

        static NodeProto Inner(string operation, string output, params IEnumerable<string> inputs)
        {
            var result = new NodeProto { OpType = operation };
            result.Input.AddRange(inputs);
            result.Output.Add(output);
            return result;
        }
    }
}
