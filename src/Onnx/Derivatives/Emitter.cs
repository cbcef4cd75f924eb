using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Adds nodes to a graph, with operators whose form has not changed since version 13.</summary>
internal sealed class Emitter(Graph graph, List<NodeProto> nodes)
{
    private readonly Dictionary<(double Value, int Type), string> _scalars = [];
    private readonly Dictionary<string, string> _vectors = [];

    /// <summary>Adds a node with one output, and returns the output's name.</summary>
    public string Node(string operation, params IEnumerable<string> inputs) => Node(new NodeProto { OpType = operation }, inputs);

    /// <summary>Adds a node with one output and with the attributes of another node.</summary>
    public string Node(NodeProto like, params IEnumerable<string> inputs)
    {
        var node = new NodeProto { OpType = like.OpType };
        node.Attribute.AddRange(like.Attribute);
        node.Input.AddRange(inputs);
        while (node.Input.Count > 0 && node.Input[^1].Length == 0)
        {
            node.Input.RemoveAt(node.Input.Count - 1);
        }

        node.Output.Add(Fresh());
        nodes.Add(node);
        return node.Output[0];
    }

    /// <summary>A name that no other value has.</summary>
    public string Fresh() => graph.Fresh("tangent");

    /// <summary>Adds a node whose outputs already have names.</summary>
    public void Append(NodeProto node) => nodes.Add(node);

    /// <summary>Converts a value to another type.</summary>
    public string Cast(string name, int type) => Node(new NodeProto { OpType = "Cast" }.With("to", type), name);

    /// <summary>A constant tensor.</summary>
    public string Constant(TensorProto tensor) => graph.Constant(tensor);

    /// <summary>A constant number, as a tensor without dimensions.</summary>
    public string Scalar(double value, int type)
    {
        if (!_scalars.TryGetValue((value, type), out var name))
        {
            name = graph.Constant(Tensors.FromReals((DataType)type, [], [value]));
            _scalars.Add((value, type), name);
        }

        return name;
    }

    /// <summary>A constant vector of integers: axes, or a shape.</summary>
    public string Integers(params IEnumerable<long> values)
    {
        long[] vector = [.. values];
        var key = string.Join(',', vector);
        if (!_vectors.TryGetValue(key, out var name))
        {
            name = graph.Constant(Tensors.FromIntegers(vector));
            _vectors.Add(key, name);
        }

        return name;
    }
}
