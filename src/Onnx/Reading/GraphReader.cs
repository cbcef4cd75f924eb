using System.Globalization;
using Google.Protobuf.Collections;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Checks a model and converts its graph to the form that all other code uses.</summary>
internal static class GraphReader
{
    /// <summary>The oldest supported version of operators; before version 7 binary operators were broadcast in another way.</summary>
    public const int OldestOpset = 7;

    /// <summary>The newest version that the installed ONNX Runtime supports.</summary>
    public const int NewestOpset = 26;

    private const int MostNodes = 1_000_000;

    /// <summary>ONNX Runtime is given a model in one piece of at most 2 GiB, of which the nodes and their derivative take a small part.</summary>
    private const double MostBytes = 2e9;

    /// <summary>Reads the graph of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Its file.</param>
    /// <exception cref="InvalidInputException">It is not a model that can be run; the message names the node or tensor.</exception>
    public static Graph Read(ModelProto model, string path)
    {
        var graph = new Graph { Opset = Opset(model, path), Subject = path };
        RefuseFunctions(model, path);
        CheckOperators(model.Graph.Node, path);
        CheckSize(model.Graph, path);
        LoadInside(model.Graph.Node, path);
        foreach (var tensor in model.Graph.Initializer)
        {
            AddConstant(graph, tensor.Name, tensor);
        }

        if (model.Graph.SparseInitializer.Count > 0)
        {
            throw new InvalidInputException(path, $"expected dense tensors, got the sparse tensor '{model.Graph.SparseInitializer[0].Values?.Name}'");
        }

        // Until version 3 of the format, each initializer was also listed as an input.
        graph.Inputs.AddRange(model.Graph.Input.Where(input => !graph.Constants.ContainsKey(input.Name)));
        graph.Outputs.AddRange(model.Graph.Output.Select(output => output.Name));
        if (graph.Inputs.FirstOrDefault(input => input.Type?.TensorType is null) is { } other)
        {
            throw new InvalidInputException(path, $"expected tensors as inputs, got '{other.Name}' of another kind");
        }

        var (nodes, names) = (new List<NodeProto>(), new HashSet<string>());
        foreach (var node in model.Graph.Node)
        {
            // ONNX Runtime requires that names of nodes differ; ONNX does not.
            node.Name = names.Add(node.Name) ? node.Name : "";
            if (node.OpType == "Constant")
            {
                AddConstant(
                    graph,
                    node.Output.FirstOrDefault(""),
                    ConstantNode.Value(node) ?? throw new InvalidInputException(path, $"expected a dense tensor or numbers in {node.Called()}")
                );
            }
            else
            {
                nodes.Add(node);
            }
        }

        if (nodes.Count == 0)
        {
            throw new InvalidInputException(path, "expected a graph with nodes, got one that computes nothing");
        }

        graph.Nodes = NodeOrder.Sort(graph, nodes);
        return graph;
    }

    private static int Opset(ModelProto model, string path)
    {
        if (
            model.OpsetImport.FirstOrDefault(import => import.Domain is not ("" or "ai.onnx")) is { } custom
            && model.Graph.Node.FirstOrDefault(node => node.Domain == custom.Domain) is { } user
        )
        {
            throw Custom(user, path);
        }

        var version = model.OpsetImport.Where(import => import.Domain is "" or "ai.onnx").Select(import => import.Version).DefaultIfEmpty(1).Max();
        return version is >= OldestOpset and <= NewestOpset
            ? (int)version
            : throw new InvalidInputException(
                path,
                $"expected operators of a version from {OldestOpset} to {NewestOpset} (opset), got {version}; "
                    + $"{(version > NewestOpset ? "export it with an older one" : "export it with a newer one")}"
            );
    }

    private static void CheckOperators(RepeatedField<NodeProto> nodes, string path)
    {
        if (nodes.Count > MostNodes)
        {
            throw new InvalidInputException(path, $"expected at most {MostNodes} nodes, got {nodes.Count}");
        }

        foreach (var node in nodes)
        {
            if (node.Domain is not ("" or "ai.onnx"))
            {
                throw Custom(node, path);
            }

            NodeArity.RequireWhole(node, path);
            foreach (var inner in Graph.Inside(node))
            {
                CheckOperators(inner.Node, path);
            }
        }
    }

    /// <summary>Refuses local functions in ONNX's own domain: a node of one would be taken for an operator of ONNX.</summary>
    private static void RefuseFunctions(ModelProto model, string path)
    {
        if (model.Functions.FirstOrDefault(function => function.Domain is "" or "ai.onnx") is { } function)
        {
            throw new InvalidInputException(
                path,
                $"expected operators of ONNX, got the local function '{function.Name}' in ONNX's own domain: custom operators and local functions are not run"
            );
        }
    }

    /// <summary>Refuses tensors that take more than ONNX Runtime can be given, before any of them is read.</summary>
    private static void CheckSize(GraphProto graph, string path)
    {
        if (Bytes(graph) is var bytes and > MostBytes)
        {
            throw new InvalidInputException(
                path,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"expected tensors of at most {MostBytes / 1e9:F2} GB in all, the most that ONNX Runtime takes, got {bytes / 1e9:F2} GB"
                )
            );
        }
    }

    /// <summary>
    /// Bytes of all tensors of a graph as they are run, where half precision is single precision. A shape that memory cannot hold counts as nothing here, and
    /// is refused with the name of its tensor.
    /// </summary>
    private static double Bytes(GraphProto graph) =>
        graph.Initializer.Sum(Bytes)
        + graph.Node.Sum(node =>
            node.Attribute.Where(attribute => attribute.T is not null).Sum(attribute => Bytes(attribute.T)) + Graph.Inside(node).Sum(Bytes)
        );

    private static double Bytes(TensorProto tensor)
    {
        var width = Tensors.ElementBytes((DataType)tensor.DataType);
        return (double)(Tensors.Count(tensor.Dims) ?? 0) * (Tensors.IsReal(tensor.DataType) ? Math.Max(sizeof(float), width) : width);
    }

    /// <summary>Loads the tensors of nodes, and of graphs inside nodes.</summary>
    private static void LoadInside(RepeatedField<NodeProto> nodes, string path)
    {
        foreach (var node in nodes)
        {
            foreach (var inner in Graph.Inside(node))
            {
                LoadInside(inner.Node, path);
                foreach (var tensor in inner.Initializer)
                {
                    LoadWhole(path, tensor.Name, tensor);
                }
            }

            // A tensor inside a node has no name of its own.
            foreach (var attribute in node.Attribute.Where(attribute => attribute.T is not null))
            {
                LoadWhole(path, node.Output.FirstOrDefault(""), attribute.T);
            }
        }
    }

    private static InvalidInputException Custom(NodeProto node, string path) =>
        new(path, $"expected operators of ONNX, got {node.Called()} of the domain '{node.Domain}': custom operators and local functions are not run");

    private static void AddConstant(Graph graph, string name, TensorProto tensor)
    {
        LoadWhole(graph.Subject, name, tensor);

        // A tensor inside a node has no name of its own.
        tensor.Name = name;
        graph.AddConstant(tensor);
    }

    /// <summary>Loads a tensor whose elements are in another file, and checks that it has as many as its shape says.</summary>
    private static void LoadWhole(string path, string name, TensorProto tensor)
    {
        var width = Tensors.ElementBytes((DataType)tensor.DataType);
        if (Tensors.Count(tensor.Dims) is not { } count)
        {
            throw new InvalidInputException(path, $"expected a tensor that memory can hold, got '{name}' of shape [{string.Join(", ", tensor.Dims)}]");
        }

        if (tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            ExternalData.Load(
                path,
                tensor,
                width > 0 ? count * width : throw new InvalidInputException(path, $"expected numbers in tensor '{name}', got type {tensor.DataType}")
            );
        }

        var found =
            !tensor.RawData.IsEmpty && width > 0
                ? tensor.RawData.Length / (double)width
                : tensor.FloatData.Count
                    + tensor.DoubleData.Count
                    + tensor.Int32Data.Count
                    + tensor.Int64Data.Count
                    + tensor.Uint64Data.Count
                    + tensor.StringData.Count;
        if (width > 0 && found != count)
        {
            throw new InvalidInputException(path, $"expected {count} elements in tensor '{name}' of shape [{string.Join(", ", tensor.Dims)}], got {found}");
        }
    }
}
