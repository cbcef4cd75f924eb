using System.Globalization;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>What a reader of results should know about a file.</summary>
internal static class OnnxRemarks
{
    /// <summary>Sentences about a graph.</summary>
    /// <param name="graph">The graph, without its derivative.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="entries">The values at which noise enters.</param>
    /// <param name="tangents">The tangent of each value that has one.</param>
    /// <param name="options">How it is run.</param>
    public static IReadOnlyList<string> Write(
        Graph graph,
        List<Parameter> parameters,
        IReadOnlyCollection<string> entries,
        IReadOnlyDictionary<string, string> tangents,
        OnnxOptions options
    )
    {
        var remarks = new List<string>();
        if (EndOfNoise(graph, parameters, entries, tangents) is var (end, silent))
        {
            remarks.Add($"Noise ends at {end.Called()}, whose derivative is zero. {silent.Called()}, which follows, is not looked at.");
        }

        // An instance norm that stands for the norm of groups has no scale of its own, and perhaps none after it.
        if (
            !parameters.Exists(parameter => parameter.Role == OnnxParameterRole.Scale)
            && !graph.Nodes.Exists(node => node.OpType == "InstanceNormalization")
            && graph.Nodes.Exists(node => node.OpType == "Conv")
        )
        {
            remarks.Add(
                "The file has convolutions and no normalisation. An exporter in evaluation mode folds batch normalisation into convolutions: "
                    + "PyTorch keeps it with training=torch.onnx.TrainingMode.PRESERVE."
            );
        }

        var norms = graph.Nodes.Where(node => node.OpType == "BatchNormalization").ToList();
        var idle = norms.Count(node => node.Input.Count == 5 && IsAll(graph, node.Input[3], 0) && IsAll(graph, node.Input[4], 1));
        if (options.BatchNorm == OnnxBatchNorm.Stored && idle > 0)
        {
            remarks.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{idle} of {norms.Count} batch normalisations store mean 0 and variance 1, as before any training: with stored statistics "
                        + $"they normalise nothing."
                )
            );
        }

        return remarks;
    }

    /// <summary>The first layer with weights that the signal reaches and the noise does not, and the last node before it at which noise ends.</summary>
    private static (NodeProto End, NodeProto Silent)? EndOfNoise(
        Graph graph,
        List<Parameter> parameters,
        IReadOnlyCollection<string> entries,
        IReadOnlyDictionary<string, string> tangents
    )
    {
        var weights = parameters.Where(parameter => parameter.Role == OnnxParameterRole.Weights).Select(parameter => parameter.Value).ToHashSet();
        var dependent = DataDependence.Find(graph, entries);
        var silent = graph.Nodes.FindIndex(node =>
            node.Input.Any(weights.Contains) && node.Input.Any(dependent.Contains) && !node.Output.Any(tangents.ContainsKey)
        );
        if (silent < 0)
        {
            return null;
        }

        var end = graph.Nodes.FindLastIndex(
            silent,
            node => node.Input.Any(tangents.ContainsKey) && node.Output.Any(dependent.Contains) && !node.Output.Any(tangents.ContainsKey)
        );
        return end < 0 ? null : (graph.Nodes[end], graph.Nodes[silent]);
    }

    private static bool IsAll(Graph graph, string name, double value)
    {
        while (!graph.Constants.ContainsKey(name))
        {
            if (graph.Nodes.Find(node => node.OpType == "Identity" && node.Output[0] == name) is not { } identity)
            {
                return false;
            }

            name = identity.Input[0];
        }

        return Array.TrueForAll(Tensors.Reals(graph.Constants[name]), element => element == value);
    }
}
