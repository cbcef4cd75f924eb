using FluentAssertions;
using Wellbehaved.Networks;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;

namespace Wellbehaved.Tests.Onnx.Recognition;

/// <summary>Graphs that are compositions of described layers are recognised as these, and others are not.</summary>
public class RecognitionTests
{
    [Theory]
    [InlineData("vanilla", 1, Boundary.Periodic)]
    [InlineData("vanilla_res", 3, Boundary.Symmetric)]
    [InlineData("bn_ff", 3, Boundary.ZeroPadding)]
    [InlineData("bn_res", 3, Boundary.Periodic)]
    public void Exported_recipe_is_recognised(string name, int kernel, Boundary boundary) =>
        IsRecognised(Recipes.Find(name, new RecipeSizes(new Shape(8, 8, 3), 2, 6, kernel, boundary))!);

    public static TheoryData<string> Kinds() => [.. Composed.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Layers_of_each_kind_are_recognised(string name) => IsRecognised(new Network("one", new Shape(8, 8, 3), Composed[name]));

    [Fact]
    public void Written_out_activations_are_recognised_by_what_they_compute()
    {
        // GELU as PyTorch before opset 20 exports it, and a function that is none.
        NodeProto[] Gelu(double factor) =>
            [
                Build.Node("MatMul", ["x", "w"], "h"),
                Build.Node("Div", ["h", "root"], "a"),
                Build.Node("Erf", ["a"], "b"),
                Build.Node("Add", ["b", "one"], "c"),
                Build.Node("Mul", ["h", "c"], "d"),
                Build.Node("Mul", ["d", factor == 0.5 ? "half" : "third"], "y"),
            ];
        TensorProto[] tensors = [Build.Tensor("w", 0.4, 6, 6), Number("root", Math.Sqrt(2)), Number("one", 1), Number("half", 0.5), Number("third", 1 / 3.0)];
        Recognise(Build.Model(13, [Build.Input("x", -1, 6)], tensors, Gelu(0.5)), OnnxWeights.He).Network.Should().Contain("\"gelu\"");
        Recognise(Build.Model(13, [Build.Input("x", -1, 6)], tensors, Gelu(1 / 3.0)), OnnxWeights.He).Reason.Should().Contain("Mul 'mul'");
    }

    [Fact]
    public void Graph_that_is_no_composition_of_layers_is_reported_with_the_node()
    {
        TensorProto[] tensors = [Build.Tensor("w", 0.3, 4, 3, 3, 3)];
        Recognise(Build.Model(13, [Build.Input("x", -1, 3, 8, 8)], tensors, Build.Node("Conv", ["x", "w"], "y")), OnnxWeights.He)
            .Reason.Should()
            .Be("Conv 'conv': its input is padded by 0, 0, 0, 0, and that of a described layer with its kernel by 1 before the first row and column");
        Recognise(Build.Model(13, [Build.Input("x", -1, 3, 8, 8)], tensors, Build.Node("Conv", ["x", "w"], "y").With("pads", [1L, 1, 1, 1])), OnnxWeights.File)
            .Reason.Should()
            .Be("Conv 'conv': its weights are those of the file, and not random");
        Recognise(
            Build.Model(
                13,
                [Build.Input("x", -1, 3, 8, 8)],
                tensors,
                Build.Node("Conv", ["x", "w"], "h").With("pads", [1L, 1, 1, 1]),
                Build.Node("MaxPool", ["h"], "y").With("kernel_shape", [3L, 3]).With("strides", [2L, 2])
            ),
            OnnxWeights.He
        )
            .Reason.Should()
            .Be("MaxPool 'maxpool': its windows overlap or are not square");
    }

    private static readonly Dictionary<string, Layers> Composed = new()
    {
        ["convolutions"] =
        [
            new Convolution(3)
            {
                Channels = 8,
                Stride = 2,
                Boundary = Boundary.ZeroPadding,
            },
            new Convolution(2) { Groups = 4 },
            new Convolution(2) { Dilation = 2 },
            new Convolution(3) { Boundary = Boundary.Symmetric },
        ],
        ["norms"] = [new Convolution(1) { Channels = 8 }, new BatchNorm { Scale = 0.5 }, new LayerNorm(), new RmsNorm { Epsilon = 0.01 }, new Convolution(1)],
        ["pools"] = [new Convolution(1) { Channels = 8 }, new MaxPool(2), new AveragePool(2), new GlobalAveragePool(), new Convolution(1)],
        ["activations"] =
        [
            new Convolution(1) { Channels = 8 },
            .. Enum.GetValues<FunctionKind>()
                .Where(kind => kind != FunctionKind.Linear)
                .Select(kind => (Layer)new Activation(kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(0.25) : new Function(kind))),
        ],
        ["residuals"] =
        [
            new Convolution(3) { Channels = 8 },
            new Residual([new Activation(Function.Relu), new Convolution(3)]) { BranchScale = 0.5, SkipScale = 0.75 },
            new Residual([new Convolution(3), new BatchNorm(), new Residual([new Activation(Function.Relu), new Convolution(1)])])
            {
                Skip = [new Convolution(1)],
            },
        ],
    };

    private static void IsRecognised(Network network)
    {
        var model = OnnxExport.Model(network, 1, 0);
        using var folder = new TemporaryFolder();
        using var opened = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { BatchSize = 2, Threads = 1 });
        var found = opened.Composition;
        found.Reason.Should().BeNull();
        var recognised = NetworkTemplate.Parse(found.Network!).With();
        Written(recognised.Layers).Should().Equal(Written(network.Layers));
        found.Places.Should().HaveCount(recognised.Places.Count);
        var same = recognised
            .Places.Zip(found.Places)
            .Where(pair => pair.Second >= 0 && pair.First.Kind == PlaceKind.After)
            .Select(pair => (pair.First, Second: opened.Places[pair.Second]))
            .ToList();
        same.Should().HaveCountGreaterThan(recognised.Places.Count / 3);
        foreach (var (described, place) in same)
        {
            place.Channels.Should().Be(described.Shape.Channels);
            place.Points.Should().Be(2 * (int)described.Shape.Positions);
            if (described.After is Convolution or Dense or Norm or Pooling or Residual)
            {
                place
                    .Kind.Should()
                    .Be(
                        described.After switch
                        {
                            Residual => OnnxPlaceKind.Added,
                            Norm => OnnxPlaceKind.Normalised,
                            Pooling => OnnxPlaceKind.Pooled,
                            _ => OnnxPlaceKind.Weighted,
                        }
                    );
            }
        }
    }

    /// <summary>Layers one after the other, dense ones as the convolutions that files have, with weights of one law.</summary>
    private static IEnumerable<string> Written(IEnumerable<Layer> layers) =>
        layers.SelectMany(layer =>
            layer switch
            {
                Repeat repeat => Enumerable.Range(0, repeat.Times).SelectMany(_ => Written(repeat.Unit)),
                Dense => ["conv 1"],
                Convolution { Kernel: 1 } => ["conv 1"],
                Convolution convolution =>
                [
                    $"conv {convolution.Kernel} {convolution.Stride} {convolution.Dilation} {convolution.Groups} {convolution.Boundary}",
                ],
                Residual residual =>
                [
                    "(",
                    $"{residual.BranchScale}",
                    .. Written(residual.Branch),
                    "|",
                    $"{residual.SkipScale}",
                    .. Written(residual.Skip),
                    ")",
                ],
                var other => (IEnumerable<string>)[$"{other}"],
            }
        );

    private static OnnxComposition Recognise(ModelProto model, OnnxWeights weights)
    {
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(
            model.Save(folder.File("net.onnx")),
            new OnnxOptions
            {
                BatchSize = 2,
                Threads = 1,
                Weights = weights,
            }
        );
        return network.Composition;
    }

    private static TensorProto Number(string name, double value)
    {
        var tensor = Build.Tensor(name, [value], 1);
        tensor.Dims.Clear();
        return tensor;
    }

    /// <summary>Within the bound they are a ReLU and a leaky one of slope 1, which have no bound.</summary>
    [Theory]
    [InlineData(0, 6)]
    [InlineData(-5, 5)]
    [InlineData(0, 50)]
    public void A_function_with_a_bound_is_not_taken_for_one_without(double least, double most)
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 6)],
            [Build.Tensor("w", 0.4, 6, 6), Number("least", least), Number("most", most)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("Clip", ["h", "least", "most"], "y")
        );
        Recognise(model, OnnxWeights.He).Reason.Should().Contain("Clip 'clip'");
    }
}
