using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>A stretch of a graph that runs at once.</summary>
/// <param name="Nodes">Its nodes.</param>
/// <param name="Inputs">Values that it takes.</param>
/// <param name="Outputs">Values that it gives: those that are recorded, and those that later stretches take.</param>
internal sealed record Segment(IReadOnlyList<NodeProto> Nodes, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs);

/// <summary>Cuts a graph into stretches, so that no more than a few recorded values are in memory at once.</summary>
internal static class Segments
{
    /// <summary>
    /// Recorded values above which a stretch ends: for each node ONNX Runtime looks through all outputs, so that the time to load grows with the square of
    /// their number.
    /// </summary>
    private const int MostRecorded = 512;

    /// <summary>Cuts.</summary>
    /// <param name="graph">The graph; what is given at each run are its inputs.</param>
    /// <param name="recorded">Values that are recorded.</param>
    /// <param name="bytes">How large a recorded value is.</param>
    /// <param name="most">Bytes of recorded values above which a stretch ends.</param>
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

        // What later stretches use.
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

    /// <summary>Types of the elements of values that pass from one stretch to another.</summary>
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

    /// <summary>The model of a stretch.</summary>
    public static ModelProto Model(Graph graph, Segment segment, IReadOnlyDictionary<string, TensorType> types)
    {
        return GraphModel.Write(graph, segment.Nodes, segment.Inputs.Select(name => Declared(name, types[name])), segment.Outputs);
    }

    /// <summary>The declaration of a value that is given; its shape is left open where it is not known.</summary>
    public static ValueInfoProto Declared(string name, TensorType type) =>
        type.Shape is { } shape
            ? GraphModel.Input(name, type.Element, shape)
            : new ValueInfoProto
            {
                Name = name,
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = type.Element } },
            };

    /// <summary>The nodes that recorded values need, in order.</summary>
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
