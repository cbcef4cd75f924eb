using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>The graph of a model: nodes in an order in which each follows the nodes that compute its inputs, and constants by name.</summary>
internal sealed class Graph
{
    private readonly HashSet<string> _names = [];
    private int _fresh;

    /// <summary>Version of ONNX's operators.</summary>
    public required int Opset { get; set; }

    /// <summary>The file's name in messages.</summary>
    public required string Subject { get; init; }

    /// <summary>The nodes.</summary>
    public List<NodeProto> Nodes { get; set; } = [];

    /// <summary>Constant tensors: initializers, and the values of Constant nodes.</summary>
    public Dictionary<string, TensorProto> Constants { get; } = [];

    /// <summary>The inputs, which are given at each run.</summary>
    public List<ValueInfoProto> Inputs { get; } = [];

    /// <summary>The outputs of the model.</summary>
    public List<string> Outputs { get; } = [];

    /// <summary>In a graph with derivatives, the node to whose derivative a value belongs.</summary>
    public Dictionary<string, NodeProto> Differentiated { get; } = [];

    /// <summary>A graph with the same constants and inputs but other nodes.</summary>
    public Graph WithNodes(IEnumerable<NodeProto> nodes)
    {
        var graph = new Graph
        {
            Opset = Opset,
            Subject = Subject,
            Nodes = [.. nodes],
        };
        foreach (var (name, tensor) in Constants)
        {
            graph.Constants.Add(name, tensor);
        }

        graph.Inputs.AddRange(Inputs);
        graph.Outputs.AddRange(Outputs);
        return graph;
    }

    /// <summary>A name that no other value has.</summary>
    public string Fresh(string stem)
    {
        if (_names.Count == 0)
        {
            _names.UnionWith(Nodes.SelectMany(node => node.Output));
            _names.UnionWith(Constants.Keys);
            _names.UnionWith(Inputs.Select(input => input.Name));
        }

        string name;
        do
        {
            name = $"{stem}#{_fresh++}";
        } while (!_names.Add(name));
        return name;
    }

    /// <summary>Adds a constant of the file under the name that it has there.</summary>
    /// <param name="tensor">The constant.</param>
    /// <param name="place">Where it is in the file, for the message, if that is not the graph itself.</param>
    /// <exception cref="InvalidInputException">It has no name, or that of another one.</exception>
    public void AddConstant(TensorProto tensor, string? place = null)
    {
        if (tensor.Name.Length == 0 || !Constants.TryAdd(tensor.Name, tensor))
        {
            var where = place is null ? "" : $", {place}";
            throw new InvalidInputException(Subject, $"expected each tensor to have its own name, got '{tensor.Name}', which is empty or used twice{where}");
        }
    }

    /// <summary>Adds a constant under a new name.</summary>
    /// <returns>Its name.</returns>
    public string Constant(TensorProto tensor, string stem = "constant")
    {
        var name = Fresh(stem);
        tensor.Name = name;
        Constants.Add(name, tensor);
        return name;
    }

    /// <summary>The axes in a node's attribute or, of newer reductions, in an input; null where they are not known.</summary>
    public long[]? AxesOf(NodeProto node) =>
        node.Integers("axes") is { } listed ? listed
        : node.OpType.StartsWith("Reduce", StringComparison.Ordinal) && node.Input.Count > 1 && Constants.TryGetValue(node.Input[1], out var given)
            ? Tensors.Integers(given)
        : null;

    /// <summary>The values that a node uses: its inputs, and values from outside that graphs inside the node use.</summary>
    public static IEnumerable<string> Uses(NodeProto node) => node.Input.Where(name => name.Length > 0).Concat(Inside(node).SelectMany(Captured));

    /// <summary>The graphs inside a node: branches, or the body of a loop.</summary>
    public static IEnumerable<GraphProto> Inside(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Append(attribute.G));

    /// <summary>The values that a graph inside a node has of its own: its inputs, tensors, and what its nodes compute.</summary>
    public static HashSet<string> Own(GraphProto graph) =>
        [.. graph.Input.Select(input => input.Name), .. graph.Initializer.Select(tensor => tensor.Name), .. graph.Node.SelectMany(node => node.Output)];

    private static IEnumerable<string> Captured(GraphProto graph)
    {
        var own = Own(graph);
        return graph.Node.SelectMany(Uses).Concat(graph.Output.Select(output => output.Name)).Where(name => !own.Contains(name));
    }
}
