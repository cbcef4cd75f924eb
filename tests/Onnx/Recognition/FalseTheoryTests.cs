using FluentAssertions;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;

namespace Wellbehaved.Tests.Onnx.Recognition;

/// <summary>Graphs that resemble described layers and compute something else: for these there is no theory, and what they do is measured.</summary>
public class FalseTheoryTests
{
    [Fact]
    public void Output_that_is_a_value_minus_its_mean_is_measured_without_theory()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 6)],
            [Build.Tensor("w", 0.4, 6, 6)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("ReduceMean", ["h"], "m").With("axes", [-1L]),
            Build.Node("Sub", ["h", "m"], "y")
        );
        Reason(model).Should().Contain("Sub 'sub'");
    }

    [Fact]
    public void Product_over_the_columns_of_images_is_no_layer_over_channels()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 3, 16, 16)],
            [Build.Tensor("v", 0.4, 16, 3, 1, 1), Build.Tensor("w", 0.4, 16, 16)],
            Build.Node("Conv", ["x", "v"], "h"),
            Build.Node("MatMul", ["h", "w"], "y")
        );
        Reason(model).Should().Contain("MatMul 'matmul': it is not a plain product of vectors with weights");
    }

    /// <summary>x/√(mean of x² + ε) and what is written with the same operators.</summary>
    [Theory]
    [InlineData("its own form", true)]
    [InlineData("its own form with an integer exponent", true)]
    [InlineData("fourth power", false)]
    [InlineData("ε after the root", false)]
    [InlineData("divides something else", false)]
    [InlineData("the root above", false)]
    public void Division_by_the_size_of_a_value_is_a_norm_only_in_its_own_form(string form, bool isNorm)
    {
        NodeProto[] steps =
        [
            Build.Node("Pow", ["h", Exponent()], "p"),
            Build.Node("ReduceMean", ["p"], "m").With("axes", [-1L]),
            .. form == "ε after the root"
                ? new[] { Build.Node("Sqrt", ["m"], "r"), Build.Node("Add", ["r", "epsilon"], "s") }
                : [Build.Node("Add", ["m", "epsilon"], "a"), Build.Node("Sqrt", ["a"], "s")],
            form switch
            {
                "divides something else" => Build.Node("Div", ["p", "s"], "y"),
                "the root above" => Build.Node("Div", ["s", "h"], "y"),
                _ => Build.Node("Div", ["h", "s"], "y"),
            },
        ];
        TensorProto[] tensors =
        [
            Build.Tensor("w", 0.4, 6, 6),
            Build.Tensor("two", [2]),
            Build.Tensor("four", [4]),
            Build.Integers("whole", 2),
            Build.Tensor("epsilon", [0.01]),
        ];
        var norm = Build.Model(13, [Build.Input("x", -1, 6)], tensors, [Build.Node("MatMul", ["x", "w"], "h"), .. steps]);
        var centred = Build.Model(
            13,
            [Build.Input("x", -1, 6)],
            tensors,
            [
                Build.Node("MatMul", ["x", "w"], "g"),
                Build.Node("ReduceMean", ["g"], "mean").With("axes", [-1L]),
                Build.Node("Sub", ["g", "mean"], "h"),
                .. steps.Select(step => step.Clone()),
            ]
        );
        if (isNorm)
        {
            Recognise(norm).Network.Should().Contain("\"rms_norm\"").And.Contain("0.01");
            Recognise(centred).Network.Should().Contain("\"layer_norm\"").And.Contain("0.01");
        }
        else
        {
            Reason(norm).Should().NotBeNull();
            Reason(centred).Should().NotBeNull();
        }

        string Exponent() =>
            form switch
            {
                "fourth power" => "four",
                "its own form with an integer exponent" => "whole",
                _ => "two",
            };
    }

    [Theory]
    [InlineData(new long[] { 2, 3 }, 1, true)]
    [InlineData(new long[] { -1, -2 }, 0, true)]
    [InlineData(new long[] { 0, 2, 3 }, 1, false)]
    [InlineData(new long[] { 1, 2 }, 0, false)]
    public void Mean_is_a_global_pooling_only_over_rows_and_columns(long[] axes, long keepsAxes, bool isPooling)
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 3, 8, 8)],
            [Build.Tensor("w", 0.4, 8, 3, 1, 1)],
            Build.Node("Conv", ["x", "w"], "h"),
            Build.Node("ReduceMean", ["h"], "y").With("axes", axes).With("keepdims", keepsAxes)
        );
        if (isPooling)
        {
            Recognise(model).Network.Should().Contain("\"global_average_pool\"");
        }
        else
        {
            Reason(model).Should().Contain("ReduceMean 'reducemean'");
        }
    }

    [Fact]
    public void Mean_over_the_batch_is_no_pooling() =>
        Reason(
                Build.Model(
                    13,
                    [Build.Input("x", -1, 6)],
                    [Build.Tensor("w", 0.4, 6, 6)],
                    Build.Node("MatMul", ["x", "w"], "h"),
                    Build.Node("ReduceMean", ["h"], "y").With("axes", [0L])
                )
            )
            .Should()
            .Contain("ReduceMean 'reducemean'");

    [Theory]
    [InlineData(-1, true)]
    [InlineData(1, true)]
    [InlineData(0, false)]
    public void Layer_norm_is_described_only_over_channels(long axis, bool isDescribed)
    {
        long[] shape = axis == 0 ? [2, 6] : [6];
        var model = Build.Model(
            17,
            [Build.Input("x", 2, 6)],
            [Build.Tensor("w", 0.4, 6, 6), Build.Tensor("scale", [.. Enumerable.Repeat(1.0, axis == 0 ? 12 : 6)], shape)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("LayerNormalization", ["h", "scale"], "y").With("axis", axis)
        );
        if (isDescribed)
        {
            Recognise(model).Network.Should().Contain("\"layer_norm\"");
        }
        else
        {
            Reason(model).Should().Contain("LayerNormalization 'layernormalization'");
        }
    }

    [Fact]
    public void Convolution_of_one_position_after_rows_and_columns_that_are_chosen_is_none_of_the_image()
    {
        ModelProto Of(long[] rows) =>
            Build.Model(
                13,
                [Build.Input("x", -1, 3, 4, 4)],
                [Build.Tensor("w", 0.4, 8, 3, 1, 1), Build.Integers("rows", rows)],
                Build.Node("Gather", ["x", "rows"], "r").With("axis", 2L),
                Build.Node("Gather", ["r", "rows"], "c").With("axis", 3L),
                Build.Node("Conv", ["c", "w"], "y")
            );
        Reason(Of([0, 0, 0, 0])).Should().Contain("Conv 'conv'");
        Recognise(Of([0, 1, 2, 3])).Network.Should().Contain("\"conv\"");
    }

    [Fact]
    public void Convolution_of_one_position_that_is_padded_begins_elsewhere() =>
        Reason(
                Build.Model(
                    13,
                    [Build.Input("x", -1, 3, 7, 7)],
                    [Build.Tensor("w", 0.4, 8, 3, 1, 1)],
                    Build.Node("Conv", ["x", "w"], "y").With("strides", [3L, 3]).With("pads", [1L, 1, 1, 1])
                )
            )
            .Should()
            .Contain("Conv 'conv': its input is padded by 1, 1, 1, 1");

    [Fact]
    public void Two_bounds_of_one_value_are_two_functions()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 6)],
            [Build.Tensor("w", 0.4, 6, 6), Build.Tensor("v", 0.4, 6, 6), Build.Tensor("u", 0.4, 6, 6), Build.Tensor("zero", [0]), Build.Tensor("five", [5])],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("Max", ["zero", "h"], "a"),
            Build.Node("MatMul", ["a", "v"], "b"),
            Build.Node("Max", ["five", "h"], "c"),
            Build.Node("MatMul", ["c", "u"], "d"),
            Build.Node("Add", ["b", "d"], "y")
        );
        Reason(model).Should().Contain("Max 'c'");
    }

    [Fact]
    public void Convolution_whose_list_of_strides_is_empty_is_not_described()
    {
        var node = Build.Node("Conv", ["x", "w"], "y").With("strides", Array.Empty<long>());
        var graph = GraphReader.Read(Build.Model(13, [Build.Input("x", 2, 3, 4, 4)], [Build.Tensor("w", 0.4, 8, 3, 1, 1)], node), "net");
        var types = new Dictionary<string, TensorType>
        {
            ["x"] = Single(2, 3, 4, 4),
            ["w"] = Single(8, 3, 1, 1),
            ["y"] = Single(2, 8, 4, 4),
        };
        var act = () => new LayerMatch(graph, types, [], OnnxBatchNorm.Batch).Convolution(node, new Wellbehaved.Networks.Shape(4, 4, 3), null);
        act.Should().Throw<NotComposedException>().WithMessage("Conv 'conv': its strides or dilations differ between the axes");

        static TensorType Single(params long[] shape) => new((int)TensorProto.Types.DataType.Float, shape);
    }

    private static string? Reason(ModelProto model) => Recognise(model).Reason;

    /// <summary>What is recognised of a model, after a mapping of it has been measured.</summary>
    private static OnnxComposition Recognise(ModelProto model)
    {
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(
            model.Save(folder.File("net.onnx")),
            new OnnxOptions
            {
                BatchSize = 2,
                Threads = 1,
                Weights = OnnxWeights.He,
            }
        );
        network.Record(1, 0).Mappings[0].FirstNotFinite.Should().BeNull();
        return network.Composition;
    }
}
