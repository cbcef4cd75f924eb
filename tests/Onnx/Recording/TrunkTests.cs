using FluentAssertions;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;

namespace Wellbehaved.Tests.Onnx.Recording;

/// <summary>Which places all paths pass, and what else the command asks of a network.</summary>
public class TrunkTests
{
    [Fact]
    public void Places_of_branches_and_gates_are_off_the_trunk()
    {
        using var folder = new TemporaryFolder();
        TensorProto[] tensors =
        [
            Build.Tensor("w1", 0.3, 4, 3, 1, 1),
            Build.Tensor("w2", 0.3, 4, 4, 1, 1),
            Build.Tensor("w3", 0.3, 4, 4, 1, 1),
            Build.Tensor("w4", 0.3, 4, 4, 1, 1),
        ];
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 3, 4, 4)],
            tensors,
            Named("Conv", "stem", ["x", "w1"]),
            Named("Relu", "before", ["stem"]),
            Named("Conv", "branch", ["before", "w2"]),
            Named("Add", "sum", ["branch", "before"]),
            Named("GlobalAveragePool", "squeeze", ["sum"]),
            Named("Conv", "excite", ["squeeze", "w3"]),
            Named("Sigmoid", "gate", ["excite"]),
            Named("Mul", "gated", ["sum", "gate"]),
            Named("Conv", "head", ["gated", "w4"])
        );
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { BatchSize = 2, Threads = 1 });
        network.Places.Where(place => place.IsOnTrunk).Select(place => place.Name).Should().Equal("stem", "before", "sum", "gated", "head");
        network.Places.Where(place => !place.IsOnTrunk).Select(place => place.Name).Should().Equal("branch", "squeeze", "excite");
        network.MultiplyAdds.Should().BeGreaterThan(2 * 2 * 16 * (12 + 16 + 16), "signal and noise go through three convolutions of all positions");
    }

    [Fact]
    public void Given_input_elements_are_used_and_progress_is_reported()
    {
        using var folder = new TemporaryFolder();
        var model = Build.Model(
            13,
            [Build.Input("ids", TensorProto.Types.DataType.Int64, -1, 3), Build.Input("x", -1, 3, 4)],
            [Build.Tensor("table", 1, 7, 4), Build.Tensor("w", 0.5, 4, 4)],
            Build.Node("Gather", ["table", "ids"], "h"),
            Build.Node("Add", ["h", "x"], "s"),
            Build.Node("MatMul", ["s", "w"], "y")
        );
        var (asked, shares) = (new List<string>(), new List<double>());
        using var network = OnnxNetwork.Open(
            model.Save(folder.File("net.onnx")),
            new OnnxOptions
            {
                BatchSize = 2,
                Threads = 1,
                Signal = (input, simulation) =>
                {
                    asked.Add($"{input.Name} {simulation}");
                    return input.Name == "ids" ? [6, 5, 4, 3, 2, 1] : null;
                },
            }
        );
        var mapping = network.Map(seed: 1, simulation: 5, shares.Add);
        asked.Should().Contain(["ids 5", "x 5"]);
        shares.Should().BeInAscendingOrder().And.EndWith(1);
        mapping.FirstNotFinite.Should().BeNull();
        network.Composition.Reason.Should().Be("noise enters at several inputs, or after an embedding");
    }

    [Fact]
    public void Overflow_is_distinguished_from_NaN()
    {
        using var folder = new TemporaryFolder();
        OnnxMapping Run(params NodeProto[] nodes)
        {
            var model = Build.Model(
                13,
                [Build.Input("x", -1, 4)],
                [Build.Tensor("w", 1, 4, 4), Build.Tensor("big", 1e30, 4, 4), Build.Tensor("zero", [0, 0, 0, 0], 4)],
                nodes
            );
            using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { BatchSize = 3, Threads = 1 });
            return network.Map(1, 0);
        }

        var overflow = Run(Named("MatMul", "a", ["x", "big"]), Named("Gemm", "b", ["a", "big"]));
        overflow.FirstNotFinite.Should().Be(1);
        overflow.IsNotANumber.Should().BeFalse();
        var none = Run(Named("MatMul", "a", ["x", "w"]), Named("Mul", "o", ["a", "zero"]), Named("Div", "n", ["o", "o"]), Named("Relu", "b", ["n"]));
        none.FirstNotFinite.Should().Be(1);
        none.IsNotANumber.Should().BeTrue();
    }

    private static NodeProto Named(string operation, string name, string[] inputs)
    {
        var node = Build.Node(operation, inputs, name);
        node.Name = name;
        return node;
    }
}
