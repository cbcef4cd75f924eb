using Google.Protobuf.Collections;
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

            var names = new Names(graph);
            var conditions = Conditions(graph, [.. fixedOnes.Select(node => node.Input[0]).Distinct()], inputs, threads);
            graph.Nodes = NodeOrder.Sort(
                graph,
                [.. graph.Nodes.SelectMany(node => fixedOnes.Contains(node) ? Branch(graph, node, conditions[node.Input[0]], names) : [node])]
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

    private static IEnumerable<NodeProto> Branch(Graph graph, NodeProto node, bool condition, Names names)
    {
        var branch =
            node.Attribute(condition ? "then_branch" : "else_branch")?.G
            ?? throw new InvalidInputException(graph.Subject, $"expected two branches in {node.Called()}");
        if (branch.Output.Count != node.Output.Count)
        {
            throw new InvalidInputException(graph.Subject, $"expected branches with {node.Output.Count} outputs in {node.Called()}, got {branch.Output.Count}");
        }

        names.MakeOwn(branch);
        foreach (var tensor in branch.Initializer)
        {
            graph.AddConstant(tensor, $"in a branch of {node.Called()}");
        }

        foreach (var inner in branch.Node)
        {
            if (inner.OpType == "Constant" && ConstantNode.Value(inner) is { } tensor)
            {
                tensor.Name = inner.Output[0];
                graph.AddConstant(tensor, $"in a branch of {node.Called()}");
            }
            else
            {
                yield return inner;
            }
        }

        for (var i = 0; i < node.Output.Count; i++)
        {
            var copy = new NodeProto { OpType = "Identity" };
            copy.Input.Add(branch.Output[i].Name);
            copy.Output.Add(node.Output[i]);
            yield return copy;
        }
    }

    /// <summary>
    /// Names of the values and nodes of a graph. Names need only differ where both are visible, so branches of two If nodes may use the same ones. Inlined,
    /// they see each other.
    /// </summary>
    private sealed class Names(Graph graph)
    {
        private readonly HashSet<string> _values =
        [
            .. graph.Constants.Keys,
            .. graph.Inputs.Select(input => input.Name),
            .. graph.Nodes.SelectMany(node => node.Output),
        ];

        private readonly HashSet<string> _nodes = [.. graph.Nodes.Select(node => node.Name)];

        /// <summary>Gives new names to what a branch calls by names that are taken; nodes lose theirs.</summary>
        public void MakeOwn(GraphProto branch)
        {
            var renamed = branch
                .Initializer.Select(tensor => tensor.Name)
                .Concat(branch.Node.SelectMany(node => node.Output))
                .Where(name => name.Length > 0 && !_values.Add(name))
                .Distinct()
                .ToDictionary(name => name, Fresh);
            if (renamed.Count > 0)
            {
                Rename(branch, renamed);
            }

            foreach (var node in branch.Node.Where(node => node.Name.Length > 0 && !_nodes.Add(node.Name)))
            {
                node.Name = "";
            }
        }

        private string Fresh(string name)
        {
            string fresh;
            do
            {
                fresh = graph.Fresh(name);
            } while (!_values.Add(fresh));
            return fresh;
        }

        private static void Rename(GraphProto within, Dictionary<string, string> names)
        {
            foreach (var tensor in within.Initializer)
            {
                tensor.Name = names.GetValueOrDefault(tensor.Name, tensor.Name);
            }

            foreach (var output in within.Output)
            {
                output.Name = names.GetValueOrDefault(output.Name, output.Name);
            }

            foreach (var node in within.Node)
            {
                Replace(node.Input);
                Replace(node.Output);
                foreach (var inner in Graph.Inside(node))
                {
                    // What a graph inside calls by the same name is its own.
                    var hidden = Graph.Own(inner);
                    Rename(inner, names.Where(pair => !hidden.Contains(pair.Key)).ToDictionary());
                }
            }

            void Replace(RepeatedField<string> values)
            {
                for (var i = 0; i < values.Count; i++)
                {
                    values[i] = names.GetValueOrDefault(values[i], values[i]);
                }
            }
        }
    }
}
