using System.Globalization;

namespace Wellbehaved.Onnx;

/// <summary>What a reader of results should know about a file.</summary>
internal static class OnnxRemarks
{
    /// <summary>Sentences about a graph.</summary>
    public static IReadOnlyList<string> Write(Graph graph, List<Parameter> parameters, OnnxOptions options)
    {
        var remarks = new List<string>();
        if (!parameters.Exists(parameter => parameter.Role == OnnxParameterRole.Scale) && graph.Nodes.Exists(node => node.OpType == "Conv"))
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
