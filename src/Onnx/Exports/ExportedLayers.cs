using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx.Format;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Onnx;

/// <summary>Writes each layer of a description as nodes. Features are (batch, channels, rows, columns).</summary>
internal sealed class ExportedLayers
{
    private readonly IParameterSource<float> _parameters;
    private readonly IEnumerator<ParameterTensor> _tensors;
    private int _next;

    public ExportedLayers(Network network, IParameterSource<float> parameters)
    {
        (_parameters, _tensors) = (parameters, ParameterList.Enumerate(network).GetEnumerator());
        var input = GraphModel.Input("x", (int)DataType.Float, [0, network.Input.Channels, network.Input.Height, network.Input.Width]);
        input.Type.TensorType.Shape.Dim[0].DimParam = "batch";
        Graph.Input.Add(input);
    }

    /// <summary>The nodes that have been written.</summary>
    public GraphProto Graph { get; } = new();

    /// <summary>Makes a node.</summary>
    public static NodeProto NodeOf(string operation, string output, params IEnumerable<string> inputs)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        return node;
    }

    /// <summary>Writes a node with one output, and returns the output's name.</summary>
    public string Node(string operation, params IEnumerable<string> inputs) => Node(operation, _ => { }, inputs);

    /// <summary>The next tensor that a mapping draws.</summary>
    public float[] Next()
    {
        if (!_tensors.MoveNext())
        {
            throw new InvalidOperationException("expected another tensor of parameters");
        }

        var tensor = _tensors.Current;
        if (tensor is { Kind: ParameterKind.Mask, FanIn: 0 })
        {
            throw new InvalidInputException(
                "dropout",
                "expected a mask of channels (shared), since a file holds one mapping for batches of any size, got one for each point"
            );
        }

        var values = new float[checked((int)tensor.Length)];
        _parameters.Fill(tensor, values);
        return values;
    }

    /// <summary>A value times a number.</summary>
    public string Scaled(string value, double factor) => factor is 1 ? value : Node("Mul", value, Number(factor));

    /// <summary>Writes a layer.</summary>
    /// <param name="layer">The layer, which is neither a repeat nor a residual layer.</param>
    /// <param name="value">Name of its input.</param>
    /// <param name="shape">Shape of its input.</param>
    /// <returns>Name of its output.</returns>
    public string Write(Layer layer, string value, Shape shape) =>
        layer switch
        {
            Convolution convolution => Convolve(convolution, value, shape),
            Dense dense => Node("Conv", [value, .. WeightsAndBiases(dense.Parameters, 1, shape.Channels, dense.Channels ?? shape.Channels)]),
            Activation activation => Activate(activation.Function, value),
            BatchNorm norm => BatchNormalise(norm, value, shape.Channels),
            LayerNorm { Over: NormalisedOver.Channels } or RmsNorm { Over: NormalisedOver.Channels } => Normalise((Norm)layer, value, 1),
            LayerNorm { Over: NormalisedOver.All } or RmsNorm { Over: NormalisedOver.All } => Normalise((Norm)layer, value, 1, 2, 3),
            InstanceNorm norm => Normalise(norm, value, 2, 3),
            GroupNorm norm => Node(
                "Reshape",
                Normalise(norm, Node("Reshape", value, Integers(0, norm.Groups, -1)), 2),
                Integers(0, shape.Channels, shape.Height, shape.Width)
            ),
            Scaling scaling => Node("Mul", value, Number(scaling.Factor)),
            AveragePool pool => Pooled("AveragePool", pool, value, shape),
            MaxPool pool => Pooled("MaxPool", pool, value, shape),
            GlobalAveragePool => Node("GlobalAveragePool", value),
            Flatten => Node("Reshape", Node("Transpose", node => node.With("perm", [0L, 2, 3, 1]), value), Integers(0, -1, 1, 1)),
            Dropout => Node("Mul", value, Tensor(Next(), 1, shape.Channels, 1, 1)),
            Attention attention => Attend(attention, value, shape),
            _ => throw new UnknownLayerException(layer),
        };

    private string Node(string operation, Action<NodeProto> change, params IEnumerable<string> inputs)
    {
        var node = NodeOf(operation, $"{operation.ToLowerInvariant()}_{_next++}", inputs);
        change(node);
        Graph.Node.Add(node);
        return node.Output[0];
    }

    private string Tensor(ReadOnlySpan<float> values, params long[] shape)
    {
        var doubles = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            doubles[i] = values[i];
        }

        return Named(Tensors.FromReals(DataType.Float, shape, doubles));
    }

    private string Number(double value) => Named(Tensors.FromReals(DataType.Float, [], [value]));

    private string Integers(params ReadOnlySpan<long> values) => Named(Tensors.FromIntegers(values));

    private string Named(TensorProto tensor)
    {
        tensor.Name = $"tensor_{_next++}";
        Graph.Initializer.Add(tensor);
        return tensor.Name;
    }

    /// <summary>
    /// Writes a convolution: a patch begins floor((k-1)/2) times the dilation before its position, and padding follows as the last position needs it.
    /// </summary>
    private string Convolve(Convolution convolution, string value, Shape shape)
    {
        var groups = convolution.GroupsOf(shape.Channels);
        var output = convolution.OutputOf(shape);
        var before = (convolution.Kernel - 1) / 2 * convolution.Dilation;
        var extent = ((convolution.Kernel - 1) * convolution.Dilation) + 1;
        int After(int length, int outputs) => Math.Max(0, ((outputs - 1) * convolution.Stride) + extent - length - before);
        var (rows, columns) = (After(shape.Height, output.Height), After(shape.Width, output.Width));
        long[] pads = [before, before, rows, columns];
        if (convolution.Boundary is not Boundary.ZeroPadding && convolution.Kernel > 1)
        {
            value = Around(Around(value, 2, shape.Height, before, rows, convolution.Boundary), 3, shape.Width, before, columns, convolution.Boundary);
            pads = [0, 0, 0, 0];
        }

        return Node("Conv", Change, [value, .. WeightsAndBiases(convolution.Parameters, convolution.Kernel, shape.Channels / groups, output.Channels)]);

        void Change(NodeProto node) =>
            node.With("strides", [convolution.Stride, convolution.Stride])
                .With("dilations", [convolution.Dilation, convolution.Dilation])
                .With("group", (long)groups)
                .With("pads", pads);
    }

    /// <summary>Extends an axis by the values beyond the border.</summary>
    private string Around(string value, int axis, int length, int before, int after, Boundary boundary)
    {
        long Source(int position) =>
            boundary switch
            {
                Boundary.Periodic => ((position % length) + length) % length,
                Boundary.Symmetric => (((position % (2 * length)) + (2 * length)) % (2 * length)) is var there && there < length
                    ? there
                    : (2 * length) - 1 - there,
                _ => throw new InvalidOperationException($"no padding for the boundary {boundary}"),
            };
        return Node("Gather", node => node.With("axis", axis), value, Integers([.. Enumerable.Range(-before, before + length + after).Select(Source)]));
    }

    /// <summary>
    /// Converts weights (rows, columns, inputs, outputs) to the order of ONNX (outputs, inputs, rows, columns), and adds biases if there are any.
    /// </summary>
    private IEnumerable<string> WeightsAndBiases(Initialisation parameters, int kernel, int inputs, int outputs)
    {
        var (drawn, turned, window) = (Next(), new float[checked(kernel * kernel * inputs * outputs)], kernel * kernel);
        for (var position = 0; position < window; position++)
        {
            for (var input = 0; input < inputs; input++)
            {
                for (var output = 0; output < outputs; output++)
                {
                    turned[(((output * inputs) + input) * window) + position] = drawn[(((position * inputs) + input) * outputs) + output];
                }
            }
        }

        yield return Tensor(turned, outputs, inputs, kernel, kernel);
        if (parameters.BiasVariance > 0)
        {
            yield return Tensor(Next(), outputs);
        }
    }

    private string Activate(Function function, string value) =>
        function.Kind switch
        {
            FunctionKind.Linear => value,
            FunctionKind.Relu => Node("Relu", value),
            FunctionKind.LeakyRelu => Node("LeakyRelu", node => node.With("alpha", function.Slope), value),
            FunctionKind.Abs => Node("Abs", value),
            FunctionKind.Tanh => Node("Tanh", value),
            FunctionKind.Erf => Node("Erf", value),
            FunctionKind.Sine => Node("Sin", value),
            FunctionKind.Gelu => Node("Gelu", value),
            FunctionKind.GeluTanh => Node("Gelu", node => node.With("approximate", "tanh"), value),
            FunctionKind.Silu => Node("Mul", value, Node("Sigmoid", value)),
            FunctionKind.Elu => Node("Elu", value),
            FunctionKind.Sigmoid => Node("Sigmoid", value),
            FunctionKind.Softplus => Node("Softplus", value),
            FunctionKind.HardSwish => Node("HardSwish", value),
            _ => throw new InvalidOperationException($"no operator for the function {function.Kind}"),
        };

    private string BatchNormalise(BatchNorm norm, string value, int channels)
    {
        string Constant(double number)
        {
            var values = new float[channels];
            Array.Fill(values, (float)number);
            return Tensor(values, channels);
        }

        return Node("BatchNormalization", node => node.With("epsilon", norm.Epsilon), value, Constant(norm.Scale), Constant(0), Constant(0), Constant(1));
    }

    /// <summary>γ(x - m)/sqrt(E[(x - m)²] + ε) over axes; without m for RMS norm.</summary>
    private string Normalise(Norm norm, string value, params long[] axes)
    {
        string Mean(string of) => Node("ReduceMean", of, Integers(axes));
        var deviation = norm is RmsNorm ? value : Node("Sub", value, Mean(value));
        var size = Node("Sqrt", Node("Add", Mean(Node("Mul", deviation, deviation)), Number(norm.Epsilon)));
        return Scaled(Node("Div", deviation, size), norm.Scale);
    }

    private string Pooled(string operation, Pooling pool, string value, Shape shape)
    {
        // An image of one row or one column is pooled along the other axis only.
        long[] window = [shape.Height == 1 ? 1 : pool.Size, shape.Width == 1 ? 1 : pool.Size];
        return Node(operation, node => node.With("kernel_shape", window).With("strides", window), value);
    }

    private string Attend(Attention attention, string value, Shape shape)
    {
        var (positions, width) = (shape.Height * shape.Width, shape.Channels / attention.Heads);
        string Projected(string of) => Node("Conv", [of, .. WeightsAndBiases(attention.Parameters, 1, shape.Channels, shape.Channels)]);

        // Successive blocks of channels are heads: (batch, head, width, position).
        string Heads(string of) => Node("Reshape", of, Integers(0, attention.Heads, width, positions));
        var (queries, keys, values) = (Heads(Projected(value)), Heads(Projected(value)), Heads(Projected(value)));
        var logits = Scaled(Node("MatMul", Node("Transpose", node => node.With("perm", [0L, 1, 3, 2]), queries), keys), 1 / Math.Sqrt(width));
        if (attention.Causal)
        {
            var later = new float[positions * positions];
            for (var query = 0; query < positions; query++)
            {
                later.AsSpan((query * positions) + query + 1, positions - query - 1).Fill(float.NegativeInfinity);
            }

            logits = Node("Add", logits, Tensor(later, positions, positions));
        }

        var weighted = Node(
            "MatMul",
            values,
            Node("Transpose", node => node.With("perm", [0L, 1, 3, 2]), Node("Softmax", node => node.With("axis", -1L), logits))
        );
        return Projected(Node("Reshape", weighted, Integers(0, shape.Channels, shape.Height, shape.Width)));
    }
}
