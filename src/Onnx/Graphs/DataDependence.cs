namespace Wellbehaved.Onnx;

/// <summary>Finds the values that depend on the elements of others, and not only on their shapes.</summary>
internal static class DataDependence
{
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
}
