using FluentAssertions;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A model of some hundred bytes can ask for endless work and for all memory; it gets neither.</summary>
public sealed class OnnxLimitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Whether its result is a constant, that is computed when the model is loaded, or depends on the input.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_loop_without_end_is_given_up_after_the_time_limit(bool constant)
    {
        var model = Build.Model(
            17,
            [Build.Input("x", -1, 6)],
            [Build.Tensor("w", 1, 6, 6), Scalar("often", 1L << 60), True("on"), Build.Tensor("zero", 1, 1, 6)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Loop(["often", "on", constant ? "zero" : "h"], "looped"),
            Build.Node("Add", ["h", "looped"], "sum"),
            Build.Node("MatMul", ["sum", "w"], "y")
        );

        Refused(model, ["--time-limit", "3"], "*net.onnx: expected a model that ONNX Runtime can *, but there was no progress in 3 s; --time-limit *");
    }

    [Theory]
    [InlineData("constant")]
    [InlineData("expanded")]
    [InlineData("batch")]
    public void Memory_beyond_the_limit_is_refused_with_the_limit_and_the_option(string where)
    {
        string[] batch = where == "batch" ? ["--batch-size", "20000000"] : [];
        TensorProto[] shape = where switch
        {
            "constant" => [Build.Integers("s", 60000, 60000)],
            "expanded" => [Build.Integers("s", 10, 100_000, 8, 6)],
            _ => [],
        };
        NodeProto[] nodes = where switch
        {
            "constant" =>
            [
                Build.Node("ConstantOfShape", ["s"], "k"),
                Build.Node("ReduceSum", ["k"], "r").With("keepdims", 0L),
                Build.Node("Add", ["h", "r"], "a"),
                Build.Node("MatMul", ["a", "w"], "y"),
            ],
            "expanded" => [Build.Node("Expand", ["h", "s"], "e"), Build.Node("MatMul", ["e", "w"], "p"), Build.Node("MatMul", ["p", "w"], "y")],
            _ => [Build.Node("Tanh", ["h"], "t"), Build.Node("MatMul", ["t", "w"], "y")],
        };
        var model = Build.Model(17, [Build.Input("x", -1, 6)], [Build.Tensor("w", 1, 6, 6), .. shape], [Build.Node("MatMul", ["x", "w"], "h"), .. nodes]);

        Refused(
            model,
            ["--memory-limit", "0.5", .. batch],
            "*net.onnx: expected a model that takes at most 537 MB of memory; --memory-limit gives it more GiB*, or choose a smaller batch"
        );
    }

    [Theory]
    [InlineData("--time-limit", "0", "--time-limit: expected a positive number of seconds up to a day, got 0")]
    [InlineData("--time-limit", "NaN", "--time-limit: expected a positive number of seconds up to a day, got NaN")]
    [InlineData("--time-limit", "1e300", "--time-limit: expected a positive number of seconds up to a day, got 1E+300")]
    [InlineData("--memory-limit", "-1", "--memory-limit: expected a positive number of GiB, got -1")]
    [InlineData("--memory-limit", "NaN", "--memory-limit: expected a positive number of GiB, got NaN")]
    [InlineData("--threads", "2147483647", "--threads: expected at most 4096 threads, got 2147483647")]
    [InlineData("--threads", "-1", "--threads: expected a positive number, got -1")]
    public void A_limit_that_is_none_is_refused_by_its_name(string option, string value, string message)
    {
        var model = Build.Model(17, [Build.Input("x", -1, 6)], [Build.Tensor("w", 1, 6, 6)], Build.Node("MatMul", ["x", "w"], "y"));

        Refused(model, [option, value], message);
    }

    [Theory]
    [InlineData("run --network vanilla --total-depth 2 --num-channels 4 --batch-size 4 --num-sims 1 --out x.npz --threads 2147483647")]
    [InlineData("diagnose vanilla --total-depth 2 --num-channels 4 --batch-size 4 --num-sims 1 --threads 2147483647")]
    public void Too_many_threads_are_refused_by_the_name_of_their_option(string call)
    {
        var outcome = CommandLine.Run(call.Split(' '));

        outcome.Error.TrimEnd().Should().Be("wellbehaved: --threads: expected at most 4096 threads, got 2147483647");
        outcome.ExitStatus.Should().Be(2);
    }

    [Theory]
    [InlineData("""[{"repeat":{"times":1048575,"unit":["relu"]}}]""", "layers[0].repeat", 1048575)]
    [InlineData("""["relu",{"repeat":{"times":300,"unit":[{"repeat":{"times":300,"unit":["relu"]}}]}}]""", "layers[1].repeat", 90001)]
    public void A_network_with_more_layers_than_a_file_can_take_is_not_written(string layers, string place, int count)
    {
        var network = Path.Combine(_folder, "net.json");
        File.WriteAllText(network, $$"""{"name":"n","input":[4,4,3],"layers":{{layers}}}""");

        var outcome = CommandLine.Run("network", network, "--onnx", Path.Combine(_folder, "net.onnx"));

        outcome
            .Error.TrimEnd()
            .Should()
            .Be($"wellbehaved: {network}: {place}: expected at most 65536 layers with all repetitions in an ONNX file, got {count}");
        outcome.ExitStatus.Should().Be(2);
        Directory.GetFiles(_folder).Should().Equal(network);
    }

    private void Refused(ModelProto model, string[] options, string message)
    {
        // Of some operators there are several, which ONNX Runtime wants to have names of their own.
        foreach (var node in model.Graph.Node)
        {
            node.Name = node.Output[0];
        }

        var outcome = CommandLine.Run(["diagnose", model.Save(Path.Combine(_folder, "net.onnx")), "--num-sims", "2", .. options]);
        outcome.Output.Should().BeEmpty();

        // On a slow machine the progress of mappings comes before it.
        var lines = outcome.Error.TrimEnd().Split('\n').Where(line => !line.StartsWith("net: ", StringComparison.Ordinal));
        lines.Should().ContainSingle().Which.Should().Match($"wellbehaved: {message}");
        outcome.ExitStatus.Should().Be(2);
    }

    private static TensorProto Scalar(string name, long value)
    {
        var tensor = Build.Integers(name, value);
        tensor.Dims.Clear();
        return tensor;
    }

    private static TensorProto True(string name) =>
        new()
        {
            Name = name,
            DataType = (int)DataType.Bool,
            RawData = Google.Protobuf.ByteString.CopyFrom(1),
        };

    /// <summary>A loop that hands on what it got.</summary>
    private static NodeProto Loop(string[] inputs, string output)
    {
        var body = new GraphProto { Name = "body" };
        body.Input.Add(Build.Input("i", DataType.Int64));
        body.Input.Add(Build.Input("more", DataType.Bool));
        body.Input.Add(
            new ValueInfoProto
            {
                Name = "carried",
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } },
            }
        );
        body.Node.Add(Build.Node("Identity", ["more"], "go"));
        body.Node.Add(Build.Node("Identity", ["carried"], "same"));
        foreach (var inner in body.Node)
        {
            inner.Name = inner.Output[0];
        }

        body.Output.Add(Build.Input("go", DataType.Bool));
        body.Output.Add(
            new ValueInfoProto
            {
                Name = "same",
                Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1 } },
            }
        );
        var node = Build.Node("Loop", inputs, output);
        node.Attribute.Add(
            new AttributeProto
            {
                Name = "body",
                Type = AttributeProto.Types.AttributeType.Graph,
                G = body,
            }
        );
        return node;
    }
}
