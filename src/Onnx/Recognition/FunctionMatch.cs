using Microsoft.ML.OnnxRuntime;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>
/// Recognises activations by their values: nodes that agree with a described function at many points are that function, whatever operators they consist of.
/// </summary>
/// <param name="graph">The graph of the nodes.</param>
internal sealed class FunctionMatch(Graph graph)
{
    private const int PointsOfGrid = 81;

    /// <summary>Tolerance for several operations in single precision on numbers up to <see cref="Magnitude"/>; relative to larger ones.</summary>
    private const double Tolerance = 2e-5;

    private const double Magnitude = 4;

    /// <summary>Where functions bend, and points far from there, at which a bounded one differs from one without bounds; exp is finite at all.</summary>
    private static readonly float[] Arguments =
    [
        .. Enumerable.Range(0, PointsOfGrid).Select(i => (i - (PointsOfGrid / 2)) * 0.1f),
        .. new[] { 5.3f, 6.5f, 10, 30, 80 }.SelectMany(magnitude => new[] { -magnitude, magnitude }),
    ];

    private static int Points => Arguments.Length;

    private static readonly Lazy<IReadOnlyList<(Function Function, float[] Values)>> Known = new(() =>
        [
            .. Enum.GetValues<FunctionKind>()
                .Where(kind => kind is not (FunctionKind.Linear or FunctionKind.LeakyRelu))
                .Select(kind => (new Function(kind), ValuesOf(new Function(kind)))),
        ]
    );

    private readonly Dictionary<string, Function?> _met = [];

    /// <summary>The function that nodes compute.</summary>
    /// <param name="nodes">The nodes, which are elementwise.</param>
    /// <param name="from">Their input value.</param>
    /// <param name="to">Their output value.</param>
    /// <returns>The function; null if it is not one that can be described.</returns>
    public Function? Recognise(IReadOnlyList<NodeProto> nodes, string from, string to)
    {
        // The same node of another value is the same function, and need not be run again.
        var key = nodes.Count == 1 ? $"{nodes[0].OpType} {nodes[0].Attribute} {string.Join(' ', nodes[0].Input.Select(i => i == from ? "x" : $"'{i}'"))}" : to;
        if (!_met.TryGetValue(key, out var function))
        {
            function = Match(nodes, from, to);
            _met.Add(key, function);
        }

        return function;
    }

    private static float[] ValuesOf(Function function)
    {
        var model = OnnxExport.Model(new Network("function", new Shape(1, 1, 1), [new Activation(function)]), 0, 0);
        return Values(model, "x", "y", [Points, 1, 1, 1]);
    }

    private static float[] Values(ModelProto model, string from, string to, long[] shape)
    {
        using var session = Runtime.Load(model, "function", threads: 1, optimise: false);
        using var argument = OrtValue.CreateTensorValueFromMemory(Arguments, shape);
        using var results = Runtime.Run(session, "function", [from], [argument], [to]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private Function? Match(IReadOnlyList<NodeProto> nodes, string from, string to)
    {
        float[] found;
        try
        {
            found = Values(GraphModel.Write(graph, nodes, [GraphModel.Input(from, (int)DataType.Float, [Points])], [to]), from, to, [Points]);
        }
        catch (InvalidInputException)
        {
            return null;
        }

        foreach (var (function, values) in Known.Value)
        {
            if (Agree(found, values))
            {
                return function;
            }
        }

        // The slope below zero follows from the value at -1.
        var slope = -found[(PointsOfGrid / 2) - 10];
        return Agree(found, [.. Arguments.Select(argument => argument > 0 ? argument : slope * argument)]) ? Function.LeakyRelu(slope) : null;
    }

    private static bool Agree(float[] found, float[] values) =>
        found.Length == values.Length
        && found.Zip(values).All(pair => Math.Abs(pair.First - pair.Second) <= Tolerance * Math.Max(1, Math.Abs(pair.Second) / Magnitude));
}
