using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Tests.Onnx.Derivatives;

/// <summary>Rules on small graphs of our own: what ONNX's examples lack, newer operators, older forms, noise in several inputs.</summary>
public class RuleTests
{
    private static readonly DerivativeOptions Stored = new(OnnxBatchNorm.Stored, NoiseKind.Mapping);

    private static readonly Dictionary<string, (int Opset, long[][] Inputs, TensorProto[] Tensors, NodeProto[] Nodes)> Cases = new()
    {
        ["gelu"] = One(
            20,
            "Gelu",
            [
                [2, 5],
            ]
        ),
        ["gelu by tanh"] = One(
            20,
            "Gelu",
            [
                [2, 5],
            ],
            node => node.With("approximate", "tanh")
        ),
        ["mish"] = One(
            18,
            "Mish",
            [
                [2, 5],
            ]
        ),
        ["group norm by group"] = (
            18,
            [
                [2, 4, 3],
            ],
            [Build.Tensor("scale", 1, 2), Build.Tensor("shift", 1, 2)],
            [Build.Node("GroupNormalization", ["x0", "scale", "shift"], "y").With("num_groups", 2)]
        ),
        ["group norm by channel"] = (
            21,
            [
                [2, 4, 3, 2],
            ],
            [Build.Tensor("scale", 1, 4), Build.Tensor("shift", 1, 4)],
            [Build.Node("GroupNormalization", ["x0", "scale", "shift"], "y").With("num_groups", 2)]
        ),
        ["rms norm"] = (
            23,
            [
                [2, 3, 4],
            ],
            [Build.Tensor("scale", 1, 4)],
            [Build.Node("RMSNormalization", ["x0", "scale"], "y")]
        ),
        ["lp norm 1"] = One(
            13,
            "LpNormalization",
            [
                [3, 4],
            ],
            node => node.With("p", 1L)
        ),
        ["lp norm 2 of rows"] = One(
            13,
            "LpNormalization",
            [
                [3, 4],
            ],
            node => node.With("axis", 0L)
        ),
        ["sum of three broadcast"] = One(
            13,
            "Sum",
            [
                [2, 1, 4],
                [3, 1],
                [1],
            ]
        ),
        ["mean of two broadcast"] = One(
            13,
            "Mean",
            [
                [2, 1],
                [1, 3],
            ]
        ),
        ["largest of three broadcast"] = One(
            13,
            "Max",
            [
                [2, 1, 4],
                [3, 1],
                [1],
            ]
        ),
        ["smallest of two broadcast"] = One(
            13,
            "Min",
            [
                [2, 1],
                [1, 3],
            ]
        ),
        ["difference broadcast"] = One(
            13,
            "Sub",
            [
                [3],
                [2, 1],
            ]
        ),
        ["product"] = One(
            13,
            "Mul",
            [
                [2, 3],
                [3],
            ]
        ),
        ["quotient"] = One(
            13,
            "Div",
            [
                [2, 3],
                [2, 1],
            ]
        ),
        ["constant minus"] = (
            13,
            [
                [3],
            ],
            [Build.Tensor("c", 1, 2, 1)],
            [Build.Node("Sub", ["c", "x0"], "y")]
        ),
        ["constant over"] = (
            13,
            [
                [3],
            ],
            [Build.Tensor("c", 1, 2, 1)],
            [Build.Node("Div", ["c", "x0"], "y")]
        ),
        ["constant plus, broadcast"] = (
            13,
            [
                [3],
            ],
            [Build.Tensor("c", 1, 2, 1)],
            [Build.Node("Add", ["c", "x0"], "y")]
        ),
        ["power with noise in both"] = (
            13,
            [
                [3],
                [3],
            ],
            [],
            [Build.Node("Exp", ["x0"], "e"), Build.Node("Pow", ["e", "x1"], "y")]
        ),
        ["matrix product"] = One(
            13,
            "MatMul",
            [
                [2, 3, 4],
                [4, 5],
            ]
        ),
        ["einsum of three"] = One(
            13,
            "Einsum",
            [
                [2, 3],
                [3, 4],
                [4],
            ],
            node => node.With("equation", "ab,bc,c->a")
        ),
        ["gemm"] = One(
            13,
            "Gemm",
            [
                [3, 2],
                [4, 3],
                [4],
            ],
            node => node.With("transA", 1L).With("transB", 1L).With("alpha", 0.5).With("beta", 2.0)
        ),
        ["gemm with noise in biases alone"] = (
            13,
            [
                [4],
            ],
            [Build.Tensor("a", 1, 2, 3), Build.Tensor("b", 1, 3, 4)],
            [Build.Node("Gemm", ["a", "b", "x0"], "y").With("beta", 2.0)]
        ),
        ["beside a constant"] = (
            13,
            [
                [2, 3],
            ],
            [Build.Tensor("c", 1, 2, 2)],
            [Build.Node("Concat", ["c", "x0", "x0"], "y").With("axis", 1L)]
        ),
        ["where, one side"] = (
            13,
            [
                [3],
            ],
            [Build.Tensor("c", 1, 2, 3), Build.Tensor("zero", [0])],
            [Build.Node("Greater", ["c", "zero"], "t"), Build.Node("Where", ["t", "x0", "c"], "y")]
        ),
        ["slopes"] = One(
            13,
            "PRelu",
            [
                [2, 3],
                [3],
            ]
        ),
        ["clipped"] = (
            13,
            [
                [2, 6],
            ],
            [Build.Tensor("low", [-0.5]), Build.Tensor("high", [0.7])],
            [Build.Node("Reshape", ["low", "empty"], "l"), Build.Node("Reshape", ["high", "empty"], "h"), Build.Node("Clip", ["x0", "l", "h"], "y")]
        ),
        ["largest three"] = (
            13,
            [
                [2, 6],
            ],
            [Build.Integers("k", 3)],
            [Build.Node("TopK", ["x0", "k"], "y", "i")]
        ),
        ["scattered"] = (
            16,
            [
                [4, 3],
                [2, 3],
            ],
            [Build.Integers("rows", 1, 3)],
            [Build.Node("Unsqueeze", ["rows", "one"], "at"), Build.Node("ScatterND", ["x0", "at", "x1"], "y").With("reduction", "add")]
        ),
        ["pooled by the largest, columns first"] = One(
            12,
            "MaxPool",
            [
                [1, 2, 5, 4],
            ],
            node => node.With("kernel_shape", [2L, 2]).With("strides", [2L, 1]).With("storage_order", 1L),
            "y",
            "i"
        ),
        ["pooled by the largest"] = One(
            12,
            "MaxPool",
            [
                [2, 2, 6],
            ],
            node => node.With("kernel_shape", [3L]).With("pads", [1L, 1])
        ),
        ["largest of a map"] = One(
            13,
            "GlobalMaxPool",
            [
                [2, 3, 4, 2],
            ]
        ),
        ["logarithm of a sum"] = One(
            13,
            "ReduceLogSumExp",
            [
                [2, 3, 4],
            ],
            node => node.With("axes", [1L]).With("keepdims", 0L)
        ),
        ["largest of rows, axes as an input"] = (
            18,
            [
                [2, 3, 4],
            ],
            [Build.Integers("axes", -1)],
            [Build.Node("ReduceMax", ["x0", "axes"], "y").With("keepdims", 0L)]
        ),

        // Older forms.
        ["softmax of two axes at once"] = One(
            11,
            "Softmax",
            [
                [2, 3, 4],
            ],
            node => node.With("axis", 1L)
        ),
        ["logarithm of softmax by itself"] = One(
            9,
            "LogSoftmax",
            [
                [2, 3],
            ]
        ),
        ["batch norm of version 9"] = (
            9,
            [
                [3, 2, 4],
            ],
            [Build.Tensor("s", 1, 2), Build.Tensor("b", 1, 2), Build.Tensor("m", 1, 2), Build.Tensor("v", [0.5, 2], 2)],
            [Build.Node("BatchNormalization", ["x0", "s", "b", "m", "v"], "y")]
        ),
        ["enlarged"] = One(
            9,
            "Upsample",
            [
                [1, 2, 2, 3],
            ],
            scales: [1, 1, 2, 3]
        ),
        ["resized"] = (
            10,
            [
                [1, 2, 2, 2],
            ],
            [Build.Tensor("scales", [1, 1, 2, 2], 4)],
            [Build.Node("Resize", ["x0", "scales"], "y").With("mode", "linear")]
        ),
        ["sliced"] = One(
            9,
            "Slice",
            [
                [4, 5],
            ],
            node => node.With("starts", [1L, 0]).With("ends", [3L, -1]).With("axes", [0L, 1])
        ),
        ["padded"] = One(
            10,
            "Pad",
            [
                [2, 3],
            ],
            node => node.With("pads", [0L, 1, 1, 0]).With("value", 3.0)
        ),
        ["clipped by attributes"] = One(
            9,
            "Clip",
            [
                [2, 6],
            ],
            node => node.With("min", -0.5).With("max", 0.5)
        ),
        ["clipped above by an attribute"] = One(
            9,
            "Clip",
            [
                [2, 6],
            ],
            node => node.With("max", 0.5)
        ),
        ["split"] = One(
            11,
            "Split",
            [
                [5, 2],
            ],
            node => node.With("split", [2L, 3]),
            "y",
            "z"
        ),
        ["squeezed"] = One(
            11,
            "Squeeze",
            [
                [1, 3, 1],
            ],
            node => node.With("axes", [0L])
        ),
        ["axis put in"] = One(
            11,
            "Unsqueeze",
            [
                [3],
            ],
            node => node.With("axes", [0L, 2])
        ),
        ["sum"] = One(
            11,
            "ReduceSum",
            [
                [3, 4],
            ],
            node => node.With("axes", [1L])
        ),
        ["dropped"] = One(
            7,
            "Dropout",
            [
                [3, 4],
            ],
            node => node.With("ratio", 0.5)
        ),
        ["largest two of version 9"] = One(
            9,
            "TopK",
            [
                [2, 6],
            ],
            node => node.With("k", 2L),
            "y",
            "i"
        ),
        ["scattered of version 9"] = (
            9,
            [
                [2, 3],
                [1, 2],
            ],
            [Build.Integers("flat", 1, 0), Build.Integers("shape", 1, 2)],
            [Build.Node("Reshape", ["flat", "shape"], "at"), Build.Node("Scatter", ["x0", "at", "x1"], "y")]
        ),
    };

    public static TheoryData<string> Names() => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Tangents_of_an_operator_equal_finite_differences(string name)
    {
        var (opset, shapes, tensors, nodes) = Cases[name];
        var inputs = shapes.Select((shape, i) => Build.Input($"x{i}", shape)).ToList();
        TensorProto[] helpers = [Build.Integers("empty"), Build.Integers("one", 1)];
        Graph Make() =>
            GraphReader.Read(
                Build.Model(
                    opset,
                    inputs.Select(input => input.Clone()),
                    tensors.Concat(helpers).Select(tensor => tensor.Clone()),
                    nodes.Select(node => node.Clone())
                ),
                name
            );
        var given = shapes.Select((shape, i) => Build.Tensor($"x{i}", 1, shape)).ToDictionary(tensor => tensor.Name, tensor => tensor);
        DerivativeCheck.Holds(Make, given, [.. given.Keys], Stored).Compared.Should().BePositive();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Full_noise_of_batch_norm_differentiates_the_statistics(int rank)
    {
        long[] shape = [6, 3, .. Enumerable.Repeat(4L, rank - 2)];
        Graph Make() => GraphReader.Read(Normed(shape), "batch norm");
        var given = new Dictionary<string, TensorProto> { ["x"] = Build.Tensor("x", 2, shape) };
        DerivativeCheck.Holds(Make, given, ["x"], new DerivativeOptions(OnnxBatchNorm.Batch, NoiseKind.Full)).Compared.Should().Be(1);
    }

    [Fact]
    public void Mapping_noise_of_batch_norm_holds_the_statistics_of_the_batch()
    {
        var graph = GraphReader.Read(Normed([50, 2]), "batch norm");
        var types = Probe.Types(graph, () => InputValues.Example(graph), 1);
        var (derivative, tangents) = Derivative.Differentiate(
            graph,
            types,
            new Dictionary<string, string> { ["x"] = "dx" },
            new DerivativeOptions(OnnxBatchNorm.Batch, NoiseKind.Mapping)
        );
        derivative.Inputs.Add(Build.Input("dx", 50, 2));
        var (x, dx) = (Build.Tensor("x", 2, 50, 2), Build.Tensor("dx", 1, 50, 2));
        var result = Evaluation.Run(derivative, new Dictionary<string, TensorProto> { ["x"] = x, ["dx"] = dx }, ["y", tangents["y"]]);
        var (signal, noise, scale, shift) = (
            Tensors.Reals(x),
            Tensors.Reals(dx),
            Tensors.Reals(graph.Constants["scale"]),
            Tensors.Reals(graph.Constants["shift"])
        );
        for (var channel = 0; channel < 2; channel++)
        {
            var values = signal.Where((_, i) => i % 2 == channel).ToList();
            var (mean, variance) = (values.Average(), values.Average(value => value * value) - Math.Pow(values.Average(), 2));
            for (var i = channel; i < signal.Length; i += 2)
            {
                var factor = scale[channel] / Math.Sqrt(variance + 1e-5);
                result["y"][i].Should().BeApproximately(((signal[i] - mean) * factor) + shift[channel], 1e-4);
                result[tangents["y"]][i].Should().BeApproximately(noise[i] * factor, 1e-4);
            }
        }
    }

    [Fact]
    public void Operators_that_the_noise_does_not_reach_get_no_tangent_nodes()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", 2, 3)],
            [Build.Tensor("w", 1, 3, 3), Build.Tensor("c", 1, 3, 3)],
            Build.Node("Tanh", ["c"], "t"),
            Build.Node("Det", ["t"], "d"),
            Build.Node("Mul", ["t", "d"], "s"),
            Build.Node("Floor", ["x"], "f"),
            Build.Node("MatMul", ["f", "s"], "y")
        );
        var graph = GraphReader.Read(model, "flat");
        var (derivative, tangents) = Derivative.Differentiate(
            graph,
            Probe.Types(graph, () => InputValues.Example(graph), 1),
            new Dictionary<string, string> { ["x"] = "dx" },
            Stored
        );
        derivative.Nodes.Should().HaveCount(5, "nothing smooth leads from the input to the output");
        tangents.Keys.Should().Equal("x");
    }

    [Theory]
    [InlineData("Det", "whose derivative is known")]
    [InlineData("RandomNormalLike", "without random operators")]
    public void Operator_without_a_derivative_rule_is_refused_where_noise_reaches_it(string operation, string expected)
    {
        var graph = GraphReader.Read(Build.Model(13, [Build.Input("x", 3, 3)], [], Build.Node(operation, ["x"], "y")), "file.onnx");
        var act = () =>
            Derivative.Differentiate(graph, Probe.Types(graph, () => InputValues.Example(graph), 1), new Dictionary<string, string> { ["x"] = "dx" }, Stored);
        act.Should().Throw<InvalidInputException>().WithMessage($"file.onnx: *{expected}*{operation} '{operation.ToLowerInvariant()}'*");
    }

    private static ModelProto Normed(long[] shape) =>
        Build.Model(
            15,
            [Build.Input("x", shape)],
            [
                Build.Tensor("scale", 1, shape[1]),
                Build.Tensor("shift", 1, shape[1]),
                Build.Tensor("mean", new double[shape[1]], shape[1]),
                Build.Tensor("variance", [.. Enumerable.Repeat(1.0, (int)shape[1])], shape[1]),
            ],
            Build.Node("BatchNormalization", ["x", "scale", "shift", "mean", "variance"], "y")
        );

    private static (int Opset, long[][] Inputs, TensorProto[] Tensors, NodeProto[] Nodes) One(
        int opset,
        string operation,
        long[][] inputs,
        Func<NodeProto, NodeProto>? change = null,
        params string[] outputs
    ) => (opset, inputs, [], [(change ?? (node => node))(Build.Node(operation, [.. inputs.Select((_, i) => $"x{i}")], outputs.Length > 0 ? outputs : ["y"]))]);

    private static (int Opset, long[][] Inputs, TensorProto[] Tensors, NodeProto[] Nodes) One(int opset, string operation, long[][] inputs, double[] scales) =>
        (opset, inputs, [Build.Tensor("scales", scales, scales.Length)], [Build.Node(operation, ["x0", "scales"], "y")]);

    /// <summary>At a zero the product of the other factors is left, and it is finite.</summary>
    [Fact]
    public void The_tangent_of_a_product_with_zeros_is_that_of_its_definition()
    {
        var (x, dx) = (Build.Tensor("x", [2, 3, 4, 0, 3, 4, 0, 3, 0], 3, 3), Build.Tensor("dx", [1, 10, 100, 1, 10, 100, 1, 10, 100], 3, 3));
        var graph = GraphReader.Read(
            Build.Model(13, [Build.Input("x", 3, 3)], [], Build.Node("ReduceProd", ["x"], "y").With("axes", [1L]).With("keepdims", 0L)),
            "product"
        );
        Tangent(graph, x, dx).Should().Equal((1 * 3 * 4) + (10 * 2 * 4) + (100 * 2 * 3), 1 * 3 * 4, 0);
    }

    [Fact]
    public void The_second_input_of_CastLike_gives_a_type_and_no_noise()
    {
        var graph = GraphReader.Read(
            Build.Model(15, [Build.Input("x", 2)], [Build.Tensor("c", [3, 4], 2)], Build.Node("CastLike", ["c", "x"], "t"), Build.Node("Mul", ["t", "x"], "y")),
            "cast"
        );
        Tangent(graph, Build.Tensor("x", [1, 2], 2), Build.Tensor("dx", [10, 100], 2)).Should().Equal(30, 400);
    }

    [Fact]
    public void OneHot_is_linear_in_the_two_numbers_that_it_selects()
    {
        var graph = GraphReader.Read(
            Build.Model(13, [Build.Input("x", 2)], [Build.Integers("at", 2, 0), Build.Integers("depth", 3)], Build.Node("OneHot", ["at", "depth", "x"], "y")),
            "one hot"
        );
        Tangent(graph, Build.Tensor("x", [1, 2], 2), Build.Tensor("dx", [10, 100], 2)).Should().Equal(10, 10, 100, 100, 10, 10);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Noise_in_the_stored_statistics_of_batch_norm_is_refused(int input)
    {
        string[] inputs = ["x", "scale", "shift", "mean", "variance"];
        inputs[input] = "n";
        var graph = GraphReader.Read(
            Build.Model(
                15,
                [Build.Input("x", 2, 3), Build.Input("n", 3)],
                [Build.Tensor("scale", 1, 3), Build.Tensor("shift", 1, 3), Build.Tensor("mean", 1, 3), Build.Tensor("variance", [1, 1, 1], 3)],
                Build.Node("BatchNormalization", inputs, "y")
            ),
            "net"
        );
        foreach (var noisy in new[] { new[] { "n" }, ["x", "n"] })
        {
            var act = () =>
                Derivative.Differentiate(
                    graph,
                    Probe.Types(graph, () => InputValues.Example(graph), 1),
                    noisy.ToDictionary(name => name, name => $"d{name}"),
                    Stored
                );
            act.Should().Throw<InvalidInputException>().WithMessage("*stored statistics*");
        }
    }

    private static double[] Tangent(Graph graph, TensorProto x, TensorProto dx)
    {
        var (derivative, tangents) = Derivative.Differentiate(
            graph,
            Probe.Types(graph, () => InputValues.Example(graph), 1),
            new Dictionary<string, string> { ["x"] = "dx" },
            Stored
        );
        derivative.Inputs.Add(Build.Input("dx", [.. dx.Dims]));
        return Evaluation.Run(derivative, new Dictionary<string, TensorProto> { ["x"] = x, ["dx"] = dx }, [tangents["y"]])[tangents["y"]];
    }

    [Fact]
    public void The_derivative_of_a_magnitude_at_zero_is_the_one_from_the_left()
    {
        var graph = GraphReader.Read(Build.Model(13, [Build.Input("x", 3)], [], Build.Node("Abs", ["x"], "y")), "magnitude");
        Tangent(graph, Build.Tensor("x", [-2, 0, 3], 3), Build.Tensor("dx", [1, 10, 100], 3)).Should().Equal(-1, -10, 100);
    }
}
