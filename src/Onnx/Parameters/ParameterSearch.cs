using System.IO.Enumeration;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Finds the parameters of a graph from the use of constant tensors by nodes.</summary>
internal sealed class ParameterSearch
{
    /// <summary>Operators that give a tensor another form, or precision, without changing its elements.</summary>
    public static IReadOnlySet<string> Views { get; } =
        new HashSet<string> { "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity", "Cast", "CastLike" };

    private readonly Graph _graph;
    private readonly IReadOnlyDictionary<string, TensorType> _types;
    private readonly Dictionary<string, NodeProto> _source = [];
    private readonly Dictionary<string, Parameter> _found = [];
    private readonly HashSet<string> _dependent;

    /// <summary>Values whose elements are those of inputs, or numbers of what the network itself has chosen.</summary>
    private readonly HashSet<string> _tokens;

    private ParameterSearch(Graph graph, IReadOnlyDictionary<string, TensorType> types)
    {
        (_graph, _types) = (graph, types);
        foreach (var node in graph.Nodes)
        {
            foreach (var output in node.Output)
            {
                _source[output] = node;
            }
        }

        string[] inputs = [.. graph.Inputs.Select(input => input.Name)];
        var chosen = graph.Nodes.Where(node => node.OpType is "ArgMax" or "ArgMin").Select(node => node.Output[0]);
        (_dependent, _tokens) = (DataDependence.Find(graph, inputs), DataDependence.FindKept(graph, types, [.. inputs, .. chosen]));
    }

    /// <summary>Finds the parameters, in the order in which nodes use them.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="types">Types of its values.</param>
    /// <param name="weights">The source of the parameters of mappings.</param>
    /// <param name="keep">Patterns, with *, of names of tensors that keep their values from the file.</param>
    public static List<Parameter> Find(Graph graph, IReadOnlyDictionary<string, TensorType> types, OnnxWeights weights, IReadOnlyList<string> keep)
    {
        var search = new ParameterSearch(graph, types);
        foreach (var node in graph.Nodes)
        {
            search.Look(node);
        }

        foreach (var parameter in search._found.Values)
        {
            if (!Array.TrueForAll(Tensors.Reals(parameter.Tensor), double.IsFinite))
            {
                throw new InvalidInputException(graph.Subject, $"expected finite numbers in the parameters, got others in tensor '{parameter.Tensor.Name}'");
            }
        }

        return
        [
            .. search._found.Values.Select(parameter =>
                parameter with
                {
                    Law = keep.Any(pattern => Matches(pattern, parameter.Value) || Matches(pattern, parameter.Tensor.Name))
                        ? ParameterLaw.FromFile
                        : parameter.LawOf(weights),
                }
            ),
        ];
    }

    /// <summary>Whether a pattern, in which * stands for any text and ? for one letter, fits the name of a tensor.</summary>
    public static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    /// <summary>
    /// Whether tokens select rows of a table at a node. Where positions do, which depend on the shape of an input or are counted along a mask, the table is no
    /// embedding.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="types">Types of its values.</param>
    /// <param name="tokens">Values whose elements are tokens: see <see cref="DataDependence.FindKept"/>.</param>
    /// <param name="dependent">Values that depend on inputs.</param>
    public static bool IsEmbedding(
        NodeProto node,
        Graph graph,
        IReadOnlyDictionary<string, TensorType> types,
        HashSet<string> tokens,
        HashSet<string> dependent
    ) =>
        node.OpType == "Gather"
        && node.Integer("axis", 0) == 0
        && tokens.Contains(node.Input[1])
        && !dependent.Contains(node.Input[0])
        && types[node.Input[0]] is { IsReal: true, Shape.Length: 2 }
        && graph.Inputs.All(input => input.Name != node.Input[0]);

    private void Look(NodeProto node)
    {
        switch (node.OpType)
        {
            case "Conv" or "ConvTranspose":
                Convolution(node);
                break;
            case "Gemm":
                var (rows, columns) = node.Integer("transB", 0) == 0 ? (0, 1) : (1, 0);
                var (kept, summed) = node.Integer("transA", 0) == 0 ? (0, 1) : (1, 0);
                Product(node, 1, rows, columns);
                Product(node, 0, summed, kept);
                if (node.Input.Count > 2 && Shape(node.Input[1]) is { Length: 2 } factor)
                {
                    Add(node.Input[2], OnnxParameterRole.Bias, factor[rows], factor[columns]);
                }

                break;
            case "MatMul":
                Product(node, 1, Shape(node.Input[1])?.Length - 2 ?? 0, Shape(node.Input[1])?.Length - 1 ?? 0);
                Product(node, 0, Shape(node.Input[0])?.Length - 1 ?? 0, Shape(node.Input[0])?.Length - 2 ?? 0);
                break;
            case "Einsum":
                Einsum(node);
                break;
            case "Gather" when IsEmbedding(node, _graph, _types, _tokens, _dependent):
                Add(node.Input[0], OnnxParameterRole.Embedding, 1, Shape(node.Input[0])![1]);
                break;
            case "InstanceNormalization" when IsOfGroups(node):
                break;
            case "BatchNormalization" or "InstanceNormalization" or "LayerNormalization" or "GroupNormalization" or "RMSNormalization":
                Add(node.Input[1], OnnxParameterRole.Scale, 1, 1);
                Add(node.Input.ElementAtOrDefault(2) ?? "", OnnxParameterRole.Shift, 1, 1);
                break;
            case "Mul" or "Add":
                Elementwise(node);
                break;
        }
    }

    private void Convolution(NodeProto node)
    {
        if (Shape(node.Input[1]) is not { Length: > 2 } shape)
        {
            return;
        }

        var (groups, window) = (node.Integer("group", 1), shape.Skip(2).Aggregate(1.0, (product, length) => product * length));
        var (fanIn, fanOut) = node.OpType == "Conv" ? (shape[1] * window, shape[0] * window / groups) : (shape[0] * window / groups, shape[1] * window);
        var isTransposed = node.OpType == "ConvTranspose";
        Add(node.Input[1], OnnxParameterRole.Weights, fanIn, fanOut, isTransposed);
        Add(node.Input.ElementAtOrDefault(2) ?? "", OnnxParameterRole.Bias, fanIn, fanOut, isTransposed);
    }

    private void Product(NodeProto node, int input, int summed, int kept)
    {
        if (Shape(node.Input[input]) is { Length: >= 2 } shape && _dependent.Contains(node.Input[1 - input]))
        {
            Add(node.Input[input], OnnxParameterRole.Weights, shape[summed], shape[kept]);
        }
    }

    /// <summary>In an Einsum, indices of a constant factor that do not occur in the result are summed over.</summary>
    private void Einsum(NodeProto node)
    {
        var sides = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal).Split("->");
        var terms = sides[0].Split(',');
        if (sides.Length != 2 || terms.Length != node.Input.Count || terms.Length < 2)
        {
            return;
        }

        for (var i = 0; i < terms.Length; i++)
        {
            if (Shape(node.Input[i]) is { } shape && shape.Length == terms[i].Length)
            {
                double Length(Func<char, bool> isMeant) =>
                    terms[i].Zip(shape).Where(pair => isMeant(pair.First)).Aggregate(1.0, (product, pair) => product * pair.Second);
                Add(node.Input[i], OnnxParameterRole.Weights, Length(index => !sides[1].Contains(index)), Length(sides[1].Contains));
            }
        }
    }

    /// <summary>
    /// A vector that is added after a matrix product is its bias. After a division by a root of something that depends on the input, which belongs to a
    /// normalisation of several nodes, a tensor of the value's last axes, or of one of them, is the scale of that normalisation, and the next one its shift.
    /// </summary>
    private void Elementwise(NodeProto node)
    {
        for (var i = 0; i < 2; i++)
        {
            if (
                !_source.TryGetValue(node.Input[1 - i], out var other)
                || Shape(node.Input[i]) is not { Length: > 0 } shape
                || Shape(node.Input[1 - i]) is not { } whole
                || !Stretches(shape, whole)
            )
            {
                continue;
            }

            if (node.OpType == "Add" && other.OpType == "MatMul")
            {
                if (shape.Length == 1 && Shape(other.Input[1]) is { Length: >= 2 } factor)
                {
                    Add(node.Input[i], OnnxParameterRole.Bias, factor[^2], factor[^1]);
                }
            }
            else if (node.OpType == "Mul" && IsNormalised(other))
            {
                Add(node.Input[i], OnnxParameterRole.Scale, 1, 1);
            }
            else if (
                node.OpType == "Add"
                && other.OpType == "Mul"
                && other.Input.Any(input => _source.TryGetValue(input, out var before) && IsNormalised(before))
            )
            {
                Add(node.Input[i], OnnxParameterRole.Shift, 1, 1);
            }
        }
    }

    /// <summary>Whether a tensor of more than one element is stretched to a shape of which it has the last axes.</summary>
    private static bool Stretches(long[] tensor, long[] whole) =>
        tensor.Length <= whole.Length
        && tensor.Zip(whole.Skip(whole.Length - tensor.Length)).All(pair => pair.First == pair.Second || pair.First == 1)
        && Array.Exists(tensor, length => length > 1);

    /// <summary>
    /// Whether a node gives normalised values, before scale and shift. A norm of groups of channels is that of other shapes, from which its result is brought
    /// back.
    /// </summary>
    private bool IsNormalised(NodeProto node)
    {
        while (Views.Contains(node.OpType) && _source.TryGetValue(node.Input[0], out var viewed))
        {
            node = viewed;
        }

        return (node.OpType == "Div" && IsRoot(node.Input[1])) || (node.OpType == "Mul" && node.Input.Any(IsInverseRoot)) || IsOfGroups(node);
    }

    /// <summary>Whether an instance norm stands for the norm of groups: it takes another shape, and its own scale and shift change nothing.</summary>
    private bool IsOfGroups(NodeProto node) =>
        node.OpType == "InstanceNormalization"
        && _source.TryGetValue(node.Input[0], out var before)
        && before.OpType == "Reshape"
        && IsAll(node.Input[1], 1)
        && IsAll(node.Input[2], 0);

    private bool IsAll(string value, double number) =>
        Shown(value) is { } tensor && Tensors.IsReal(tensor.DataType) && Array.TrueForAll(Tensors.Reals(tensor), element => element == number);

    private bool IsRoot(string value) => _source.TryGetValue(value, out var root) && root.OpType == "Sqrt" && _dependent.Contains(value);

    /// <summary>The inverse of a root, in the three forms that exporters give it.</summary>
    private bool IsInverseRoot(string value) =>
        _source.TryGetValue(value, out var inverse)
        && inverse.OpType switch
        {
            "Reciprocal" => IsRoot(inverse.Input[0]),
            "Div" => !_dependent.Contains(inverse.Input[0]) && IsRoot(inverse.Input[1]),
            "Pow" => _dependent.Contains(value)
                && Shown(inverse.Input[1]) is { } shown
                && Tensors.Number(shown) is { } exponent
                && (exponent == -0.5 || (exponent == -1 && IsRoot(inverse.Input[0]))),
            _ => false,
        };

    private long[]? Shape(string name) => _types.TryGetValue(name, out var type) ? type.Shape : null;

    private void Add(string name, OnnxParameterRole role, double fanIn, double fanOut, bool isTransposed = false)
    {
        if (name.Length > 0 && Resolve(name) is var (value, tensor) && _types[value].IsReal)
        {
            _found.TryAdd(value, new Parameter(value, tensor, role, Math.Max(fanIn, 1), Math.Max(fanOut, 1), default) { IsTransposed = isTransposed });
        }
    }

    /// <summary>The tensor behind a value; null if the value is computed.</summary>
    /// <remarks>PyTorch's exporter stores equal tensors of different layers only once, with an Identity node for each; the Identity is the parameter.</remarks>
    private (string Value, TensorProto Tensor)? Resolve(string name)
    {
        for (var value = name; ; )
        {
            if (Shown(value) is { } tensor)
            {
                return (value, tensor);
            }

            if (!_source.TryGetValue(value, out var node) || !Views.Contains(node.OpType))
            {
                return null;
            }

            value = node.Input[0];
        }
    }

    private TensorProto? Shown(string value)
    {
        while (!_graph.Constants.ContainsKey(value))
        {
            if (!_source.TryGetValue(value, out var node) || node.OpType != "Identity")
            {
                return null;
            }

            value = node.Input[0];
        }

        return _graph.Constants[value];
    }
}
