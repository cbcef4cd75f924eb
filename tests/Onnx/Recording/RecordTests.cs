using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;
using DataType = Wellbehaved.Onnx.Format.TensorProto.Types.DataType;

namespace Wellbehaved.Tests.Onnx.Recording;

/// <summary>What is recorded: moments by the model's definitions, at all places, whatever goes wrong on the way.</summary>
public class RecordTests
{
    private static readonly OnnxOptions AsFile = new() { Weights = OnnxWeights.File, Threads = 2 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Moments_over_the_channel_axis_equal_those_of_the_model(bool channelsFirst)
    {
        // An identity, so that the place shows what was put in.
        long[] shape = channelsFirst ? [5, 3, 4, 6] : [5, 24, 3];
        var identity = Build.Tensor("w", [1, 0, 0, 0, 1, 0, 0, 0, 1], channelsFirst ? [3, 3, 1, 1] : [3, 3]);
        var model = Build.Model(
            13,
            [Build.Input("x", shape)],
            [identity],
            channelsFirst ? Build.Node("Conv", ["x", "w"], "y") : Build.Node("MatMul", ["x", "w"], "y")
        );
        var signal = new float[360];
        new RandomNumbers(1, 2, 3, RandomPurpose.GaussianImages).FillNormal<float>(signal, 2);
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile with { Signal = (_, _) => signal });
        var mapping = network.Record(1, 9).Mappings[0];

        using var values = new SignalAndNoise<float>(new TensorShape(120, 1, 1, 3));
        var noise = new float[360];
        new RandomNumbers(9, 0, 0, RandomPurpose.InputNoise).FillNormal<float>(noise, 1);
        for (var i = 0; i < 360; i++)
        {
            var (image, channel, position) = channelsFirst ? (i / 72, i / 24 % 3, i % 24) : (i / 72, i % 3, i / 3 % 24);
            values.Signal[(((image * 24) + position) * 3) + channel] = signal[i];
            values.Noise[(((image * 24) + position) * 3) + channel] = noise[i];
        }

        using var computation = new MomentComputation<float>(values.Shape);
        var expected = computation.Compute(values, reffSignal: true, reffNoise: true);
        mapping.Moments[0].Should().Be(expected);
        mapping.Mu2InputSignal.Should().Be(expected.Mu2Signal);
    }

    [Fact]
    public void Segments_of_any_length_give_the_same_moments()
    {
        var model = Residual();
        using var whole = PreparedNetwork.Prepare(GraphReader.Read(model.Clone(), "net"), AsFile);
        using var parts = PreparedNetwork.Prepare(GraphReader.Read(model.Clone(), "net"), AsFile, bytesOfSegment: 1);
        whole.Segments.Should().Be(1);
        parts.Segments.Should().BeGreaterThan(10);
        foreach (var (one, other) in whole.Run(3, 1, null, default).Moments.Zip(parts.Run(3, 1, null, default).Moments))
        {
            one!.Value.Nu2Signal.Should().BeApproximately(other!.Value.Nu2Signal, 1e-5 * other.Value.Nu2Signal);
            one.Value.Mu2Noise.Should().BeApproximately(other.Value.Mu2Noise, 1e-5 * other.Value.Mu2Noise);
        }
    }

    [Fact]
    public void Places_of_a_residual_network_have_names_kinds_and_depths()
    {
        using var network = PreparedNetwork.Prepare(GraphReader.Read(Residual(), "net"), AsFile);
        network
            .Places.Select(place => (place.Kind, place.Depth))
            .Should()
            .Equal(
                (OnnxPlaceKind.Weighted, 1),
                (OnnxPlaceKind.Normalised, 1),
                (OnnxPlaceKind.Activated, 1),
                (OnnxPlaceKind.Weighted, 2),
                (OnnxPlaceKind.Added, 2),
                (OnnxPlaceKind.Pooled, 2),
                (OnnxPlaceKind.Weighted, 3)
            );
        network.Places[4].Should().Match<OnnxPlace>(place => place.Name == "add" && place.Operator == "Add" && place.Channels == 4 && place.Points == 8 * 25);
    }

    [Fact]
    public void First_place_that_is_not_finite_is_named_and_ends_the_mapping()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4)],
            [Build.Tensor("w", 1, 4, 4), Build.Tensor("v", 1, 4, 4)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("Log", ["h"], "l"),
            Build.Node("MatMul", ["l", "v"], "g"),
            Build.Node("Relu", ["g"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile);
        var record = network.Record(1, 0);
        record.Mappings[0].FirstNotFinite.Should().Be(1);
        record.Places[1].Name.Should().Be("g", "nodes of one name are called by what they compute");
        record.Mappings[0].NotFiniteNode.Should().Be("'log' (Log)", "that is where it arises, and no place comes after it");
        record.Mappings[0].Moments.Skip(1).Should().OnlyContain(moments => moments == null, "a ReLU of NaN may be a number again");
        record.Table((_, moments) => moments.Nu2Signal)[0, 2].Should().Be(double.NaN);
    }

    [Theory]
    [InlineData("Sqrt", false, "'bad' (Sqrt)")]
    [InlineData("Log", true, "'bad' (Log)")]
    [InlineData("Sqrt", true, "'bad' (Sqrt)")]
    public void First_node_that_is_not_finite_is_named_if_no_place_follows_it(string operation, bool atZero, string node)
    {
        // Infinities of a mask come before it, and a softmax takes them away.
        var bad = Build.Node(operation, [atZero ? "r" : "n"], "l");
        bad.Name = "bad";
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4)],
            [
                Build.Tensor("w", 1, 4, 4),
                Build.Tensor("v", 1, 4, 4),
                Build.Tensor("mask", [0, 0, 0, double.NegativeInfinity], 1, 4),
                Build.Tensor("none", [0, 0, 0, 0], 4),
            ],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("Add", ["h", "mask"], "m"),
            Build.Node("Exp", ["m"], "e"),
            Build.Node("Relu", ["e"], "s"),
            Build.Node("Neg", ["s"], "n"),
            Build.Node("Mul", ["s", "none"], "r"),
            bad,
            Build.Node("MatMul", ["l", "v"], "g"),
            Build.Node("Relu", ["g"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile);
        var mapping = network.Record(1, 0).Mappings[0];
        network.Places[mapping.FirstNotFinite!.Value].Name.Should().NotBe("bad");
        mapping.NotFiniteNode.Should().Be(node);
    }

    [Fact]
    public void Values_of_many_nodes_are_asked_for_in_parts_that_agree_with_the_whole()
    {
        // More nodes than are asked for at once, with shapes that nodes compute across the parts.
        var nodes = new List<NodeProto> { Build.Node("MatMul", ["x", "w"], "h0"), Build.Node("Shape", ["h0"], "shape") };
        for (var i = 0; i < 2500; i++)
        {
            nodes.Add(
                i % 1000 == 999 ? Build.Node("Reshape", [$"h{i}", "shape"], $"h{i + 1}") : Build.Node(i % 2 == 0 ? "Relu" : "Abs", [$"h{i}"], $"h{i + 1}")
            );
        }

        nodes.Add(Build.Node("MatMul", ["h2500", "v"], "y"));
        var model = Build.Model(13, [Build.Input("x", -1, 4)], [Build.Tensor("w", 1, 4, 4), Build.Tensor("v", 1, 4, 3)], nodes);
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), AsFile with { BatchSize = 5 });
        network.Places[^1].Shape.Should().Equal(5, 3);
        network.Places.Should().HaveCount(2 + 2498, "all but the changes of shape");
        network.Segments.Should().BeGreaterThan(4, "the time to load a stretch grows with the square of its outputs");
        var mapping = network.Run(0, 0, null, CancellationToken.None);
        mapping.FirstNotFinite.Should().BeNull();
        mapping.Moments[^2].Should().Be(mapping.Moments[1], "once negative numbers are gone, nothing changes any more");
    }

    [Fact]
    public void Noise_enters_at_every_floating_point_input()
    {
        var model = Build.Model(
            13,
            [Build.Input("a", -1, 50), Build.Input("b", -1, 50), Build.Input("mask", DataType.Int64, -1, 50)],
            [Build.Integers("zero", 0)],
            Build.Node("Add", ["a", "b"], "s"),
            Build.Node("Greater", ["mask", "zero"], "m"),
            Build.Node("Where", ["m", "s", "a"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile with { BatchSize = 100 });
        network.Inputs.Select(input => input.IsReal).Should().Equal(true, true, false);
        var mapping = network.Record(1, 0).Mappings[0];
        mapping.Moments[0]!.Value.Mu2Noise.Should().BeApproximately(2, 0.1);
        mapping.Mu2InputSignal.Should().BeApproximately(1, 0.05);
    }

    [Theory]
    [InlineData(1, "Relu")]
    [InlineData(2, "Tanh")]
    public void Condition_that_depends_on_shapes_is_replaced_by_its_branch(int batch, string expected)
    {
        GraphProto Branch(string operation)
        {
            var graph = new GraphProto { Name = operation };
            graph.Node.Add(Build.Node(operation, ["h"], "inner"));
            graph.Output.Add(new ValueInfoProto { Name = "inner" });
            return graph;
        }

        var choice = Build.Node("If", ["isOne"], "y");
        choice.Attribute.Add(
            new AttributeProto
            {
                Name = "then_branch",
                Type = AttributeProto.Types.AttributeType.Graph,
                G = Branch("Relu"),
            }
        );
        choice.Attribute.Add(
            new AttributeProto
            {
                Name = "else_branch",
                Type = AttributeProto.Types.AttributeType.Graph,
                G = Branch("Tanh"),
            }
        );
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4)],
            [Build.Tensor("w", 1, 4, 4), Build.Integers("first", 0), Build.Integers("one", 1)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("Shape", ["x"], "shape"),
            Build.Node("Gather", ["shape", "first"], "n"),
            Build.Node("Equal", ["n", "one"], "same"),
            Build.Node("Squeeze", ["same"], "isOne"),
            choice
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile with { BatchSize = batch });
        network.Places[^1].Operator.Should().Be(expected);
    }

    [Fact]
    public void Recording_reports_progress_and_can_be_cancelled()
    {
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(Residual().Save(folder.File("net.onnx")), AsFile);
        using var cancellation = new CancellationTokenSource();
        var progress = new Told(done =>
        {
            if (done == 2)
            {
                cancellation.Cancel();
            }
        });
        var act = () => network.Record(5, 0, progress, cancellation.Token);
        act.Should().Throw<OperationCanceledException>();
        progress.Done.Should().Equal(1, 2);
    }

    [Fact]
    public void Stored_batch_statistics_of_mean_0_and_variance_1_are_remarked()
    {
        using var stored = PreparedNetwork.Prepare(GraphReader.Read(Residual(), "net"), AsFile with { BatchNorm = OnnxBatchNorm.Stored });
        stored.Remarks.Should().ContainSingle().Which.Should().StartWith("1 of 1 batch normalisations store mean 0 and variance 1");
        using var batch = PreparedNetwork.Prepare(GraphReader.Read(Residual(), "net"), AsFile);
        batch.Remarks.Should().BeEmpty();
        var (normed, idle) = (batch.Run(0, 0, null, default).Moments[1]!.Value, stored.Run(0, 0, null, default).Moments[1]!.Value);
        normed.Mu2Signal.Should().BeApproximately(1, 1e-3);
        idle.Mu2Signal.Should().NotBeApproximately(1, 0.05);
    }

    [Fact]
    public void File_is_identified_by_its_hash()
    {
        using var folder = new TemporaryFolder();
        var path = Residual().Save(folder.File("mine.onnx"));
        using var network = OnnxNetwork.Open(path, AsFile);
        network.Sha256.Should().Be(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))));
        network.Name.Should().Be("mine");
    }

    /// <summary>A convolution, batch norm, ReLU, a residual convolution, and a matrix product of the mean.</summary>
    private static ModelProto Residual() =>
        Build.Model(
            13,
            [Build.Input("x", -1, 3, 5, 5)],
            [
                Build.Tensor("w", 0.5, 4, 3, 1, 1),
                Build.Tensor("scale", [1, 1, 1, 1], 4),
                Build.Tensor("shift", [0, 0, 0, 0], 4),
                Build.Tensor("mean", [0, 0, 0, 0], 4),
                Build.Tensor("variance", [1, 1, 1, 1], 4),
                Build.Tensor("v", 0.3, 4, 4, 3, 3),
                Build.Tensor("u", 0.5, 4, 2),
            ],
            Build.Node("Conv", ["x", "w"], "h1"),
            Build.Node("BatchNormalization", ["h1", "scale", "shift", "mean", "variance"], "h2"),
            Build.Node("Relu", ["h2"], "h3"),
            Build.Node("Conv", ["h3", "v"], "h4").With("pads", [1L, 1, 1, 1]),
            Build.Node("Add", ["h3", "h4"], "h5"),
            Build.Node("GlobalAveragePool", ["h5"], "h6"),
            Build.Node("Flatten", ["h6"], "h7"),
            Build.Node("Gemm", ["h7", "u"], "y")
        );

    private sealed class Told(Action<int> then) : IProgress<int>
    {
        public List<int> Done { get; } = [];

        public void Report(int value)
        {
            Done.Add(value);
            then(value);
        }
    }

    [Theory]
    [InlineData(13)]
    [InlineData(18)]
    public void The_channel_axis_after_a_reduction_is_the_same_whichever_way_its_axes_are_given(int opset)
    {
        var reduce = opset < 18 ? Build.Node("ReduceMean", ["h"], "r").With("axes", [3L]) : Build.Node("ReduceMean", ["h", "axes"], "r");
        var model = Build.Model(
            opset,
            [Build.Input("x", -1, 3, 8, 8)],
            [Build.Tensor("w", 0.3, 16, 3, 1, 1), Build.Integers("axes", 3)],
            Build.Node("Conv", ["x", "w"], "h"),
            reduce.With("keepdims", 0L),
            Build.Node("Relu", ["r"], "y")
        );
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), AsFile);
        network.Places[^1].Should().Match<OnnxPlace>(place => place.ChannelAxis == 1 && place.Channels == 16);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(-3, 1)]
    [InlineData(-1, 3)]
    public void Layer_norm_has_channels_last_only_where_it_is_over_them_alone(long axis, int channelAxis)
    {
        long[] shape = axis == -1 ? [8] : [16, 8, 8];
        var model = Build.Model(
            17,
            [Build.Input("x", -1, 3, 8, 8)],
            [Build.Tensor("w", 0.3, 16, 3, 1, 1), Build.Tensor("scale", 1, shape)],
            Build.Node("Conv", ["x", "w"], "h"),
            Build.Node("LayerNormalization", ["h", "scale"], "n").With("axis", axis),
            Build.Node("Relu", ["n"], "y")
        );
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), AsFile);
        network.Places.Skip(1).Select(place => place.ChannelAxis).Should().Equal(channelAxis, channelAxis);
        network.Parameters.Select(parameter => parameter.Name).Should().Equal("w", "scale");
    }

    [Fact]
    public void Images_with_channels_last_have_their_moments_by_channel()
    {
        // Signals whose channels differ by their means alone: by channel, nothing varies.
        var model = Build.Model(
            13,
            [Build.Input("x", 2, 4, 4, 3)],
            [Build.Tensor("w", 0.3, 8, 3, 1, 1)],
            Build.Node("Transpose", ["x"], "t").With("perm", [0L, 3, 1, 2]),
            Build.Node("Conv", ["t", "w"], "y")
        );
        float[] signal = [.. Enumerable.Range(0, 96).Select(i => (float)(i % 3))];
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile with { Signal = (_, _) => signal });
        network.Record(1, 0).Mappings[0].Mu2InputSignal.Should().Be(0);
    }

    [Fact]
    public void A_number_without_axes_may_be_an_input()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4), Build.Input("s")],
            [Build.Tensor("w", 1, 4, 4)],
            Build.Node("MatMul", ["x", "w"], "h"),
            Build.Node("Mul", ["h", "s"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile);
        var mapping = network.Record(1, 0).Mappings[0];
        mapping.FirstNotFinite.Should().BeNull();
        mapping.Mu2InputSignal.Should().BePositive();
    }

    [Fact]
    public void Single_and_double_precision_may_occur_together()
    {
        var w = Tensors.FromReals(DataType.Double, [4, 4], Tensors.Reals(Build.Tensor("w", 1, 4, 4)));
        w.Name = "w";
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4)],
            [Build.Tensor("v", 1, 4, 4), w],
            Build.Node("MatMul", ["x", "v"], "h"),
            Build.Node("Cast", ["h"], "d").With("to", (long)DataType.Double),
            Build.Node("MatMul", ["d", "w"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile);
        var mapping = network.Record(1, 0).Mappings[0];
        mapping.Moments.Should().HaveCount(2).And.OnlyContain(moments => moments != null);

        // The same without the second layer, which is all in single precision.
        model.Graph.Node.RemoveAt(2);
        model.Graph.Node.RemoveAt(1);
        model.Graph.Output[0].Name = "h";
        using var single = OnnxNetwork.Open(model.Save(folder.File("single.onnx")), AsFile);
        var moments = single.Record(1, 0).Mappings[0].Moments[0]!.Value;
        mapping.Moments[0]!.Value.Nu2Signal.Should().BeApproximately(moments.Nu2Signal, 1e-5 * moments.Nu2Signal, "sums are rounded to another precision");
        mapping.Moments[0]!.Value.Mu2Noise.Should().BeApproximately(moments.Mu2Noise, 1e-5 * moments.Mu2Noise);
    }

    [Fact]
    public void Shapes_that_depend_on_the_elements_of_the_input_are_refused_in_one_line()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", 8, 4)],
            [Build.Tensor("w", 1, 4, 4), Build.Tensor("zero", [0]), Build.Tensor("u", 1, 4)],
            Build.Node("MatMul", ["x", "u"], "score"),
            Build.Node("Greater", ["score", "zero"], "chosen"),
            Build.Node("Compress", ["x", "chosen"], "c").With("axis", 0L),
            Build.Node("MatMul", ["c", "w"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile);
        var act = () => network.Record(1, 0);
        act.Should().Throw<InvalidInputException>().WithMessage("*shapes do not depend on the elements of the input*");
    }

    [Theory]
    [InlineData(nameof(DataType.Int8))]
    [InlineData(nameof(DataType.Int16))]
    [InlineData(nameof(DataType.Uint16))]
    [InlineData(nameof(DataType.Uint32))]
    [InlineData(nameof(DataType.Uint64))]
    public void Every_type_of_integers_may_be_an_input(string type)
    {
        var model = Build.Model(
            13,
            [Build.Input("x", 2, 3), Build.Input("mask", Enum.Parse<DataType>(type), 2, 3)],
            [Build.Tensor("w", 1, 3, 3)],
            Build.Node("Cast", ["mask"], "m").With("to", (long)DataType.Float),
            Build.Node("Mul", ["x", "m"], "h"),
            Build.Node("MatMul", ["h", "w"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), AsFile);
        network.Record(1, 0).Mappings[0].Moments[^1]!.Value.Nu2Signal.Should().BePositive();
    }

    [Fact]
    public void Open_lengths_without_a_name_are_not_taken_for_the_batch()
    {
        var input = Build.Input("x", 1, 3, 1, 1);
        foreach (var axis in new[] { 0, 2, 3 })
        {
            input.Type.TensorType.Shape.Dim[axis].ClearValue();
        }

        var model = Build.Model(13, [input], [Build.Tensor("w", 1, 4, 3, 1, 1)], Build.Node("Conv", ["x", "w"], "y"));
        var act = () => PreparedNetwork.Prepare(GraphReader.Read(model.Clone(), "net"), AsFile with { BatchSize = 8 });
        act.Should().Throw<InvalidInputException>().WithMessage("*the shape of 'x', which the file leaves open*");
        using var network = PreparedNetwork.Prepare(
            GraphReader.Read(model, "net"),
            AsFile with
            {
                BatchSize = 8,
                ImageShape = new Wellbehaved.Networks.Shape(5, 6, 3),
            }
        );
        network.Places[0].Shape.Should().Equal(8, 4, 5, 6);
    }

    [Fact]
    public void It_is_said_where_noise_ends_before_the_last_layer()
    {
        ModelProto With(string step) =>
            Build.Model(
                13,
                [Build.Input("x", -1, 4)],
                [Build.Tensor("w", 1, 4, 4), Build.Tensor("v", 1, 4, 4)],
                Build.Node("MatMul", ["x", "w"], "h"),
                Build.Node(step, ["h"], "r"),
                Build.Node("MatMul", ["r", "v"], "y")
            );
        using var ended = PreparedNetwork.Prepare(GraphReader.Read(With("Round"), "net"), AsFile);
        ended.Remarks.Should().Equal("Noise ends at Round 'round', whose derivative is zero. MatMul 'y', which follows, is not looked at.");
        using var whole = PreparedNetwork.Prepare(GraphReader.Read(With("Relu"), "net"), AsFile);
        whole.Remarks.Should().BeEmpty();
    }

    [Fact]
    public void A_depth_does_not_pass_through_outputs_and_inputs_that_are_left_out()
    {
        // Deep values have an output without a name; the shallow Clip has an input without one.
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 3, 4, 4)],
            [Build.Tensor("w", 0.5, 3, 3, 1, 1), Build.Tensor("most", [6])],
            Build.Node("Conv", ["x", "w"], "a"),
            Build.Node("Conv", ["a", "w"], "b"),
            Build.Node("MaxPool", ["b"], "deep", "").With("kernel_shape", [1L, 1]),
            Build.Node("Clip", ["x", "", "most"], "bounded"),
            Build.Node("Conv", ["bounded", "w"], "shallow"),
            Build.Node("Add", ["deep", "shallow"], "y")
        );
        model.Graph.Initializer[1].Dims.Clear();
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), AsFile);
        network.Places.Single(place => place.Name == "shallow").Depth.Should().Be(1);
    }
}
