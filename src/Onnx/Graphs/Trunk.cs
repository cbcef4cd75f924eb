namespace Wellbehaved.Onnx;

/// <summary>Finds the values on every path from the noise to the output.</summary>
internal static class Trunk
{
    /// <summary>Finds these values.</summary>
    /// <param name="graph">The graph, its nodes in order.</param>
    /// <param name="tangents">Values that noise reaches.</param>
    /// <param name="entries">The values at which noise enters.</param>
    public static HashSet<string> Find(Graph graph, IReadOnlyDictionary<string, string> tangents, IReadOnlyCollection<string> entries)
    {
        // The output that is computed last is the network's output; other outputs are intermediate results.
        var last = graph.Nodes.SelectMany(node => node.Output).LastOrDefault(output => tangents.ContainsKey(output) && graph.Outputs.Contains(output));
        if (last is null)
        {
            return [];
        }

        var leads = new HashSet<string> { last };
        for (var i = graph.Nodes.Count - 1; i >= 0; i--)
        {
            if (graph.Nodes[i].Output.Any(leads.Contains))
            {
                leads.UnionWith(Graph.Uses(graph.Nodes[i]).Where(tangents.ContainsKey));
            }
        }

        // Values are listed in the order in which they are computed; the reach of a value is the farthest value to which an edge leads from it.
        var names = graph.Inputs.Select(input => input.Name).Concat(graph.Nodes.SelectMany(node => node.Output)).Where(leads.Contains).Distinct();
        var order = names.Select((name, i) => (name, i)).ToDictionary(pair => pair.name, pair => pair.i);
        var reach = new int[order.Count];
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Output.Where(output => order.ContainsKey(output) && !entries.Contains(output)))
            {
                foreach (var input in Graph.Uses(node).Where(order.ContainsKey))
                {
                    reach[order[input]] = Math.Max(reach[order[input]], order[output]);
                }
            }
        }

        // A path avoids a value if and only if it has an edge from before the value to after it.
        var trunk = new HashSet<string>();
        var farthest = entries.Where(order.ContainsKey).Select(entry => order[entry]).DefaultIfEmpty(0).Max();
        foreach (var (name, i) in order.OrderBy(pair => pair.Value))
        {
            if (farthest <= i)
            {
                trunk.Add(name);
            }

            farthest = Math.Max(farthest, reach[i]);
        }

        return trunk;
    }
}
