using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Onnx;

/// <summary>Runs graphs on given values.</summary>
internal static class Evaluation
{
    /// <summary>The values of some outputs that are real numbers.</summary>
    public static Dictionary<string, double[]> Run(Graph graph, IReadOnlyDictionary<string, TensorProto> given, IReadOnlyList<string> outputs)
    {
        using var session = Runtime.Load(GraphModel.Write(graph, graph.Nodes, graph.Inputs, outputs), graph.Subject, 1, optimise: false);
        var values = graph.Inputs.ConvertAll(input => Value(given[input.Name]));
        using var results = Runtime.Run(session, graph.Subject, [.. graph.Inputs.Select(input => input.Name)], values, outputs);
        var found = outputs.Zip(results).ToDictionary(pair => pair.First, pair => Reals(pair.Second));
        values.ForEach(value => value.Dispose());
        return found;
    }

    private static double[] Reals(OrtValue value) =>
        value.GetTensorTypeAndShape().ElementDataType switch
        {
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => [.. value.GetTensorDataAsSpan<float>().ToArray().Select(element => (double)element)],
            Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Double => value.GetTensorDataAsSpan<double>().ToArray(),
            _ => [],
        };

    /// <summary>A value for ONNX Runtime.</summary>
    public static OrtValue Value(TensorProto tensor)
    {
        var value = OrtValue.CreateAllocatedTensorValue(
            OrtAllocator.DefaultInstance,
            (Microsoft.ML.OnnxRuntime.Tensors.TensorElementType)tensor.DataType,
            [.. tensor.Dims]
        );
        if (Tensors.IsReal(tensor.DataType))
        {
            // Bytes as they are.
            var bytes = Tensors.FromReals((DataType)tensor.DataType, tensor.Dims, Tensors.Reals(tensor)).RawData.ToByteArray();
            bytes.CopyTo(value.GetTensorMutableRawData());
        }
        else
        {
            Tensors.Bytes(tensor).CopyTo(value.GetTensorMutableRawData());
        }

        return value;
    }
}
