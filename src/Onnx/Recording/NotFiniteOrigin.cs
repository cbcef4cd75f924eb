using System.Numerics;
using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Finds the node that computes the first number that is not finite.</summary>
/// <remarks>
/// There are only few places, and the nodes between them are run together. So those nodes of the segment that lead to the place are run again, with all their
/// results as outputs.
/// </remarks>
internal static class NotFiniteOrigin
{
    /// <summary>Finds the node.</summary>
    /// <param name="graph">The graph with its derivative.</param>
    /// <param name="segment">The segment that computes the place, or the last part of it.</param>
    /// <param name="value">The value at the place.</param>
    /// <param name="tangent">Its noise.</param>
    /// <param name="finite">Values that are known to be finite.</param>
    /// <param name="types">Types of the segment's inputs.</param>
    /// <param name="get">Provides the segment's inputs.</param>
    /// <param name="threads">Number of threads of an operator.</param>
    /// <returns>The name of the node in messages; null if none of these nodes computes a number that is not finite.</returns>
    public static string? Find(
        Graph graph,
        Segment segment,
        string value,
        string tangent,
        IReadOnlySet<string> finite,
        IReadOnlyDictionary<string, TensorType> types,
        Func<string, OrtValue> get,
        int threads
    )
    {
        var nodes = Leading(segment.Nodes, [value, tangent], finite);
        string[] outputs = [.. nodes.SelectMany(node => node.Output).Where(name => name.Length > 0)];
        if (outputs.Length == 0)
        {
            return null;
        }

        // Values that were finite are computed again from the inputs of the segment.
        var all = new Segment(segment.Nodes, segment.Inputs, outputs);
        HashSet<string> bad;
        try
        {
            using var session = Runtime.Load(Segments.Model(graph, all, types), graph.Subject, threads, optimise: false);
            using var results = Runtime.Run(session, graph.Subject, segment.Inputs, [.. segment.Inputs.Select(get)], outputs);
            bad = [.. outputs.Zip(results).Where(pair => IsNotFinite(pair.Second)).Select(pair => pair.First)];
        }
        catch (InvalidInputException)
        {
            // All values at once may take more memory than there is. Then only the place is named.
            return null;
        }

        // The search goes back from the place to a node with finite inputs. Infinities in a mask, which a softmax removes, are not an error.
        var source = nodes
            .SelectMany(node => node.Output.Where(name => name.Length > 0).Select(name => (name, node)))
            .ToDictionary(pair => pair.name, pair => pair.node);
        var at =
            bad.Contains(value) ? value
            : bad.Contains(tangent) ? tangent
            : null;
        for (var next = at; next is not null; at = next ?? at)
        {
            next = Graph.Uses(source[next]).Where(bad.Contains).OrderBy(graph.Differentiated.ContainsKey).FirstOrDefault();
        }

        return at is null ? null : Called(graph.Differentiated.GetValueOrDefault(at, source[at]));
    }

    private static string Called(NodeProto node) => $"'{(node.Name.Length > 0 ? node.Name : node.Output[0])}' ({node.OpType})";

    /// <summary>Nodes that compute some values from finite ones.</summary>
    private static List<NodeProto> Leading(IReadOnlyList<NodeProto> nodes, HashSet<string> wanted, IReadOnlySet<string> finite)
    {
        var leading = new List<NodeProto>();
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Output.Any(wanted.Contains))
            {
                leading.Add(nodes[i]);
                wanted.UnionWith(Graph.Uses(nodes[i]).Where(use => !finite.Contains(use)));
            }
        }

        leading.Reverse();
        return leading;
    }

    private static bool IsNotFinite(OrtValue value) =>
        value.IsTensor
        && (DataType)value.GetTensorTypeAndShape().ElementDataType switch
        {
            DataType.Float => IsNotFinite(value.GetTensorDataAsSpan<float>()),
            DataType.Double => IsNotFinite(value.GetTensorDataAsSpan<double>()),
            _ => false,
        };

    private static bool IsNotFinite<T>(ReadOnlySpan<T> elements)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var element in elements)
        {
            if (!T.IsFinite(element))
            {
                return true;
            }
        }

        return false;
    }
}
