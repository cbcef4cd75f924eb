using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>A segment of a graph, which is run at once.</summary>
/// <param name="Nodes">Its nodes.</param>
/// <param name="Inputs">Its input values.</param>
/// <param name="Outputs">Its output values: those that are recorded, and those that later segments use.</param>
internal sealed record Segment(IReadOnlyList<NodeProto> Nodes, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

/// <summary>Divides a graph into segments, so that only a few recorded values are in memory at once.</summary>
internal static class Segments
{
    /// <summary>
    /// Greatest number of recorded values in a segment: for each node ONNX Runtime searches all outputs, so the time to load grows with the square of
    /// their number.
    /// </summary>
    private const int MostRecorded = 512;

    /// <summary>Divides a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="recorded">Values that are recorded.</param>
    /// <param name="bytes">Size of a recorded value in bytes.</param>
    /// <param name="most">Number of bytes of recorded values at which a segment ends.</param>
    public static List<Segment> Cut(Graph graph, IReadOnlySet<string> recorded, Func<string, long> bytes, long most)
    {
        var nodes = Needed(graph.Nodes, recorded);
        var parts = new List<List<NodeProto>> { new() };
        var (size, count) = (0L, 0);
        foreach (var node in nodes)
        {
            var more = node.Output.Where(recorded.Contains).Sum(bytes);
            if (size > 0 && more > 0 && (size + more > most || count >= MostRecorded))
            {
                parts.Add([]);
                (size, count) = (0, 0);
            }

            parts[^1].Add(node);
            size += more;
            count += node.Output.Count(recorded.Contains);
        }

        // The values that later segments use are found from the last segment backward.
        var segments = new List<Segment>();
        var usedLater = new HashSet<string>();
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            var own = parts[i].SelectMany(node => node.Output).Where(name => name.Length > 0).ToHashSet();
            var used = parts[i].SelectMany(Graph.Uses).Distinct().Where(name => !own.Contains(name) && !graph.Constants.ContainsKey(name)).ToList();
            segments.Add(new Segment(parts[i], used, [.. own.Where(name => recorded.Contains(name) || usedLater.Contains(name))]));
            usedLater.UnionWith(used);
        }

        segments.Reverse();
        return segments;
    }

    /// <summary>Types of the values that are passed from one segment to another.</summary>
    public static Dictionary<string, TensorType> CrossingTypes(
        Graph graph,
        IReadOnlyList<Segment> segments,
        IReadOnlyDictionary<string, TensorType> known,
        int threads
    )
    {
        var given = graph.Inputs.Select(input => input.Name).ToHashSet();
        var types = new Dictionary<string, TensorType>();
        string[] crossing = [.. segments.SelectMany(segment => segment.Inputs).Distinct().Where(name => !given.Contains(name))];
        string[] unknown = [.. crossing.Where(name => !known.ContainsKey(name))];
        foreach (var name in crossing.Where(known.ContainsKey))
        {
            types[name] = known[name];
        }

        if (unknown.Length > 0)
        {
            using var session = Runtime.Load(
                GraphModel.Write(graph, segments.SelectMany(segment => segment.Nodes), graph.Inputs, unknown),
                graph.Subject,
                threads,
                optimise: false
            );
            foreach (var (name, metadata) in session.OutputMetadata)
            {
                types[name] = new TensorType((int)metadata.ElementDataType, null);
            }
        }

        foreach (var input in graph.Inputs)
        {
            types[input.Name] = new TensorType(input.Type.TensorType.ElemType, [.. input.Type.TensorType.Shape.Dim.Select(dimension => dimension.DimValue)]);
        }

        return types;
    }

    /// <summary>The model of a segment.</summary>
    public static ModelProto Model(Graph graph, Segment segment, IReadOnlyDictionary<string, TensorType> types)
    {
        return GraphModel.Write(graph, segment.Nodes, segment.Inputs.Select(name => Declared(name, types[name])), segment.Outputs);
    }

    /// <summary>The declaration of an input value; an unknown shape is left open.</summary>
    public static ValueInfoProto Declared(string name, TensorType type) =>
        type.Shape is { } shape
            ? GraphModel.Input(name, type.Element, shape)
            : new ValueInfoProto
            {
                Name = name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type.Element } },
            };

    /// <summary>The nodes on which recorded values depend, in order.</summary>
    private static List<NodeProto> Needed(List<NodeProto> nodes, IReadOnlySet<string> recorded)
    {
        var needed = new HashSet<string>(recorded);
        var kept = new List<NodeProto>();
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (nodes[i].Output.Any(needed.Contains))
            {
                kept.Add(nodes[i]);
                needed.UnionWith(Graph.Uses(nodes[i]));
            }
        }

        kept.Reverse();
        return kept;
    }
}
