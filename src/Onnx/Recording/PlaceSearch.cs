using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>A place, and the value of the graph at it.</summary>
internal sealed record PlaceValue(OnnxPlace Place, string Value);

/// <summary>Finds the places of a graph: after what researchers call a layer, not after each operator.</summary>
internal sealed class PlaceSearch
{
    private static readonly HashSet<string> Products = ["Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum"];
    private static readonly HashSet<string> Pools = ["MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool"];
    private static readonly HashSet<string> Gates = ["Sigmoid", "HardSigmoid", "Tanh", "Softplus", "Erf"];

    private static readonly HashSet<string> Norms =
    [
        "BatchNormalization",
        "LayerNormalization",
        "InstanceNormalization",
        "GroupNormalization",
        "RMSNormalization",
        "LRN",
        "LpNormalization",
        "MeanVarianceNormalization",
    ];

    /// <summary>Operators that use a mean if it belongs to a normalisation.</summary>
    private static readonly HashSet<string> AfterStatistics = ["Sub", "Add", "Sqrt", "Div", "Pow", "Mul"];

    private static readonly HashSet<string> Activations =
    [
        "Relu",
        "LeakyRelu",
        "PRelu",
        "Elu",
        "Selu",
        "Celu",
        "ThresholdedRelu",
        "HardSwish",
        "Softsign",
        "Gelu",
        "Mish",
        "Swish",
        "Clip",
        "Shrink",
        "Sin",
        "Cos",
        "Abs",
        "Softmax",
        "LogSoftmax",
        .. Gates,
    ];

    private readonly IReadOnlyDictionary<string, TensorType> _types;
    private readonly IReadOnlyDictionary<string, string> _tangents;
    private readonly Dictionary<string, OnnxParameterRole> _roles;
    private readonly IReadOnlyCollection<string> _entries;
    private readonly Dictionary<string, NodeProto> _source = [];
    private readonly Dictionary<string, List<NodeProto>> _users = [];

    /// <summary>Number of layers with weights on the longest path to a value.</summary>
    private readonly Dictionary<string, int> _depths = [];

    /// <summary>The last layer or meeting of paths before a value. Paths with the same origin belong to one layer that consists of several nodes.</summary>
    private readonly Dictionary<string, string> _origins = [];

    private PlaceSearch(
        Graph graph,
        IReadOnlyDictionary<string, TensorType> types,
        IReadOnlyDictionary<string, string> tangents,
        IEnumerable<Parameter> parameters,
        IReadOnlyCollection<string> entries
    )
    {
        (_types, _tangents, _entries) = (types, tangents, entries);
        _roles = parameters.ToDictionary(parameter => parameter.Value, parameter => parameter.Role);
        foreach (var node in graph.Nodes)
        {
            // A parameter in another form is still that parameter.
            if (ParameterSearch.Views.Contains(node.OpType) && _roles.TryGetValue(node.Input[0], out var role))
            {
                _roles.TryAdd(node.Output[0], role);
            }

            foreach (var output in node.Output)
            {
                _source[output] = node;
            }

            foreach (var use in node.Input.Distinct())
            {
                (_users.TryGetValue(use, out var users) ? users : _users[use] = []).Add(node);
            }
        }
    }

    /// <summary>Finds the places, in the order in which they are computed.</summary>
    /// <param name="graph">The graph, without its derivative.</param>
    /// <param name="types">Types of its values.</param>
    /// <param name="tangents">The tangent of each value that has one.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <param name="entries">The values at which noise enters.</param>
    public static List<PlaceValue> Find(
        Graph graph,
        IReadOnlyDictionary<string, TensorType> types,
        IReadOnlyDictionary<string, string> tangents,
        IEnumerable<Parameter> parameters,
        IReadOnlyCollection<string> entries
    )
    {
        var trunk = Trunk.Find(graph, tangents, entries);
        var search = new PlaceSearch(graph, types, tangents, parameters, entries);
        var axes = ChannelAxes.Find(graph, types, tangents);
        var places = new List<PlaceValue>();
        var taken = new HashSet<string>();
        foreach (var node in graph.Nodes)
        {
            var kind = search.Visit(node);
            if (kind is { } found && search.End(node) is var last && taken.Add(last.Output[0]) && axes.TryGetValue(last.Output[0], out var axis))
            {
                var value = last.Output[0];
                places.Add(
                    new PlaceValue(
                        new OnnxPlace(NameOf(node), node.OpType, found, search._depths[node.Output[0]], types[value].Shape!, axis)
                        {
                            IsOnTrunk = trunk.Contains(value),
                        },
                        value
                    )
                );
            }
        }

        return places;
    }

    private static string NameOf(NodeProto node) => node.Name.Length > 0 ? node.Name : node.Output[0];

    /// <summary>Follows paths through a node, and returns the kind of the place after it; null where there is none.</summary>
    private OnnxPlaceKind? Visit(NodeProto node)
    {
        var moving = node.Input.Where(_tangents.ContainsKey).ToList();
        var isWeighted = IsWeighted(node);
        var depth = node.Input.Select(input => _depths.GetValueOrDefault(input)).DefaultIfEmpty(0).Max() + (isWeighted ? 1 : 0);
        var origins = moving.Select(input => _origins.GetValueOrDefault(input, input)).Distinct().ToList();
        var kind = node.Output.Any(_tangents.ContainsKey) ? Kind(node, isWeighted, moving.Count, origins.Count) : null;
        foreach (var output in node.Output.Where(output => output.Length > 0))
        {
            _depths[output] = depth;
            _origins[output] = kind is not null and not OnnxPlaceKind.Activated || origins.Count != 1 ? output : origins[0];
        }

        return kind;
    }

    private bool IsWeighted(NodeProto node) =>
        (Products.Contains(node.OpType) && node.Input.Any(input => _roles.TryGetValue(input, out var role) && role == OnnxParameterRole.Weights))
        || (node.OpType == "Gather" && _roles.TryGetValue(node.Input[0], out var table) && table == OnnxParameterRole.Embedding)
        // A table that is computed is no parameter, but noise enters after it all the same.
        || (node.OpType == "Gather" && _entries.Contains(node.Output[0]))
        || (Products.Contains(node.OpType) && node.Input.Any(input => _roles.TryGetValue(input, out var tied) && tied == OnnxParameterRole.Embedding));

    private OnnxPlaceKind? Kind(NodeProto node, bool isWeighted, int moving, int origins) =>
        node.OpType switch
        {
            _ when isWeighted => OnnxPlaceKind.Weighted,
            var name when Norms.Contains(name) => OnnxPlaceKind.Normalised,
            var name when Pools.Contains(name) => OnnxPlaceKind.Pooled,
            "ReduceMean" when !_users.GetValueOrDefault(node.Output[0], []).Exists(user => AfterStatistics.Contains(user.OpType)) => OnnxPlaceKind.Pooled,
            var name when Gates.Contains(name) && OpensGate(node.Output[0], 4) => null,
            var name when Activations.Contains(name) => OnnxPlaceKind.Activated,
            "Mul" or "Add" when node.Input.Any(input => _roles.TryGetValue(input, out var role) && role == Closing(node)) => OnnxPlaceKind.Normalised,
            "Add" or "Sub" or "Sum" when origins > 1 => OnnxPlaceKind.Added,
            "MatMul" or "Einsum" when moving > 1 => OnnxPlaceKind.Multiplied,
            "Mul" when origins > 1 => OnnxPlaceKind.Multiplied,
            "Mul" when moving > 1 && origins == 1 && !HasConstantRatio(node) => OnnxPlaceKind.Activated,
            "Concat" when origins > 1 => OnnxPlaceKind.Joined,
            _ => null,
        };

    /// <summary>The last parameter of a normalisation of several nodes: its shift, or its scale if there is no shift.</summary>
    private OnnxParameterRole Closing(NodeProto node) =>
        node.OpType == "Add" || _users.GetValueOrDefault(node.Output[0], []).Exists(user => user.OpType == "Add" && user.Input.Any(IsShift))
            ? OnnxParameterRole.Shift
            : OnnxParameterRole.Scale;

    private bool IsShift(string value) => _roles.TryGetValue(value, out var role) && role == OnnxParameterRole.Shift;

    /// <summary>Whether two factors of the same origin are not an activation but a power, or a signal times the inverse of its own size.</summary>
    private bool HasConstantRatio(NodeProto node) =>
        node.Input[0] == node.Input[1]
        || node.Input.Any(input =>
            _source.TryGetValue(input, out var other)
            && (other.OpType is "Reciprocal" or "Pow" or "Sub" || (other.OpType == "Div" && !_tangents.ContainsKey(other.Input[0])))
        );

    /// <summary>
    /// Whether a value becomes, after constants are added or multiplied, a factor of another value with noise: the sigmoid of a SiLU, the error function of a
    /// GELU.
    /// </summary>
    private bool OpensGate(string value, int steps)
    {
        if (steps == 0 || _users.GetValueOrDefault(value, []) is not [var user])
        {
            return false;
        }

        return user.OpType switch
        {
            "Mul" when user.Input.Count(_tangents.ContainsKey) > 1 => true,
            "Mul" or "Add" or "Div" or "Tanh" => OpensGate(user.Output[0], steps - 1),
            _ => false,
        };
    }

    /// <summary>
    /// The last node of a layer that begins with a given node: biases after a product, a constant factor, or what follows the norm of groups, which is over
    /// values of another shape.
    /// </summary>
    private NodeProto End(NodeProto node)
    {
        while (_users.GetValueOrDefault(node.Output[0], []) is [var user] && Continues(node, user))
        {
            node = user;
        }

        return node;
    }

    /// <summary>Whether a change of shape takes back the one that gave a value.</summary>
    private bool TakesBack(NodeProto reshape, string value) =>
        _source.TryGetValue(value, out var before)
        && before.OpType == "Reshape"
        && !_types[before.Input[0]].HasShapeOf(_types[value])
        && _types[before.Input[0]].HasShapeOf(_types[reshape.Output[0]]);

    private bool Continues(NodeProto node, NodeProto user)
    {
        var other = user.Input.FirstOrDefault(input => input != node.Output[0]);
        return other is not null
            && user.OpType switch
            {
                "Reshape" => node.OpType == "InstanceNormalization" && TakesBack(user, node.Input[0]),
                "Mul" when node.OpType == "Reshape" => _roles.TryGetValue(other, out var role) && role == OnnxParameterRole.Scale,
                "Add" when node.OpType is "Reshape" or "Mul" => IsShift(other),
                "Add" => node.OpType == "MatMul" && _roles.TryGetValue(other, out var role) && role == OnnxParameterRole.Bias,
                "Mul" or "Div" when node.OpType == "Mul" => user.Input.Count(_tangents.ContainsKey) == 1
                    && user.Input[0] == node.Output[0]
                    && _types.TryGetValue(other, out var type)
                    && type.Count == 1,
                _ => false,
            };
    }
}
