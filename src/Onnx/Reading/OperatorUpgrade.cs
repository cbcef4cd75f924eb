using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

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
        var elements = graph.Constants.ToDictionary(pair => pair.Key, pair => pair.Value.DataType);
        foreach (var input in graph.Inputs)
        {
            elements[input.Name] = input.Type.TensorType.ElemType;
        }

        graph.Nodes = Upgraded(graph, graph.Nodes, elements);
        graph.Opset = Math.Max(graph.Opset, Version);
    }

    /// <summary>Nodes, and what graphs inside them have; new constants are those of the whole graph, which are visible there.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="old">The nodes.</param>
    /// <param name="elements">Types of the elements of values before these nodes; theirs are added.</param>
    private static List<NodeProto> Upgraded(Graph graph, IEnumerable<NodeProto> old, Dictionary<string, int> elements)
    {
        var nodes = new List<NodeProto>();
        foreach (var node in old)
        {
            foreach (var inner in Graph.Inside(node))
            {
                foreach (var input in inner.Input.Where(input => input.Type?.TensorType is not null))
                {
                    elements[input.Name] = input.Type.TensorType.ElemType;
                }

                foreach (var tensor in inner.Initializer)
                {
                    elements[tensor.Name] = tensor.DataType;
                }

                var upgraded = Upgraded(graph, inner.Node, elements);
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
                Upgrade(graph, node, nodes, elements);
            }
            else
            {
                nodes.Add(node);
            }

            var element = node.OpType == "Cast" ? (int)node.Integer("to", 0) : elements.GetValueOrDefault(node.Input.ElementAtOrDefault(Typing(node)) ?? "");
            foreach (var output in node.Output.Where(output => output.Length > 0))
            {
                elements[output] = element;
            }
        }

        return nodes;
    }

    /// <summary>The input of whose type a node's outputs are: a condition and positions of ones have other types than what they choose.</summary>
    private static int Typing(NodeProto node) =>
        node.OpType switch
        {
            "Where" => 1,
            "OneHot" => 2,
            _ => 0,
        };

    private static void Upgrade(Graph graph, NodeProto node, List<NodeProto> nodes, Dictionary<string, int> elements)
    {
        string Scalar(float value) => graph.Constant(Tensors.FromReals(ElementOf(node, elements), [], [value]));
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
                node.Input.Add(Scalar(node.Take("value")?.F ?? 0));
                break;
            case "Clip" when graph.Opset < 11:
                node.Input.Add(node.Take("min") is { } min ? Scalar(min.F) : "");
                node.Input.Add(node.Take("max") is { } max ? Scalar(max.F) : "");
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

    /// <summary>The type of the numbers that an attribute has and that become an input: double precision where the first input is, else single.</summary>
    private static DataType ElementOf(NodeProto node, Dictionary<string, int> elements) =>
        (DataType)elements.GetValueOrDefault(node.Input[0]) == DataType.Double ? DataType.Double : DataType.Float;

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
                ? graph.Constant(Tensors.FromReals(DataType.Float, [given.Floats.Count], [.. given.Floats.Select(scale => (double)scale)]))
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
