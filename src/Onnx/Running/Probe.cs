using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Types and shapes of all values of a graph, for inputs of known shapes.</summary>
/// <remarks>ONNX Runtime infers them; what it cannot infer it is asked by running the graph once with shapes as outputs.</remarks>
internal static class Probe
{
    /// <summary>
    /// Nodes whose values are asked for at once: for each node ONNX Runtime looks through all outputs, so that the time grows with the square of their number.
    /// </summary>
    private const int MostNodes = 2048;

    /// <summary>Finds the type of each value: of constants, inputs and of what nodes compute.</summary>
    /// <param name="graph">The graph; its inputs have shapes.</param>
    /// <param name="inputs">Example inputs, for what depends on them.</param>
    /// <param name="threads">Threads of an operator.</param>
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
            // Only tensors can be given to a part: where others would have to be, all that is left is asked for with what came before.
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

    /// <summary>What a part of the nodes takes from before; null if there is something else than tensors in it.</summary>
    private static List<ValueInfoProto>? Given(Graph graph, List<NodeProto> part, Dictionary<string, TensorType> types)
    {
        var own = part.SelectMany(node => node.Output).ToHashSet();
        var names = part.SelectMany(Graph.Uses).Distinct().Where(name => !own.Contains(name) && !graph.Constants.ContainsKey(name)).ToList();
        return names.Exists(name => types[name].Element == 0) ? null : names.ConvertAll(name => Segments.Declared(name, Open(types[name])));
    }

    /// <summary>A shape of no dimensions may also stand for one that is not known: a part that takes such a value is told nothing of it.</summary>
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
        // A shape of no dimensions may also stand for one that is not known at all.
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

/// <summary>Type of the elements, as ONNX numbers them, and shape of a tensor; null where there is none.</summary>
internal readonly record struct TensorType(int Element, long[]? Shape)
{
    /// <summary>Whether noise can be carried.</summary>
    public bool IsReal => Tensors.IsReal(Element);

    /// <summary>Number of elements.</summary>
    public long Count => Shape is null ? 0 : Tensors.Count(Shape) ?? long.MaxValue;

    /// <summary>Bytes in memory.</summary>
    public long Bytes => Count * Tensors.ElementBytes((DataType)Element);

    /// <summary>Whether another tensor has the same shape.</summary>
    public bool HasShapeOf(TensorType other) => Shape is not null && other.Shape is not null && Shape.AsSpan().SequenceEqual(other.Shape);
}
