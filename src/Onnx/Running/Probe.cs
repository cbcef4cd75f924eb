using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Finds types and shapes of all values of a graph, for inputs of known shapes.</summary>
/// <remarks>ONNX Runtime infers them. Shapes that it cannot infer are found by running the graph once with shapes as outputs.</remarks>
internal static class Probe
{
    /// <summary>
    /// Greatest number of nodes whose values are outputs at once: for each node ONNX Runtime searches all outputs, so its time grows with the square of their
    /// number.
    /// </summary>
    private const int MostNodes = 2048;

    /// <summary>Finds the type of each value: of constants, inputs and outputs of nodes.</summary>
    /// <param name="graph">The graph; its inputs have shapes.</param>
    /// <param name="inputs">Example inputs, for shapes that depend on their elements.</param>
    /// <param name="threads">Number of threads of an operator.</param>
    public static Dictionary<string, TensorType> Types(Graph graph, Func<IReadOnlyList<OrtValue>> inputs, int threads)
    {
        var types = graph.Constants.ToDictionary(pair => pair.Key, pair => new TensorType(pair.Value.DataType, [.. pair.Value.Dims]));
        foreach (var input in graph.Inputs)
        {
            types[input.Name] = new TensorType(input.Type.TensorType.ElemType, [.. input.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue)]);
        }

        var values = graph.Nodes.SelectMany(node => node.Output).Where(name => name.Length > 0).ToList();
        for (var first = 0; first < graph.Nodes.Count; )
        {
            // Only tensors can be inputs of a part. Where other values would have to be, the rest of the graph is run together with the nodes before it.
            var part = graph.Nodes.GetRange(first, Math.Min(MostNodes, graph.Nodes.Count - first));
            var given = part.Count == graph.Nodes.Count ? graph.Inputs : Given(graph, part, types);
            if (given is null)
            {
                (part, given) = (graph.Nodes, graph.Inputs);
            }

            Infer(graph, part, given, threads, types);
            first = part.Count == graph.Nodes.Count ? part.Count : first + part.Count;
        }

        AskForShapes(graph, inputs, threads, types, [.. values.Where(name => types[name] is { Element: not 0 })]);
        return types;
    }

    /// <summary>The inputs of a part of the nodes; null if some of them are not tensors.</summary>
    private static List<ValueInfoProto>? Given(Graph graph, List<NodeProto> part, Dictionary<string, TensorType> types)
    {
        var own = part.SelectMany(node => node.Output).ToHashSet();
        var names = part.SelectMany(Graph.Uses).Distinct().Where(name => !own.Contains(name) && !graph.Constants.ContainsKey(name)).ToList();
        return names.Exists(name => types[name].Element == 0) ? null : names.ConvertAll(name => Segments.Declared(name, Open(types[name])));
    }

    /// <summary>A shape without dimensions may also mean an unknown shape, so it is declared as unknown to a part that uses the value.</summary>
    private static TensorType Open(TensorType type) => type.Shape is [] ? type with { Shape = null } : type;

    private static void Infer(Graph graph, List<NodeProto> nodes, List<ValueInfoProto> given, int threads, Dictionary<string, TensorType> types)
    {
        using var session = Runtime.Load(
            GraphModel.Write(graph, nodes, given, nodes.SelectMany(node => node.Output).Where(name => name.Length > 0)),
            graph.Subject,
            threads,
            optimise: false
        );
        foreach (var (name, metadata) in session.OutputMetadata)
        {
            types[name] =
                metadata.OnnxValueType == OnnxValueType.ONNX_TYPE_TENSOR
                    ? new TensorType((int)metadata.ElementDataType, Known(metadata.Dimensions))
                    : new TensorType(0, null);
        }
    }

    private static long[]? Known(int[] dimensions) =>
        Array.Exists(dimensions, dimension => dimension < 0) ? null : Array.ConvertAll(dimensions, dimension => (long)dimension);

    private static void AskForShapes(Graph graph, Func<IReadOnlyList<OrtValue>> inputs, int threads, Dictionary<string, TensorType> types, List<string> values)
    {
        // A shape without dimensions may also mean an unknown shape.
        var unknown = values.Where(name => types[name].Shape is null or []).ToList();
        if (unknown.Count == 0)
        {
            return;
        }

        var names = unknown.ToDictionary(name => graph.Fresh("shape"), name => name);
        var asking = names.Select(pair =>
        {
            var node = new NodeProto { OpType = "Shape" };
            node.Input.Add(pair.Value);
            node.Output.Add(pair.Key);
            return node;
        });
        using var session = Runtime.Load(GraphModel.Write(graph, graph.Nodes.Concat(asking), graph.Inputs, names.Keys), graph.Subject, threads, optimise: true);
        var given = inputs();
        using var results = Runtime.Run(session, graph.Subject, [.. graph.Inputs.Select(input => input.Name)], given, [.. names.Keys]);
        foreach (var (result, name) in results.Zip(names.Values))
        {
            types[name] = types[name] with { Shape = result.GetTensorDataAsSpan<long>().ToArray() };
        }

        foreach (var value in given)
        {
            value.Dispose();
        }
    }
}

/// <summary>The type of a tensor's elements, as numbered by ONNX, and its shape; null where it is not known.</summary>
internal readonly record struct TensorType(int Element, long[]? Shape)
{
    private const long Immense = 1L << 41;

    /// <summary>Whether the values can have noise.</summary>
    public bool IsReal => Tensors.IsReal(Element);

    /// <summary>Number of elements; <see cref="Immense"/> for more than any memory holds, so that sums over values do not overflow.</summary>
    public long Count => Shape is null ? 0 : Tensors.Count(Shape) ?? Immense;

    /// <summary>Number of bytes in memory.</summary>
    public long Bytes => Count * Tensors.ElementBytes((DataType)Element);

    /// <summary>Whether another tensor has the same shape.</summary>
    public bool HasShapeOf(TensorType other) => Shape is not null && other.Shape is not null && Shape.AsSpan().SequenceEqual(other.Shape);
}
