using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Replaces each If node by its taken branch, if the condition does not depend on elements of inputs.</summary>
internal static class Branches
{
    private const int MostDepth = 32;

    /// <summary>Inlines branches in place, also nested ones.</summary>
    public static void Inline(Graph graph, Func<IReadOnlyList<OrtValue>> inputs, int threads)
    {
        for (var depth = 0; graph.Nodes.Exists(node => node.OpType == "If"); depth++)
        {
            var dependent = DataDependence.Find(graph, graph.Inputs.Select(input => input.Name));
            var fixedOnes = graph.Nodes.Where(node => node.OpType == "If" && !dependent.Contains(node.Input[0])).ToList();
            if (fixedOnes.Count == 0)
            {
                return;
            }

            if (depth == MostDepth)
            {
                throw new InvalidInputException(
                    graph.Subject,
                    $"expected branches within branches to a depth of {MostDepth}, got more in {fixedOnes[0].Called()}"
                );
            }

            var conditions = Conditions(graph, [.. fixedOnes.Select(node => node.Input[0]).Distinct()], inputs, threads);
            graph.Nodes = NodeOrder.Sort(
                graph,
                [.. graph.Nodes.SelectMany(node => fixedOnes.Contains(node) ? Branch(graph, node, conditions[node.Input[0]]) : [node])]
            );
        }
    }

    private static Dictionary<string, bool> Conditions(Graph graph, string[] names, Func<IReadOnlyList<OrtValue>> inputs, int threads)
    {
        var conditions = new Dictionary<string, bool>();
        foreach (var name in names.Where(graph.Constants.ContainsKey))
        {
            conditions[name] = Tensors.Integers(graph.Constants[name]) is [not 0, ..];
        }

        string[] computed = [.. names.Where(name => !graph.Constants.ContainsKey(name))];
        if (computed.Length > 0)
        {
            using var session = Runtime.Load(GraphModel.Write(graph, graph.Nodes, graph.Inputs, computed), graph.Subject, threads, optimise: true);
            var given = inputs();
            using var results = Runtime.Run(session, graph.Subject, [.. graph.Inputs.Select(input => input.Name)], given, computed);
            foreach (var (name, value) in computed.Zip(results))
            {
                conditions[name] = value.GetTensorDataAsSpan<bool>()[0];
            }

            foreach (var value in given)
            {
                value.Dispose();
            }
        }

        return conditions;
    }

    private static IEnumerable<NodeProto> Branch(Graph graph, NodeProto node, bool condition)
    {
        var branch =
            node.Attribute(condition ? "then_branch" : "else_branch")?.G
            ?? throw new InvalidInputException(graph.Subject, $"expected two branches in {node.Called()}");
        if (branch.Output.Count != node.Output.Count)
        {
            throw new InvalidInputException(graph.Subject, $"expected branches with {node.Output.Count} outputs in {node.Called()}, got {branch.Output.Count}");
        }

        foreach (var tensor in branch.Initializer)
        {
            graph.Constants[tensor.Name] = tensor;
        }

        foreach (var inner in branch.Node)
        {
            if (inner.OpType == "Constant" && ConstantNode.Value(inner) is { } tensor)
            {
                tensor.Name = inner.Output[0];
                graph.Constants[tensor.Name] = tensor;
            }
            else
            {
                yield return inner;
            }
        }

        for (var i = 0; i < node.Output.Count; i++)
        {
            var copy = new NodeProto { OpType = "Identity", Name = node.Name };
            copy.Input.Add(branch.Output[i].Name);
            copy.Output.Add(node.Output[i]);
            yield return copy;
        }
    }
}
