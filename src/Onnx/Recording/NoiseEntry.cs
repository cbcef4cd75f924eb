using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>A value at which noise enters: an input of real numbers, or an embedding of tokens.</summary>
/// <param name="Value">The value.</param>
/// <param name="Shape">Its shape.</param>
internal sealed record NoiseEntry(string Value, IReadOnlyList<long> Shape)
{
    /// <summary>Finds the entries of a graph.</summary>
    public static List<NoiseEntry> Find(Graph graph, IReadOnlyDictionary<string, TensorType> types)
    {
        var entries = graph
            .Inputs.Where(input => Tensors.IsReal(input.Type.TensorType.ElemType))
            .Select(input => input.Name)
            .Concat(
                Embeddings(graph, types, graph.Inputs.Where(input => !Tensors.IsReal(input.Type.TensorType.ElemType)).Select(input => input.Name))
                    .Select(node => node.Output[0])
            );
        return [.. entries.Select(name => new NoiseEntry(name, types[name].Shape!))];
    }

    /// <summary>Describes an input; its number of tokens is the number of rows of the smallest table from which it selects.</summary>
    public static OnnxInput Describe(Graph graph, ValueInfoProto input, IReadOnlyDictionary<string, TensorType> types)
    {
        var isReal = Tensors.IsReal(input.Type.TensorType.ElemType);
        var tables =
            isReal || (DataType)input.Type.TensorType.ElemType == DataType.Bool
                ? []
                : Embeddings(graph, types, [input.Name]).Select(node => (int)types[node.Input[0]].Shape![0]).ToList();
        return new OnnxInput(input.Name, types[input.Name].Shape!, isReal, tables.Count > 0 ? tables.Min() : null);
    }

    private static IEnumerable<NodeProto> Embeddings(Graph graph, IReadOnlyDictionary<string, TensorType> types, IEnumerable<string> inputs)
    {
        string[] given = [.. inputs];
        var (tokens, dependent) = (DataDependence.FindKept(graph, types, given), DataDependence.Find(graph, given));
        return graph.Nodes.Where(node => ParameterSearch.IsEmbedding(node, graph, types, tokens, dependent));
    }
}
