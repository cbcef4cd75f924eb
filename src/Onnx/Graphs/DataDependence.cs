using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Finds the values that depend on the elements of others, and not only on their shapes.</summary>
internal static class DataDependence
{
    /// <summary>Operators that pass on elements of their first input.</summary>
    private static readonly HashSet<string> OfFirst = ["Slice", "Split", "Expand", "Tile", "Pad", "Clip", "Compress", "ReverseSequence", "Mod"];

    /// <summary>The values that depend on the given ones, including the given ones.</summary>
    public static HashSet<string> Find(Graph graph, IEnumerable<string> values)
    {
        var dependent = new HashSet<string>(values);
        foreach (var node in graph.Nodes)
        {
            if (node.OpType is not ("Shape" or "Size") && Graph.Uses(node).Any(dependent.Contains))
            {
                dependent.UnionWith(node.Output.Where(output => output.Length > 0));
            }
        }

        return dependent;
    }

    /// <summary>
    /// The values whose elements are elements of the given ones: in another order, a choice of them, or what a table has for them. They are still tokens.
    /// Counts, comparisons and products are not: the position of a token may be a sum over a mask.
    /// </summary>
    public static HashSet<string> FindKept(Graph graph, IReadOnlyDictionary<string, TensorType> types, IReadOnlyCollection<string> values)
    {
        var (kept, dependent) = (new HashSet<string>(values), Find(graph, values));
        foreach (var node in graph.Nodes)
        {
            if (Passed(node, types, dependent).Any(kept.Contains))
            {
                kept.UnionWith(node.Output.Where(output => output.Length > 0));
            }
        }

        return kept;
    }

    /// <summary>The inputs of which a node passes on elements.</summary>
    private static IEnumerable<string> Passed(NodeProto node, IReadOnlyDictionary<string, TensorType> types, HashSet<string> dependent) =>
        node.OpType switch
        {
            // As truth values, they tell which tokens are 0.
            "Cast" when node.Integer("to", 0) == (long)DataType.Bool => [],
            "Where" => node.Input.Skip(1),
            "Concat" or "Gather" or "GatherElements" or "GatherND" or "Max" or "Min" => node.Input,
            "ScatterElements" or "ScatterND" => [node.Input[0], node.Input[2]],

            // Each field of a record may have its own stretch of one table: a constant for each token. A length that is added to positions has another shape.
            "Add" or "Sub" when node.Input.Count(dependent.Contains) == 1 => node.Input.Where(input => types[input].HasShapeOf(types[node.Output[0]])),
            var name when ParameterSearch.Views.Contains(name) || OfFirst.Contains(name) => node.Input.Take(1),
            _ => [],
        };
}
