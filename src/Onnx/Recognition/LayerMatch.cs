using System.Globalization;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Onnx;

/// <summary>Recognises layers that consist of one node.</summary>
/// <param name="graph">The graph.</param>
/// <param name="types">Types of its values.</param>
/// <param name="parameters">Its parameters.</param>
/// <param name="batchNorm">Which statistics batch norm uses.</param>
internal sealed class LayerMatch(Graph graph, IReadOnlyDictionary<string, TensorType> types, IReadOnlyList<Parameter> parameters, OnnxBatchNorm batchNorm)
{
    /// <summary>A mean of weights counts as 0 if it is below this share of their standard deviation.</summary>
    private const double SmallMean = 0.02;

    /// <summary>It also counts as 0 within as many standard errors, beyond which the mean of a sample of mean 0 hardly ever lies.</summary>
    private const double StandardErrors = 5;

    private readonly Dictionary<string, NodeProto> _source = graph
        .Nodes.SelectMany(node => node.Output.Where(output => output.Length > 0).Select(output => (output, node)))
        .ToDictionary(pair => pair.output, pair => pair.node);

    /// <summary>What the description leaves out, as clauses.</summary>
    public HashSet<string> Remarks { get; } = [];

    /// <summary>Shape of the features of a value: images (batch, channels, rows, columns), or vectors (batch, channels).</summary>
    public Shape ShapeOf(string value) =>
        types[value].Shape switch
        {
            [_, var channels, var height, var width] => new((int)height, (int)width, (int)channels),
            [_, var channels] => new(1, 1, (int)channels),
            var other => throw new NotComposedException($"'{value}' of shape [{string.Join(", ", other ?? [])}] is neither images nor vectors"),
        };

    /// <summary>A convolution.</summary>
    /// <param name="node">The node.</param>
    /// <param name="input">Shape of its input.</param>
    /// <param name="around">Padding by preceding nodes, by row and by column; null where there was none.</param>
    public Convolution Convolution(NodeProto node, Shape input, (long[] Rows, long[] Columns)? around)
    {
        if (types[node.Input[1]].Shape is not [var outputs, var inputs, var kernel, var columns] || kernel != columns)
        {
            throw Not(node, "its kernel is not square");
        }

        if (
            (node.Integers("strides") ?? [1, 1]) is not [var stride, var strideAlongRows]
            || (node.Integers("dilations") ?? [1, 1]) is not [var dilation, var dilationAlongRows]
            || stride != strideAlongRows
            || dilation != dilationAlongRows
        )
        {
            throw Not(node, "its strides or dilations differ between the axes");
        }

        var groups = (int)node.Integer("group", 1);
        var convolution = new Convolution((int)kernel)
        {
            Channels = (int)outputs,
            Stride = (int)stride,
            Dilation = (int)dilation,
            Groups = groups,
            Parameters = Parameters(node, inputs * kernel * kernel),
        };
        var before = (kernel - 1) / 2 * dilation;
        convolution = convolution with
        {
            Boundary = around is var (rows, alongRows) ? Around(node, input, before, rows, alongRows) : Zeros(node, kernel, before),
        };
        if (convolution.OutputOf(input) != ShapeOf(node.Output[0]))
        {
            throw OtherBorder(node, before);
        }

        return convolution;
    }

    /// <summary>A matrix product of vectors with weights.</summary>
    public Dense Dense(NodeProto node)
    {
        var isTransposed = node.OpType == "Gemm" && node.Integer("transB", 0) != 0;
        if (
            types[node.Input[1]].Shape is not [var rows, var columns]
            || types[node.Input[0]].Shape is not { Length: 2 }
            || node.Integer("transA", 0) != 0
            || node.Real("alpha", 1) != 1
            || node.Real("beta", 1) != 1
        )
        {
            throw Not(node, "it is not a plain product of vectors with weights");
        }

        return new Dense { Channels = (int)(isTransposed ? rows : columns), Parameters = Parameters(node, isTransposed ? columns : rows) };
    }

    /// <summary>A dense layer whose biases are added by a separate node.</summary>
    public Dense WithBiases(Dense dense, NodeProto add, string bias) =>
        dense with
        {
            Parameters = dense.Parameters with { BiasVariance = BiasVariance(add, bias) },
        };

    /// <summary>Whether a value is a vector of parameters with this role.</summary>
    public bool IsParameter(string value, OnnxParameterRole role) => Find(value)?.Role == role;

    /// <summary>The value of a parameter whose elements are all equal.</summary>
    public double ConstantOf(NodeProto node, string value) =>
        Find(value) is { Law: { Shape: LawShape.Constant } law } ? law.Mean : throw Not(node, $"'{value}' is not constant");

    /// <summary>A normalisation that consists of one node.</summary>
    public Norm Norm(NodeProto node)
    {
        var (scale, epsilon) = (ConstantOf(node, node.Input[1]), node.Real("epsilon", 1e-5f));
        if (node.Input.Count > 2 && node.Input[2].Length > 0 && ConstantOf(node, node.Input[2]) != 0)
        {
            throw Not(node, "its shift is not 0");
        }

        epsilon = Decimal(epsilon);
        return node.OpType switch
        {
            "BatchNormalization" when batchNorm == OnnxBatchNorm.Batch => new BatchNorm { Epsilon = epsilon, Scale = scale },
            "LayerNormalization" when types[node.Input[0]].Shape is { Length: 2 } && node.Integer("axis", -1) is -1 or 1 => new LayerNorm
            {
                Epsilon = epsilon,
                Scale = scale,
            },
            "InstanceNormalization" when types[node.Input[0]].Shape is { Length: 4 } => new InstanceNorm { Epsilon = epsilon, Scale = scale },
            "GroupNormalization" => new GroupNorm((int)node.Integer("num_groups", 1)) { Epsilon = epsilon, Scale = scale },
            _ => throw Not(node, "its statistics are not those of a described normalisation"),
        };
    }

    /// <summary>A pooling whose windows do not overlap.</summary>
    public static Pooling Pooling(NodeProto node)
    {
        var (window, steps) = (node.Integers("kernel_shape") ?? [], node.Integers("strides") ?? []);
        var isPlain =
            window.Length == 2
            && window.AsSpan().SequenceEqual(steps)
            && (node.Integers("pads") ?? []).All(pad => pad == 0)
            && (node.Integers("dilations") ?? []).All(step => step == 1)
            && node.Integer("ceil_mode", 0) == 0
            && node.Text("auto_pad", "NOTSET") == "NOTSET";
        return !isPlain || (window[0] != window[1] && Math.Min(window[0], window[1]) != 1) ? throw Not(node, "its windows overlap or are not square")
            : node.OpType == "MaxPool" ? new MaxPool((int)window.Max())
            : new AveragePool((int)window.Max());
    }

    /// <summary>
    /// Whether a reduction is over just these axes of its input. Lengths do not tell: of as many channels as columns, the mean over others has the same shape.
    /// </summary>
    public bool IsOver(NodeProto reduction, params IReadOnlyCollection<long> axes) =>
        types[reduction.Input[0]].Shape is { } shape
        && axes.All(axis => axis < shape.Length)
        && graph.AxesOf(reduction)?.Select(axis => axis < 0 ? axis + shape.Length : axis).Order().SequenceEqual(axes) == true;

    /// <summary>A constant number; null if the value is not one.</summary>
    public double? NumberOf(string value)
    {
        while (!graph.Constants.ContainsKey(value) && _source.TryGetValue(value, out var node) && node.OpType is "Identity" or "Cast")
        {
            value = node.Input[0];
        }

        return graph.Constants.TryGetValue(value, out var tensor) ? Tensors.Number(tensor) : null;
    }

    /// <summary>The shortest decimal number that single precision rounds to the same number: 0.00001 in single precision is not exactly 0.00001.</summary>
    public static double Decimal(double number) => double.Parse(((float)number).ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>The exception that a node is not a described layer.</summary>
    public static NotComposedException Not(NodeProto node, string reason) => new($"{node.Called()}: {reason}");

    private static Boundary Zeros(NodeProto node, long kernel, long before) =>
        (kernel == 1 || node.Text("auto_pad", "NOTSET") == "NOTSET")
        && (node.Integers("pads") ?? [0, 0, 0, 0]) is [var top, var left, _, _]
        && top == before
        && left == before
            ? Boundary.ZeroPadding
            : throw OtherBorder(node, before);

    private static NotComposedException OtherBorder(NodeProto node, long before) =>
        Not(
            node,
            $"its input is padded by {string.Join(", ", node.Integers("pads") ?? [0, 0, 0, 0])}, "
                + $"and that of a described layer with its kernel by {before} before the first row and column"
        );

    private static Boundary Around(NodeProto node, Shape input, long before, long[] rows, long[] columns)
    {
        bool Matches(Func<long, int, long> source) =>
            rows.Index().All(pair => pair.Item == source(pair.Index - before, input.Height))
            && columns.Index().All(pair => pair.Item == source(pair.Index - before, input.Width));
        return (node.Integers("pads") ?? [0, 0, 0, 0]).Any(pad => pad != 0) ? throw Not(node, "its input is extended, and padded too")
            : Matches((position, length) => ((position % length) + length) % length) ? Boundary.Periodic
            : Matches(
                (position, length) =>
                    (((position % (2 * length)) + (2 * length)) % (2 * length)) is var there && there < length ? there : (2 * length) - 1 - there
            )
                ? Boundary.Symmetric
            : throw Not(node, "its input is extended neither periodically nor by its mirror image");
    }

    private Initialisation Parameters(NodeProto node, long fanIn)
    {
        if (Find(node.Input[1]) is not { } weights)
        {
            throw Not(node, "its weights are not parameters");
        }

        var law = weights.Law.Shape switch
        {
            LawShape.Normal => WeightLaw.Normal,
            LawShape.Uniform => WeightLaw.Uniform,
            LawShape.Stays => throw Not(node, "its weights are those of the file, and not random"),
            LawShape.Constant => throw Not(node, "its weights are all equal"),
            _ => throw new InvalidOperationException($"no law {weights.Law.Shape}"),
        };
        return Math.Abs(weights.Law.Mean) > Math.Max(SmallMean, StandardErrors / Math.Sqrt(Tensors.Count(weights.Tensor.Dims) ?? 1)) * weights.Law.Deviation
            ? throw Not(node, "the mean of its weights is not 0")
            : new Initialisation(
                fanIn * weights.Law.Deviation * weights.Law.Deviation,
                node.Input.Count > 2 && node.Input[2].Length > 0 ? BiasVariance(node, node.Input[2]) : 0,
                law
            );
    }

    private double BiasVariance(NodeProto node, string value)
    {
        if (Find(value) is not { } bias || bias.Law.Shape == LawShape.Stays)
        {
            throw Not(node, "its biases are those of the file, and not random");
        }

        if (bias.Law.Shape == LawShape.Constant)
        {
            return bias.Law.Mean == 0 ? 0 : throw Not(node, "its biases are all equal, and not 0");
        }

        if (bias.Law.Shape == LawShape.Uniform)
        {
            Remarks.Add("uniform biases are taken as normal ones of the same variance");
        }

        return (bias.Law.Deviation * bias.Law.Deviation) + (bias.Law.Mean * bias.Law.Mean);
    }

    private Parameter? Find(string value)
    {
        while (true)
        {
            if (parameters.FirstOrDefault(parameter => parameter.Value == value) is { } found)
            {
                return found;
            }

            if (!_source.TryGetValue(value, out var node) || !ParameterSearch.Views.Contains(node.OpType))
            {
                return null;
            }

            value = node.Input[0];
        }
    }
}
