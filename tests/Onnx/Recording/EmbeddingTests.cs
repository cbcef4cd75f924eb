using FluentAssertions;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Onnx.Recording;

/// <summary>What an embedding of tokens is, after which noise enters, and what is a table of positions.</summary>
public class EmbeddingTests
{
    [Theory]
    [InlineData("Mul")]
    [InlineData("DequantizeLinear")]
    [InlineData("Concat")]
    public void Noise_enters_after_an_embedding_whose_table_is_computed(string operation)
    {
        var whole = new TensorProto { Name = "whole", DataType = (int)DataType.Int8 };
        whole.Dims.AddRange([7, 4]);
        whole.Int32Data.AddRange(Enumerable.Range(-14, 28));
        string[] inputs = operation switch
        {
            "Mul" => ["rows", "factor"],
            "DequantizeLinear" => ["whole", "factor"],
            "Concat" => ["rows", "rows"],
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "no such table"),
        };
        var table = Build.Node(operation, inputs, "table");
        var model = Build.Model(
            13,
            [Build.Input("ids", DataType.Int64, -1, 5)],
            [whole, Number("factor", 0.1), Build.Tensor("rows", 1, 7, 4), Build.Tensor("w", 0.5, 4, 4)],
            operation == "Concat" ? table.With("axis", 0L) : table,
            Build.Node("Gather", ["table", "ids"], "h"),
            Build.Node("MatMul", ["h", "w"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });

        network
            .Places.Select(place => (place.Operator, place.Kind, place.Depth))
            .Should()
            .Equal(("Gather", OnnxPlaceKind.Weighted, 1), ("MatMul", OnnxPlaceKind.Weighted, 2));
        var mapping = network.Record(1, 0).Mappings[0];
        mapping.FirstNotFinite.Should().BeNull();
        mapping.Mu2InputSignal.Should().Be(mapping.Moments[0]!.Value.Mu2Signal).And.BePositive();
        mapping.Moments[0]!.Value.Mu2Noise.Should().BeApproximately(1, 0.4, "noise of variance 1 enters there");
    }

    [Theory]
    [InlineData("mask")]
    [InlineData("tokens that are no padding")]
    public void Table_whose_rows_are_counted_is_one_of_positions(string counted)
    {
        NodeProto[] counting =
            counted == "mask"
                ? [Build.Node("Identity", ["mask"], "ones")]
                : [Build.Node("Greater", ["ids", "zero"], "words"), Build.Node("Cast", ["words"], "ones").With("to", (long)DataType.Int64)];
        var model = Build.Model(
            13,
            [Build.Input("ids", DataType.Int64, -1, 5), Build.Input("mask", DataType.Int64, -1, 5)],
            [
                Build.Tensor("vocabulary", 1, 11, 4),
                Build.Tensor("places", 1, 9, 4),
                Build.Tensor("w", 0.5, 4, 4),
                Build.Integers("zero", 0),
                Build.Integers("axis", 1),
            ],
            [
                .. counting,
                Build.Node("CumSum", ["ones", "axis"], "count"),
                Build.Node("Mul", ["count", "ones"], "positions"),
                Build.Node("Gather", ["places", "positions"], "p"),
                Build.Node("Gather", ["vocabulary", "ids"], "t"),
                Build.Node("Add", ["t", "p"], "h"),
                Build.Node("MatMul", ["h", "w"], "y"),
            ]
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });

        network.Parameters.Select(parameter => parameter.Name).Should().Equal("vocabulary", "w");
        network.Inputs.Select(input => input.Tokens).Should().Equal(11, null);
        network.Places[0].Name.Should().Be("t", "nodes of one name are called by what they compute, and noise enters there alone");
        network.Record(1, 0).Mappings[0].Moments[0]!.Value.Mu2Noise.Should().BeApproximately(1, 0.4);
    }

    [Theory]
    [InlineData("Clip")]
    [InlineData("Where")]
    [InlineData("Add")]
    public void Tokens_that_are_bounded_replaced_or_shifted_by_a_constant_are_still_tokens(string operation)
    {
        string[] inputs = operation switch
        {
            "Clip" => ["ids", "none", "most"],
            "Where" => ["chosen", "ids", "none"],
            "Add" => ["ids", "fields"],
            _ => throw new ArgumentOutOfRangeException(nameof(operation), operation, "no such change"),
        };
        var model = Build.Model(
            13,
            [Build.Input("ids", DataType.Int64, -1, 2)],
            [Build.Tensor("table", 1, 11, 4), Build.Tensor("w", 0.5, 4, 4), Whole("none", 0), Whole("most", 10), Build.Integers("fields", 0, 5)],
            Build.Node("Less", ["ids", "most"], "chosen"),
            Build.Node(operation, inputs, "rows"),
            Build.Node("Gather", ["table", "rows"], "h"),
            Build.Node("MatMul", ["h", "w"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
        network
            .Parameters.Select(parameter => (parameter.Name, parameter.Role))
            .Should()
            .Equal(("table", OnnxParameterRole.Embedding), ("w", OnnxParameterRole.Weights));
        network.Inputs[0].Tokens.Should().Be(11);
    }

    private static TensorProto Number(string name, double value)
    {
        var tensor = Build.Tensor(name, [value], 1);
        tensor.Dims.Clear();
        return tensor;
    }

    private static TensorProto Whole(string name, long value)
    {
        var tensor = Build.Integers(name, value);
        tensor.Dims.Clear();
        return tensor;
    }
}
