using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Sorts nodes into the order in which they can run.</summary>
internal static class NodeOrder
{
    /// <summary>Sorts nodes so that each follows the nodes that compute its inputs, as close to the given order as possible.</summary>
    /// <exception cref="InvalidInputException">A value is computed twice or not at all, or nodes depend on each other in a circle.</exception>
    public static List<NodeProto> Sort(Graph graph, IReadOnlyList<NodeProto> nodes)
    {
        var known = graph.Constants.Keys.Concat(graph.Inputs.Select(input => input.Name)).ToHashSet();
        var source = new Dictionary<string, int>();
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var output in nodes[i].Output.Where(output => output.Length > 0))
            {
                if (known.Contains(output) || !source.TryAdd(output, i))
                {
                    throw new InvalidInputException(graph.Subject, $"expected each value to be computed once, got '{output}' again from {nodes[i].Called()}");
                }
            }
        }

        var (waiting, users) = (new int[nodes.Count], new List<int>[nodes.Count]);
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var use in Graph.Uses(nodes[i]).Distinct())
            {
                if (source.TryGetValue(use, out var from))
                {
                    (users[from] ??= []).Add(i);
                    waiting[i]++;
                }
                else if (!known.Contains(use))
                {
                    throw new InvalidInputException(
                        graph.Subject,
                        $"expected '{use}', which {nodes[i].Called()} takes, to be an input, a tensor or computed by a node"
                    );
                }
            }
        }

        if (graph.Outputs.FirstOrDefault(output => !source.ContainsKey(output) && !known.Contains(output)) is { } missing)
        {
            throw new InvalidInputException(graph.Subject, $"expected the output '{missing}' to be computed by a node");
        }

        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, nodes.Count).Where(i => waiting[i] == 0).Select(i => (i, i)));
        var sorted = new List<NodeProto>(nodes.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            sorted.Add(nodes[next]);
            foreach (var user in users[next] ?? [])
            {
                if (--waiting[user] == 0)
                {
                    ready.Enqueue(user, user);
                }
            }
        }

        return sorted.Count == nodes.Count
            ? sorted
            : throw new InvalidInputException(
                graph.Subject,
                $"expected a graph without cycles, but {nodes[Array.FindIndex(waiting, count => count > 0)].Called()} needs its own output"
            );
    }
}
