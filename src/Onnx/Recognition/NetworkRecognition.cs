using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Finds the described layers that a graph is composed of, so that theory can predict its moments.</summary>
internal sealed class NetworkRecognition
{
    /// <summary>Elementwise operators.</summary>
    private static readonly HashSet<string> Elementwise =
    [
        "Relu",
        "LeakyRelu",
        "Elu",
        "Selu",
        "Celu",
        "Tanh",
        "Erf",
        "Sin",
        "Cos",
        "Abs",
        "Sigmoid",
        "HardSigmoid",
        "HardSwish",
        "Softplus",
        "Softsign",
        "Gelu",
        "Mish",
        "Swish",
        "Clip",
        "Mul",
        "Div",
        "Add",
        "Sub",
        "Pow",
        "Exp",
        "Log",
        "Neg",
        "Max",
        "Min",
        "Identity",
    ];

    private readonly Graph _graph;
    private readonly IReadOnlyDictionary<string, string> _tangents;
    private readonly LayerMatch _layers;
    private readonly FunctionMatch _functions;
    private readonly Dictionary<string, NodeProto> _source = [];
    private readonly Dictionary<string, int> _order = [];
    private readonly Dictionary<string, List<int>> _users = [];
    private readonly Dictionary<string, HashSet<string>> _leadingTo = [];
    private string _at = "";

    private NetworkRecognition(Graph graph, IReadOnlyDictionary<string, string> tangents, LayerMatch layers)
    {
        (_graph, _tangents, _layers, _functions) = (graph, tangents, layers, new FunctionMatch(graph));
        foreach (var value in graph.Inputs.Select(input => input.Name))
        {
            _order[value] = _order.Count;
        }

        foreach (var (i, node) in graph.Nodes.Index())
        {
            foreach (var output in node.Output)
            {
                _source[output] = node;
                _order.TryAdd(output, _order.Count);
            }

            foreach (var use in Graph.Uses(node).Distinct())
            {
                (_users.TryGetValue(use, out var users) ? users : _users[use] = []).Add(i);
            }
        }
    }

    /// <summary>Finds the layers.</summary>
    /// <param name="graph">The graph, without its derivative.</param>
    /// <param name="types">Types of its values.</param>
    /// <param name="tangents">The tangent of each value that has one.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="entries">The values at which noise enters.</param>
    /// <param name="places">Numbers of its places, by the value there.</param>
    /// <param name="batchNorm">Which statistics batch norm uses.</param>
    /// <returns>The description, or the reason why there is none.</returns>
    public static OnnxComposition Recognise(
        Graph graph,
        IReadOnlyDictionary<string, TensorType> types,
        IReadOnlyDictionary<string, string> tangents,
        IReadOnlyList<Parameter> parameters,
        IReadOnlyList<string> entries,
        IReadOnlyDictionary<string, int> places,
        OnnxBatchNorm batchNorm
    )
    {
        var layers = new LayerMatch(graph, types, parameters, batchNorm);
        try
        {
            if (entries is not [var entry] || graph.Inputs.All(input => input.Name != entry))
            {
                throw new NotComposedException("noise enters at several inputs, or after an embedding");
            }

            var output = graph.Outputs.LastOrDefault(tangents.ContainsKey) ?? throw new NotComposedException("noise reaches no output");
            var recognised = new NetworkRecognition(graph, tangents, layers).Stack(entry, output);
            var network = new Network("onnx", layers.ShapeOf(entry), RecognisedLayer.LayersOf(recognised));
            var values = RecognisedLayer.ValuesAtPlaces(network, recognised);
            return values.Count == network.Places.Count
                ? new OnnxComposition(NetworkText.Write(network), [.. values.Select(value => places.GetValueOrDefault(value, -1))], null, [.. layers.Remarks])
                : throw new NotComposedException($"{values.Count} places were found of {network.Places.Count}");
        }
        catch (Exception reason) when (reason is NotComposedException or InvalidNetworkException)
        {
            return new OnnxComposition(null, [], reason.Message, []);
        }
    }

    /// <summary>The layers between two values.</summary>
    private List<RecognisedLayer> Stack(string from, string to)
    {
        var found = new List<RecognisedLayer>();
        for (_at = from; _at != to; )
        {
            var value = _at;
            var users = Users(value, to);
            if (users.Count == 0)
            {
                throw new NotComposedException($"'{value}' leads nowhere");
            }

            var layer = users.Count == 1 && users[0].Input.Count(input => input == value) == 1 ? Single(users[0], value, to) : Fork(value, to);
            if (layer is not null)
            {
                found.Add(layer);
                _at = layer.After;
                if (layer.Layer is not Residual && layer.Layer.OutputOf(_layers.ShapeOf(value)) is var shape && shape != _layers.ShapeOf(_at))
                {
                    throw new NotComposedException($"the shape of '{_at}' is not the output shape of the layer {layer.Layer.Word}");
                }
            }
        }

        return found;
    }

    /// <summary>Nodes that use a value, on the way to another value.</summary>
    private List<NodeProto> Users(string value, string to)
    {
        if (!_leadingTo.TryGetValue(to, out var leading))
        {
            leading = [to];
            for (var i = _graph.Nodes.Count - 1; i >= 0; i--)
            {
                if (_graph.Nodes[i].Output.Any(leading.Contains))
                {
                    leading.UnionWith(Graph.Uses(_graph.Nodes[i]).Where(_tangents.ContainsKey));
                }
            }

            _leadingTo.Add(to, leading);
        }

        return
        [
            .. _users
                .GetValueOrDefault(value, [])
                .Select(i => _graph.Nodes[i])
                .Where(node => node.Output.Any(leading.Contains) && node.Output.Any(_tangents.ContainsKey)),
        ];
    }

    /// <summary>A layer whose input has one user; null for a node that changes nothing, which the walk skips.</summary>
    private RecognisedLayer? Single(NodeProto node, string value, string to)
    {
        var output = node.Output[0];
        switch (node.OpType)
        {
            case "Conv" when node.Input[0] == value:
                return new(_layers.Convolution(node, _layers.ShapeOf(value), null), value, output);
            case "Gather" when node.Integer("axis", 0) == 2 && node.Input[0] == value:
                return Surrounded(node, value, to);
            case "Gemm" or "MatMul" when node.Input[0] == value:
                return Product(node, value, to);
            case "BatchNormalization" or "LayerNormalization" or "InstanceNormalization" or "GroupNormalization" when node.Input[0] == value:
                return new(_layers.Norm(node), value, output);
            case "MaxPool" or "AveragePool":
                return new(LayerMatch.Pooling(node), value, output);
            case "GlobalAveragePool":
                return new(new GlobalAveragePool(), value, output);
            case "ReduceMean" when _layers.IsOver(node, 2, 3):
                return new(new GlobalAveragePool(), value, output);
            case "Dropout" or "Identity" or "Cast":
                _at = output;
                return null;
            case "Transpose" or "Reshape" or "Flatten" or "Squeeze" or "Unsqueeze":
                return Flattened(node, value, to);
            case "Mul" or "Div" or "Add" or "Sub" when Constant(node, value) is { } layer:
                return layer.Layer is Scaling { Factor: 1 } ? Go(output) : layer;
            default:
                return Elementwise.Contains(node.OpType) && _functions.Recognise([node], value, output) is { } function
                    ? new(new Activation(function), value, output)
                    : throw LayerMatch.Not(node, "theory does not know such a layer");
        }
    }

    private RecognisedLayer? Go(string value)
    {
        _at = value;
        return null;
    }

    /// <summary>A constant factor. A scale of 1 and a shift of 0 in a normalisation of several nodes count as the factor 1.</summary>
    private RecognisedLayer? Constant(NodeProto node, string value)
    {
        var other = node.Input.FirstOrDefault(input => input != value) ?? "";
        var factor = node.OpType switch
        {
            "Mul" => _layers.NumberOf(other) ?? (_layers.IsParameter(other, OnnxParameterRole.Scale) ? _layers.ConstantOf(node, other) : null),
            "Div" when node.Input[0] == value => 1 / _layers.NumberOf(other),
            "Add" when _layers.IsParameter(other, OnnxParameterRole.Shift) => _layers.ConstantOf(node, other) == 0
                ? 1
                : throw LayerMatch.Not(node, "its shift is not 0"),
            _ => (double?)null,
        };
        return factor is { } number ? new(new Scaling(number), value, node.Output[0]) : null;
    }

    private RecognisedLayer Product(NodeProto node, string value, string to)
    {
        var dense = _layers.Dense(node);
        return
            Users(node.Output[0], to) is [{ OpType: "Add" } add]
            && node.OpType == "MatMul"
            && add.Input.FirstOrDefault(input => input != node.Output[0]) is { } bias
            && _layers.IsParameter(bias, OnnxParameterRole.Bias)
            ? new(_layers.WithBiases(dense, add, bias), value, add.Output[0])
            : new(dense, value, node.Output[0]);
    }

    /// <summary>A convolution of images that preceding nodes have padded periodically.</summary>
    private RecognisedLayer Surrounded(NodeProto rows, string value, string to)
    {
        if (
            Users(rows.Output[0], to) is not [{ OpType: "Gather" } columns]
            || columns.Integer("axis", 0) != 3
            || Users(columns.Output[0], to) is not [{ OpType: "Conv" } convolution]
            || !_graph.Constants.TryGetValue(rows.Input[1], out var ofRows)
            || !_graph.Constants.TryGetValue(columns.Input[1], out var ofColumns)
        )
        {
            throw LayerMatch.Not(rows, "it selects rows of a table");
        }

        return new(
            _layers.Convolution(convolution, _layers.ShapeOf(value), (Tensors.Integers(ofRows)!, Tensors.Integers(ofColumns)!)),
            value,
            convolution.Output[0]
        );
    }

    /// <summary>A change of shape that moves an image into one position, or that changes nothing.</summary>
    private RecognisedLayer? Flattened(NodeProto node, string value, string to)
    {
        var last = node.OpType == "Transpose" && Users(node.Output[0], to) is [{ OpType: "Reshape" or "Flatten" } next] ? next : node;
        var (before, after) = (_layers.ShapeOf(value), _layers.ShapeOf(last.Output[0]));
        return after == before && last == node && node.OpType != "Transpose" ? Go(last.Output[0])
            : after == new Shape(1, 1, checked((int)before.Features)) ? new(new Flatten(), value, last.Output[0])
            : throw LayerMatch.Not(node, "it changes the shape, but not to a single point");
    }

    /// <summary>A layer that consists of several nodes: an activation, a norm, or a residual sum.</summary>
    private RecognisedLayer? Fork(string value, string to)
    {
        var (merged, nodes) = Region(value, to);
        var node = _source[merged];
        if (nodes.TrueForAll(IsElementwise))
        {
            // Constant factors may follow, as in half of x(1 + erf).
            for (var (end, region) = (merged, new List<NodeProto>(nodes)); ; )
            {
                if (_functions.Recognise(region, value, end) is { } function)
                {
                    return new(new Activation(function), value, end);
                }

                if (
                    end == to
                    || region.Count > nodes.Count + 1
                    || Users(end, to) is not [var next]
                    || !IsElementwise(next)
                    || next.Input.Count(_tangents.ContainsKey) != 1
                )
                {
                    break;
                }

                region.Add(next);
                end = next.Output[0];
            }
        }

        return merged != to && IsCentred(nodes, value) && Region(merged, to) is var (ending, after) && Epsilon(after, merged) is { } ofVariance
                ? new(new LayerNorm { Epsilon = ofVariance }, value, ending)
            : Epsilon(nodes, value) is { } ofSquares ? new(new RmsNorm { Epsilon = ofSquares }, value, merged)
            : node.OpType is "Add" && node.Input.Count(_tangents.ContainsKey) == 2 ? Sum(node, value)
            : throw LayerMatch.Not(node, "it joins paths, but is not a residual sum");
    }

    /// <summary>Whether two nodes give x minus its mean over channels.</summary>
    private bool IsCentred(List<NodeProto> nodes, string x) =>
        nodes is [{ OpType: "ReduceMean" } mean, { OpType: "Sub" } difference]
        && IsMean(mean, x)
        && difference.Input[0] == x
        && difference.Input[1] == mean.Output[0];

    /// <summary>
    /// The ε of x/√(mean of x² + ε), if five nodes are just that; otherwise null. With another power, or ε added to the root, they are
    /// another function.
    /// </summary>
    private double? Epsilon(List<NodeProto> nodes, string x)
    {
        if (
            nodes is not [var square, { OpType: "ReduceMean" } mean, { OpType: "Add" } sum, { OpType: "Sqrt" } root, { OpType: "Div" } quotient]
            || !(
                square.OpType == "Pow"
                    ? square.Input[0] == x && _layers.NumberOf(square.Input[1]) == 2
                    : square.OpType == "Mul" && square.Input.All(input => input == x)
            )
            || !IsMean(mean, square.Output[0])
            || !sum.Input.Contains(mean.Output[0])
            || root.Input[0] != sum.Output[0]
            || quotient.Input[0] != x
            || quotient.Input[1] != root.Output[0]
        )
        {
            return null;
        }

        return _layers.NumberOf(sum.Input.FirstOrDefault(input => input != mean.Output[0]) ?? "") is { } epsilon ? LayerMatch.Decimal(epsilon) : null;
    }

    /// <summary>Whether a node is the mean of a value over the channels of each point.</summary>
    /// <exception cref="NotComposedException">It is a mean over other axes.</exception>
    private bool IsMean(NodeProto node, string value) =>
        node.Input[0] == value
        && (_layers.IsOver(node, 1) && node.Integer("keepdims", 1) != 0 ? true : throw LayerMatch.Not(node, "it is a mean over other axes than channels"));

    private RecognisedLayer Sum(NodeProto node, string value)
    {
        var (first, second) = (Path(value, node.Input[0]), Path(value, node.Input[1]));
        var (branch, skip) = Weights(first.Layers) >= Weights(second.Layers) ? (first, second) : (second, first);
        if (branch.Layers.Count == 0)
        {
            throw LayerMatch.Not(node, "it adds a value to itself");
        }

        var residual = new Residual(RecognisedLayer.LayersOf(branch.Layers))
        {
            Skip = RecognisedLayer.LayersOf(skip.Layers),
            BranchScale = branch.Scale,
            SkipScale = skip.Scale,
        };
        return new(residual, value, node.Output[0])
        {
            Branch = branch.Layers,
            BranchEnd = branch.Layers[^1].After,
            Skip = skip.Layers,
        };
    }

    /// <summary>The layers of a path, and a constant factor at its end.</summary>
    private (List<RecognisedLayer> Layers, double Scale) Path(string from, string to)
    {
        var layers = Stack(from, to);
        if (layers is [.., { Layer: Scaling scaling }])
        {
            layers.RemoveAt(layers.Count - 1);
            return (layers, scaling.Factor);
        }

        return (layers, 1);
    }

    private static int Weights(IReadOnlyList<RecognisedLayer> layers) =>
        layers.Sum(layer => 1 + (layer.Layer is Convolution or Dense ? 1000 : 0) + Weights(layer.Branch));

    /// <summary>The first value that is on all paths from another one, and the nodes up to it.</summary>
    private (string Merged, List<NodeProto> Nodes) Region(string from, string to)
    {
        var (reached, nodes, farthest) = (new HashSet<string> { from }, new List<NodeProto>(), 0);
        foreach (var user in Users(from, to))
        {
            farthest = Math.Max(farthest, user.Output.Max(output => _order[output]));
        }

        var leading = _leadingTo[to];
        for (var i = _users[from][0]; i < _graph.Nodes.Count; i++)
        {
            var node = _graph.Nodes[i];
            if (!Graph.Uses(node).Any(reached.Contains) || !node.Output.Any(output => leading.Contains(output) && _tangents.ContainsKey(output)))
            {
                continue;
            }

            nodes.Add(node);
            reached.UnionWith(node.Output.Where(leading.Contains));
            if (node.Output.Any(output => _order[output] == farthest))
            {
                return (node.Output[0], nodes);
            }

            foreach (var user in node.Output.Where(leading.Contains).SelectMany(output => Users(output, to)))
            {
                farthest = Math.Max(farthest, user.Output.Where(leading.Contains).Select(output => _order[output]).DefaultIfEmpty(0).Max());
            }
        }

        throw new NotComposedException($"paths from '{from}' do not meet");
    }

    private bool IsElementwise(NodeProto node) =>
        Elementwise.Contains(node.OpType)
        && node.Input.Where(input => input.Length > 0).All(input => _tangents.ContainsKey(input) || _layers.NumberOf(input) is not null);
}
