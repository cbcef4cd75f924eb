using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Counts the arithmetic of a mapping.</summary>
internal static class Arithmetic
{
    /// <summary>Multiply-adds of products for signal and noise, and of effective ranks.</summary>
    /// <param name="graph">The graph, without its derivative.</param>
    /// <param name="types">Types of its values.</param>
    /// <param name="places">Its places.</param>
    /// <param name="options">Which effective ranks are computed.</param>
    public static double Count(Graph graph, IReadOnlyDictionary<string, TensorType> types, IReadOnlyList<OnnxPlace> places, OnnxOptions options)
    {
        var products = graph.Nodes.Sum(node =>
            node.Output.Count == 0 || !types.TryGetValue(node.Output[0], out var output) ? 0 : output.Count * Summed(node, types)
        );
        var ranks = (options.ReffSignal ? 1 : 0) + (options.ReffNoise ? 1 : 0);
        return (2 * products) + (ranks * places.Sum(OfRank));
    }

    /// <summary>Number of products that are summed for an element of the output.</summary>
    private static double Summed(NodeProto node, IReadOnlyDictionary<string, TensorType> types)
    {
        long[] Shape(int input) => node.Input.Count > input && types.TryGetValue(node.Input[input], out var type) ? type.Shape ?? [] : [];
        return node.OpType switch
        {
            "Conv" => Shape(1).Skip(1).Aggregate(1.0, (product, length) => product * length),
            "ConvTranspose" => Shape(1) is [var inputs, _, ..] ? inputs : 1,
            "Gemm" => Shape(0) is [var rows, var columns]
                ? node.Integer("transA", 0) == 0
                    ? columns
                    : rows
                : 1,
            "MatMul" => Shape(0) is [.., var columns] ? columns : 1,
            _ => 0,
        };
    }

    /// <summary>Multiply-adds of a Gram matrix of channels over points, or of points over channels, whichever is smaller.</summary>
    private static double OfRank(OnnxPlace place)
    {
        double few = Math.Min(place.Points, place.Channels),
            many = Math.Max(place.Points, place.Channels);
        return few * few * many / 2;
    }
}
