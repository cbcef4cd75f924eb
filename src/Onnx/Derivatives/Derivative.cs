using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Writes the derivative of a graph as additional nodes of the same graph.</summary>
internal static class Derivative
{
    /// <summary>Operators whose derivative is zero wherever it exists: their output is a step function of the noise, or depends only on shapes.</summary>
    private static readonly HashSet<string> Flat = ["Shape", "Size", "ConstantOfShape", "EyeLike", "Sign", "Floor", "Ceil", "Round", "Hardmax", "Binarizer"];

    /// <summary>
    /// Operators of which not all inputs carry noise into the output, with those that do: of its second input CastLike takes the type alone, and OneHot is flat
    /// in what it selects by and linear in the two numbers that it selects.
    /// </summary>
    private static readonly Dictionary<string, int> OnlyCarrier = new() { ["CastLike"] = 0, ["OneHot"] = 2 };

    /// <summary>Operators that draw random numbers of their own, so that results would not be determined by the seed.</summary>
    private static readonly HashSet<string> Random = ["RandomNormal", "RandomUniform", "RandomNormalLike", "RandomUniformLike", "Bernoulli", "Multinomial"];

    /// <summary>Differentiates a graph.</summary>
    /// <param name="graph">The graph, with operators of version 13 or later.</param>
    /// <param name="types">Types of its values.</param>
    /// <param name="seeds">The tangents of some values, by name: of inputs, or of outputs of nodes.</param>
    /// <param name="options">Which mapping is differentiated.</param>
    /// <returns>The graph with the nodes of tangents, and the tangent of each value that has one.</returns>
    /// <exception cref="InvalidInputException">The derivative of an operator that noise reaches is not known.</exception>
    public static (Graph Graph, Dictionary<string, string> Tangents) Differentiate(
        Graph graph,
        IReadOnlyDictionary<string, TensorType> types,
        IReadOnlyDictionary<string, string> seeds,
        DerivativeOptions options
    )
    {
        var result = graph.WithNodes(graph.Nodes);
        var (nodes, tangents) = (new List<NodeProto>(), new Dictionary<string, string>(seeds));
        var used = graph.Nodes.SelectMany(Graph.Uses).Concat(graph.Outputs).ToHashSet();
        foreach (var original in graph.Nodes)
        {
            var node = original.Clone();
            if (FindRandom(node) is { } random)
            {
                throw new InvalidInputException(
                    graph.Subject,
                    $"expected a network without random operators, got {random.Called()}; export it in evaluation mode"
                );
            }

            if (node.OpType == "BatchNormalization")
            {
                BatchNormRule.RequireChannels(node, graph.Subject, types);
            }

            var written = new List<NodeProto>();
            var before = new List<NodeProto>();
            var isReached = Carriers(node).Any(tangents.ContainsKey);
            var isReal = node.Output.Any(name => types.TryGetValue(name, out var type) && (type.IsReal || type.Element == 0));
            var takesBatch = node.OpType == "BatchNormalization" && options.BatchNorm == OnnxBatchNorm.Batch;
            var centred = takesBatch ? BatchNormRule.TakeStatistics(node, new Emitter(result, before), types) : null;

            if (isReached && isReal)
            {
                var context = new RuleContext(result, node, new Emitter(result, written), types, tangents, options);
                if (!Rules.All.TryGetValue(node.OpType, out var rule))
                {
                    throw NotKnown(graph.Subject, node, "");
                }

                rule(context);
                if (original.Output.FirstOrDefault(output => used.Contains(output) && types[output].IsReal && !tangents.ContainsKey(output)) is { } left)
                {
                    throw NotKnown(graph.Subject, node, $"and whose output '{left}' is not used");
                }
            }

            if (centred is not null)
            {
                BatchNormRule.TakeCentred(node, centred, new Emitter(result, before), types[original.Input[0]]);
            }

            nodes.AddRange(before);
            nodes.Add(node);
            nodes.AddRange(written);
            foreach (var output in before.Concat(written).SelectMany(added => added.Output))
            {
                result.Differentiated[output] = node;
            }

            foreach (var output in node.Output.Where(seeds.ContainsKey))
            {
                tangents[output] = seeds[output];
            }
        }

        result.Nodes = nodes;
        return (result, tangents);
    }

    /// <summary>The random operator that a node is, or that a loop or a branch has inside; null where there is none.</summary>
    private static NodeProto? FindRandom(NodeProto node) =>
        Random.Contains(node.OpType) ? node : Graph.Inside(node).SelectMany(inner => inner.Node).Select(FindRandom).FirstOrDefault(found => found is not null);

    /// <summary>The values whose noise reaches the output of a node, if they have any.</summary>
    private static IEnumerable<string> Carriers(NodeProto node) =>
        Flat.Contains(node.OpType) ? []
        : OnlyCarrier.TryGetValue(node.OpType, out var only) ? [node.Input[only]]
        : Graph.Uses(node);

    /// <summary>The exception that the derivative of a node is not known.</summary>
    public static InvalidInputException NotKnown(string subject, NodeProto node, string expectation) =>
        new(subject, $"expected operators whose derivative is known{(expectation.Length > 0 ? $", {expectation}" : "")}, but noise reaches {node.Called()}");
}
