using FluentAssertions;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;

namespace Wellbehaved.Tests.Onnx.Reading;

/// <summary>Branches whose condition is known are put in the place of their If node; what they call by one name stays apart.</summary>
public class BranchTests
{
    private static readonly OnnxOptions AsFile = new() { Weights = OnnxWeights.File, Threads = 1 };

    [Theory]
    [InlineData(true, 6)]
    [InlineData(false, 30)]
    public void Tensors_and_nodes_of_one_name_in_two_branches_stay_apart(bool first, double factor)
    {
        // The first choice is 2x or 10x, the second one 3 times that: each calls its tensor 'v', its value 'inner' and its node 'mul'.
        NodeProto Choice(string input, string output, string condition, double then, double otherwise) =>
            Build
                .Node("If", [condition], output)
                .With("then_branch", [Build.Tensor("v", [then])], [Build.Node("Mul", [input, "v"], "inner")], "inner")
                .With("else_branch", [Build.Tensor("v", [otherwise])], [Build.Node("Mul", [input, "v"], "inner")], "inner");

        var graph = Inlined(
            Build.Model(
                13,
                [Build.Input("x", 2)],
                [Build.Truth("first", first), Build.Truth("yes", true)],
                Choice("x", "h", "first", 2, 10),
                Choice("h", "y", "yes", 3, 100)
            )
        );

        Evaluation.Run(graph, new Dictionary<string, TensorProto> { ["x"] = Build.Tensor("x", [1, -2], 2) }, ["y"])["y"].Should().Equal(factor, -2 * factor);
        graph.Nodes.Select(node => node.Name).Where(name => name.Length > 0).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_value_that_a_graph_inside_a_branch_takes_keeps_its_meaning()
    {
        // The branch calls x + 1 by the name that a node outside has, and a branch inside adds it to x.
        var inner = Build
            .Node("If", ["yes"], "sum")
            .With("then_branch", [], [Build.Node("Add", ["x", "h"], "r")], "r")
            .With("else_branch", [], [Build.Node("Neg", ["h"], "r")], "r");
        var graph = Inlined(
            Build.Model(
                13,
                [Build.Input("x", 2)],
                [Build.Truth("yes", true), Build.Tensor("one", [1])],
                Build.Node("Neg", ["x"], "h"),
                Build
                    .Node("If", ["yes"], "z")
                    .With("then_branch", [], [Build.Node("Add", ["x", "one"], "h"), inner], "sum")
                    .With("else_branch", [], [Build.Node("Neg", ["x"], "h")], "h"),
                Build.Node("Mul", ["z", "h"], "y")
            )
        );

        Evaluation.Run(graph, new Dictionary<string, TensorProto> { ["x"] = Build.Tensor("x", [1, 2], 2) }, ["y"])["y"].Should().Equal(3 * -1, 5 * -2);
    }

    [Fact]
    public void A_choice_of_two_values_is_run()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 3)],
            [Build.Truth("yes", true), Build.Tensor("w", 1, 3, 3)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build
                .Node("If", ["yes"], "a", "b")
                .With("then_branch", [], [Build.Node("Relu", ["h"], "p"), Build.Node("Neg", ["h"], "q")], "p", "q")
                .With("else_branch", [], [Build.Node("Relu", ["h"], "p"), Build.Node("Neg", ["h"], "q")], "q", "p"),
            Build.Node("Add", ["a", "b"], "y")
        );
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), AsFile);
        network.Run(0, 0, null, default).Moments.Should().OnlyContain(moments => moments != null);
    }

    [Theory]
    [InlineData("v.bin", null)]
    [InlineData("../v.bin", "*'../v.bin'*")]
    [InlineData("absent.bin", "*'absent.bin'*")]
    public void Tensors_of_a_branch_in_another_file_are_loaded_from_the_folder_of_the_model_alone(string location, string? refusal)
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("models"));
        foreach (var file in new[] { "v.bin", "models/v.bin" })
        {
            File.WriteAllBytes(folder.File(file), BitConverter.GetBytes(3f));
        }

        var tensor = new TensorProto
        {
            Name = "v",
            DataType = (int)TensorProto.Types.DataType.Float,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        tensor.Dims.Add(1);
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        var model = Build.Model(
            13,
            [Build.Input("x", 2)],
            [Build.Truth("yes", true)],
            Build
                .Node("If", ["yes"], "y")
                .With("then_branch", [tensor], [Build.Node("Mul", ["x", "v"], "r")], "r")
                .With("else_branch", [], [Build.Node("Neg", ["x"], "r")], "r")
        );
        var path = folder.File("models/net.onnx");
        Func<double[]> act = () =>
        {
            var graph = GraphReader.Read(model, path);
            Branches.Inline(graph, () => InputValues.Example(graph), 1);
            return Evaluation.Run(graph, new Dictionary<string, TensorProto> { ["x"] = Build.Tensor("x", [1, -2], 2) }, ["y"])["y"];
        };

        if (refusal is null)
        {
            act().Should().Equal(3, -6);
        }
        else
        {
            act.Should().Throw<InvalidInputException>().WithMessage(refusal);
        }
    }

    [Fact]
    public void Operators_inside_a_loop_are_upgraded_with_the_others()
    {
        // Of version 11, where Squeeze has its axes as an attribute: the loop doubles a vector of ones three times, and x is multiplied by it.
        var body = Build
            .Node("Loop", ["three", "yes", "ones"], "eights")
            .With(
                "body",
                [],
                [
                    Build.Node("Unsqueeze", ["v"], "u").With("axes", [0L]),
                    Build.Node("Squeeze", ["u"], "s").With("axes", [0L]),
                    Build.Node("Add", ["s", "v"], "twice"),
                    Build.Node("Identity", ["go"], "on"),
                ],
                "on",
                "twice"
            );
        body.Attribute[0]
            .G.Input.AddRange([
                GraphModel.Input("i", (int)TensorProto.Types.DataType.Int64, []),
                GraphModel.Input("go", (int)TensorProto.Types.DataType.Bool, []),
                Build.Input("v", 2),
            ]);
        var three = Tensors.FromIntegers(3);
        three.Name = "three";
        three.Dims.Clear();
        var graph = GraphReader.Read(
            Build.Model(
                11,
                [Build.Input("x", 2)],
                [three, Build.Truth("yes", true), Build.Tensor("ones", [1, 1], 2)],
                body,
                Build.Node("Mul", ["x", "eights"], "y")
            ),
            "net"
        );
        OperatorUpgrade.Apply(graph);

        graph.Opset.Should().Be(OperatorUpgrade.Version);
        Evaluation.Run(graph, new Dictionary<string, TensorProto> { ["x"] = Build.Tensor("x", [1, -2], 2) }, ["y"])["y"].Should().Equal(8, -16);
    }

    [Theory]
    [InlineData("v", "v")]
    [InlineData("", "v")]
    public void A_branch_whose_tensors_have_no_names_of_their_own_is_refused(string first, string second)
    {
        var act = () =>
            Inlined(
                Build.Model(
                    13,
                    [Build.Input("x", 2)],
                    [Build.Truth("yes", true)],
                    Build
                        .Node("If", ["yes"], "y")
                        .With("then_branch", [Build.Tensor(first, [1]), Build.Tensor(second, [1])], [Build.Node("Mul", ["x", "v"], "r")], "r")
                        .With("else_branch", [], [Build.Node("Neg", ["x"], "r")], "r")
                )
            );
        act.Should().Throw<InvalidInputException>().WithMessage("*its own name*in a branch of If 'if'*");
    }

    private static Graph Inlined(ModelProto model)
    {
        var graph = GraphReader.Read(model, "net");
        Branches.Inline(graph, () => InputValues.Example(graph), 1);
        graph.Nodes.Should().NotContain(node => node.OpType == "If");
        return graph;
    }
}
