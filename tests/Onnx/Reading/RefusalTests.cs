using FluentAssertions;
using Google.Protobuf;
using Wellbehaved.Model;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Onnx.Reading;

/// <summary>Files that are wrong: one line that names the node or tensor, whatever is in them.</summary>
public class RefusalTests
{
    private static readonly Dictionary<string, (Action<ModelProto> Spoil, string Message)> Wrong = new()
    {
        ["circle"] = (
            model =>
            {
                model.Graph.Node[0].Input[0] = "y";
            },
            "*graph without cycles*'conv'*"
        ),
        ["nothing computes it"] = (model => model.Graph.Node[1].Input[0] = "absent", "*'absent', which Relu 'relu' takes*"),
        ["computed twice"] = (model => model.Graph.Node.Add(model.Graph.Node[1].Clone()), "*computed once*'h2'*"),
        ["no inputs of a product"] = (
            model =>
                model.Graph.Node.Add(
                    new NodeProto
                    {
                        OpType = "MatMul",
                        Name = "product",
                        Output = { "p" },
                    }
                ),
            "*expected 2 inputs of MatMul 'product', got 0"
        ),
        ["an empty input of a product"] = (
            model =>
                model.Graph.Node.Add(
                    new NodeProto
                    {
                        OpType = "MatMul",
                        Name = "product",
                        Input = { "h2", "" },
                        Output = { "p" },
                    }
                ),
            "*expected 2 inputs of MatMul 'product', got 1"
        ),
        ["no condition of a choice"] = (
            model =>
                model.Graph.Node.Add(
                    new NodeProto
                    {
                        OpType = "If",
                        Name = "choice",
                        Output = { "p" },
                    }
                ),
            "*expected 1 input of If 'choice', got 0"
        ),
        ["no input of a function"] = (model => model.Graph.Node[1].Input.Clear(), "*expected 1 input of Relu 'relu', got 0"),
        ["no output of a function"] = (model => model.Graph.Node[1].Output.Clear(), "*expected an output of Relu 'relu', got none"),
        ["no output"] = (model => model.Graph.Output[0].Name = "nowhere", "*output 'nowhere'*"),
        ["operators of the future"] = (model => model.OpsetImport[0].Version = 99, "*from 7 to *, got 99*"),
        ["operators of the past"] = (model => model.OpsetImport[0].Version = 6, "*from 7 to *, got 6*"),
        ["operators of others"] = (
            model =>
            {
                model.Graph.Node[1].Domain = "com.example";
            },
            "*Relu 'relu' of the domain 'com.example'*"
        ),
        ["operators that are not there"] = (model => model.Graph.Node[1].OpType = "Rectify", "*ONNX Runtime*Rectify*"),
        ["too few elements"] = (model => model.Graph.Initializer[0].RawData = ByteString.CopyFrom(1, 2, 3, 4), "*216 elements in tensor 'w'*got 1"),
        ["too large a tensor"] = (
            model =>
            {
                model.Graph.Initializer[0].Dims[0] = long.MaxValue;
            },
            "*memory can hold, got 'w'*"
        ),
        ["negative length"] = (
            model =>
            {
                model.Graph.Initializer[0].Dims[0] = -8;
            },
            "*memory can hold, got 'w'*"
        ),
        ["shapes that do not fit"] = (
            model =>
            {
                model.Graph.Initializer[0].Dims[0] = 4;
                model.Graph.Initializer[0].Dims[1] = 6;
            },
            "*ONNX Runtime*conv*"
        ),
        ["no noise in integers"] = (model => model.Graph.Input[0].Type.TensorType.ElemType = (int)DataType.Int64, "*"),
        ["outside of the folder"] = (model => Outside(model, "../weights.bin"), "*'w' in a file of the model's folder, got '../weights.bin'"),
        ["anywhere"] = (model => Outside(model, "/etc/passwd"), "*got '/etc/passwd'"),
        ["not there"] = (model => Outside(model, "absent.bin"), "*'absent.bin' cannot be read*"),
        ["a link"] = (model => Outside(model, "link.bin"), "*the link 'link.bin'*"),
        ["short"] = (model => Outside(model, "short.bin"), "*'short.bin' with 3 bytes, which has no 864 bytes*"),
        ["an open length"] = (
            model =>
            {
                model.Graph.Input[0].Type.TensorType.Shape.Dim[2].ClearDimValue();
            },
            "InputShapes: *'x'*[n, 3, ?, 5]*"
        ),
        ["sparse"] = (model => model.Graph.SparseInitializer.Add(new SparseTensorProto { Values = new TensorProto { Name = "few" } }), "*'few'*"),
        ["an input without a rank"] = (model => model.Graph.Input[0].Type.TensorType.Shape = null, "InputShapes: *'x'*in the form x=8x3x32x32"),
        ["no nodes"] = (
            model =>
            {
                model.Graph.Node.Clear();
                model.Graph.Output[0].Name = "x";
            },
            "*a graph with nodes, got one that computes nothing"
        ),
        ["an input without a type"] = (model => model.Graph.Input[0].Type = null, "*'x' of another kind*"),
    };

    public static TheoryData<string> Names() => [.. Wrong.Keys];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Wrong_model_is_refused_in_one_line_that_names_the_mistake(string name)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("short.bin"), [1, 2, 3]);
        File.WriteAllBytes(folder.File("target.bin"), new byte[864]);
        if (name == "a link")
        {
            Skip.If(OperatingSystem.IsWindows(), "links take a privilege on Windows");
            File.CreateSymbolicLink(folder.File("link.bin"), folder.File("target.bin"));
        }

        var model = Convolved();
        Wrong[name].Spoil(model);
        var act = () =>
        {
            using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
            network.Record(1, 0);
        };
        act.Should().Throw<InvalidInputException>().WithMessage(Wrong[name].Message).Which.Message.Should().NotContain("\n");
    }

    /// <summary>A loop without a limit, and a recurrent layer of which only the last state is used, are ONNX.</summary>
    [Fact]
    public void What_an_operator_may_leave_out_is_not_asked_for()
    {
        NodeArity.RequireWhole(
            new NodeProto
            {
                OpType = "Loop",
                Input = { "", "goes_on" },
                Output = { "y" },
            },
            "model.onnx"
        );
        NodeArity.RequireWhole(
            new NodeProto
            {
                OpType = "LSTM",
                Input = { "x", "w", "r", "", "", "h" },
                Output = { "", "last" },
            },
            "model.onnx"
        );
        NodeArity.RequireWhole(
            new NodeProto
            {
                OpType = "Resize",
                Input = { "x", "", "scales" },
                Output = { "y" },
            },
            "model.onnx"
        );
        NodeArity.RequireWhole(new NodeProto { OpType = "Constant", Output = { "c" } }, "model.onnx");
    }

    [Theory]
    [InlineData(GraphReader.OldestOpset)]
    [InlineData(GraphReader.NewestOpset)]
    public void Oldest_and_newest_supported_operator_sets_run(int opset)
    {
        using var folder = new TemporaryFolder();
        var model = Convolved();
        model.OpsetImport[0].Version = opset;
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
        network.Record(1, 0).Mappings[0].FirstNotFinite.Should().BeNull();
    }

    [Fact]
    public void Model_with_integers_only_is_refused_for_lack_of_a_place_for_noise()
    {
        using var folder = new TemporaryFolder();
        var model = Build.Model(13, [Build.Input("x", DataType.Int64, 2, 3)], [Build.Integers("two", 2)], Build.Node("Mul", ["x", "two"], "y"));
        var act = () => OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions()).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("*so that noise can be added*");
    }

    [Fact]
    public void Upsample_without_scales_is_refused()
    {
        var model = Build.Model(7, [Build.Input("x", 1, 3, 4, 4)], [], Build.Node("Upsample", ["x"], "y"));
        var act = () => PreparedNetwork.Prepare(GraphReader.Read(model, "net"), new OnnxOptions()).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("*expected scales in Upsample 'upsample'*");
    }

    [Fact]
    public void Batch_size_other_than_the_fixed_one_of_the_file_is_refused()
    {
        using var folder = new TemporaryFolder();
        var model = Convolved();
        model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = 3;
        var act = () => OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { BatchSize = 4 }).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("BatchSize: expected 3*'x', got 4*");
    }

    [Fact]
    public void Batch_beyond_memory_is_refused_before_anything_runs()
    {
        using var folder = new TemporaryFolder();
        var act = () => OnnxNetwork.Open(Convolved().Save(folder.File("net.onnx")), new OnnxOptions { BatchSize = 2_000_000_000 }).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("*choose a smaller batch");
    }

    [Theory]
    [InlineData("x", new long[] { 2, 3, 5 }, "*[n, 3, 5, 5] for 'x', got [2, 3, 5]")]
    [InlineData("x", new long[] { 2, 4, 5, 5 }, "*[n, 3, 5, 5] for 'x', got [2, 4, 5, 5]")]
    [InlineData("z", new long[] { 2 }, "*an input of the file (x), got 'z'")]
    public void Shape_that_does_not_fit_the_file_is_refused(string input, long[] shape, string message)
    {
        using var folder = new TemporaryFolder();
        var act = () =>
            OnnxNetwork
                .Open(
                    Convolved().Save(folder.File("net.onnx")),
                    new OnnxOptions { InputShapes = new Dictionary<string, IReadOnlyList<long>> { [input] = shape } }
                )
                .Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("InputShapes: expected " + message);
    }

    [Fact]
    public void File_that_is_cut_anywhere_is_refused()
    {
        using var folder = new TemporaryFolder();
        var bytes = Convolved().ToByteArray();
        for (var length = 0; length < bytes.Length; length += 37)
        {
            File.WriteAllBytes(folder.File("net.onnx"), bytes[..length]);
            var act = () => OnnxNetwork.Open(folder.File("net.onnx"), new OnnxOptions { Threads = 1 }).Dispose();
            act.Should().Throw<InvalidInputException>("it has {0} of {1} bytes", length, bytes.Length);
        }
    }

    [Fact]
    public void Damaged_file_is_read_or_refused_without_a_crash()
    {
        using var folder = new TemporaryFolder();
        var bytes = Convolved().ToByteArray();
        var structure = bytes.Length - Convolved().Graph.Initializer[0].RawData.Length;
        var (refused, words) = (0, new RandomNumbers(11, 0, 0, RandomPurpose.Masks));
        for (uint i = 0; i < 200; i++)
        {
            var spoilt = (byte[])bytes.Clone();
            var (at, value, again, other) = words.Block(i);
            spoilt[at % (uint)structure] = (byte)value;
            spoilt[again % (uint)structure] = (byte)other;
            File.WriteAllBytes(folder.File("net.onnx"), spoilt);
            try
            {
                OnnxNetwork.Open(folder.File("net.onnx"), new OnnxOptions { Threads = 1, BatchSize = 1 }).Dispose();
            }
            catch (InvalidInputException)
            {
                refused++;
            }
        }

        refused.Should().BeInRange(100, 199);
    }

    private static void Outside(ModelProto model, string location)
    {
        var tensor = model.Graph.Initializer[0];
        tensor.RawData = ByteString.Empty;
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
    }

    private static ModelProto Convolved() =>
        Build.Model(
            13,
            [Build.Input("x", -1, 3, 5, 5)],
            [Build.Tensor("w", 0.3, 8, 3, 3, 3)],
            Build.Node("Conv", ["x", "w"], "h1"),
            Build.Node("Relu", ["h1"], "h2"),
            Build.Node("GlobalAveragePool", ["h2"], "y")
        );

    [Theory]
    [InlineData(nameof(DataType.Float), 1 << 15, 1 << 15, "*at most 2.00 GB*got 4.29 GB")]
    [InlineData(nameof(DataType.Float16), 1 << 15, 1 << 14, "*at most 2.00 GB*got 2.15 GB")]
    public void Tensors_beyond_what_ONNX_Runtime_takes_are_refused_before_they_are_read(string type, long rows, long columns, string message)
    {
        using var folder = new TemporaryFolder();
        var model = Convolved();
        var large = new TensorProto { Name = "large", DataType = (int)Enum.Parse<DataType>(type) };
        large.Dims.AddRange([rows, columns]);
        model.Graph.Initializer.Insert(0, large);
        Outside(model, "absent.bin");
        var act = () => OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions()).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage(message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ai.onnx")]
    public void A_local_function_by_the_name_of_an_operator_is_refused(string domain)
    {
        using var folder = new TemporaryFolder();
        var model = Convolved();
        model.Functions.Add(new FunctionProto { Name = "Relu", Domain = domain });
        var act = () => OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions()).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("*the local function 'Relu'*");
    }

    [Fact]
    public void Random_numbers_in_a_branch_are_refused()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", 2, 3)],
            [Build.Tensor("zero", [0]), Build.Tensor("w", 1, 3, 3)],
            Build.Node("ReduceMax", ["x"], "most").With("keepdims", 0L),
            Build.Node("Greater", ["most", "zero"], "chosen"),
            Build
                .Node("If", ["chosen"], "more")
                .With("then_branch", [], [Build.Node("RandomNormal", [], "drawn").With("shape", [2L, 3])], "drawn")
                .With("else_branch", [Build.Tensor("none", new double[6], 2, 3)], [Build.Node("Identity", ["none"], "fixed")], "fixed"),
            Build.Node("Add", ["x", "more"], "h"),
            Build.Node("MatMul", ["h", "w"], "y")
        );
        model.Graph.Initializer[0].Dims.Clear();
        var act = () => PreparedNetwork.Prepare(GraphReader.Read(model, "net"), new OnnxOptions()).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("*without random operators, got RandomNormal 'randomnormal'*");
    }

    [Theory]
    [InlineData(OnnxBatchNorm.Batch)]
    [InlineData(OnnxBatchNorm.Stored)]
    public void Batch_norm_of_values_without_channels_is_refused(OnnxBatchNorm statistics)
    {
        var model = Build.Model(
            15,
            [Build.Input("x", 4)],
            [Build.Tensor("scale", [1]), Build.Tensor("shift", [0]), Build.Tensor("mean", [0]), Build.Tensor("variance", [1])],
            Build.Node("BatchNormalization", ["x", "scale", "shift", "mean", "variance"], "y")
        );
        foreach (var tensor in model.Graph.Initializer)
        {
            tensor.Dims.Clear();
            tensor.Dims.Add(1);
        }

        var act = () => PreparedNetwork.Prepare(GraphReader.Read(model, "net"), new OnnxOptions { BatchNorm = statistics }).Dispose();
        act.Should().Throw<InvalidInputException>().WithMessage("*batch and channels*BatchNormalization 'batchnormalization', got [4]");
    }

    [Theory]
    [InlineData("Clip")]
    [InlineData("Pad")]
    public void Old_operators_with_numbers_in_attributes_run_in_double_precision(string operation)
    {
        var w = Tensors.FromReals(DataType.Double, [4, 4], Tensors.Reals(Build.Tensor("w", 1, 4, 4)));
        w.Name = "w";
        var node = Build.Node(operation, ["h"], "y");
        var model = Build.Model(
            10,
            [Build.Input("x", DataType.Double, -1, 4)],
            [w],
            Build.Node("MatMul", ["x", "w"], "h"),
            operation == "Clip" ? node.With("min", 0.0).With("max", 6.0) : node.With("pads", [0L, 1, 0, 1]).With("value", 0.0)
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
        network.Record(1, 0).Mappings[0].FirstNotFinite.Should().BeNull();
    }
}
