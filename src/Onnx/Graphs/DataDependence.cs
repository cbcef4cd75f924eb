namespace Wellbehaved.Onnx;

/// <summary>Which values depend on the elements of others, and not on their shapes alone.</summary>
internal static class DataDependence
{
    /// <summary>The values that depend on some, and those themselves.</summary>
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
