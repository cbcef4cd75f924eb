using FluentAssertions;
using Google.Protobuf;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;
using Wellbehaved.Tests.Onnx.Networks;

namespace Wellbehaved.Tests.Onnx.Parameters;

/// <summary>Which tensors are parameters, and what is drawn for them.</summary>
public class ParameterTests
{
    [Theory]
    [InlineData(OnnxWeights.He, nameof(LawShape.Normal), 2.0 / 27, 0)]
    [InlineData(OnnxWeights.Lecun, nameof(LawShape.Normal), 1.0 / 27, 0)]
    [InlineData(OnnxWeights.Glorot, nameof(LawShape.Uniform), 2.0 / (27 + 72), 0)]
    [InlineData(OnnxWeights.Pytorch, nameof(LawShape.Uniform), 1.0 / (3 * 27), 1.0 / (3 * 27))]
    public void Weights_and_biases_have_the_variance_of_their_law(OnnxWeights weights, string shape, double variance, double biasVariance)
    {
        var found = Find(Net(), weights);
        found["w"].Law.Shape.ToString().Should().Be(shape);
        found["w"].Law.Deviation.Should().BeApproximately(Math.Sqrt(variance), 1e-12);
        found["b"].Law.Deviation.Should().BeApproximately(Math.Sqrt(biasVariance), 1e-12);
        found["gamma"].Law.Should().Be(new ParameterLaw(LawShape.Constant, 1));
        found["beta"].Law.Should().Be(new ParameterLaw(LawShape.Constant));
        found.Keys.Should().Equal("w", "b", "gamma", "beta", "fc", "fb").And.NotContain(["mean", "variance", "offset"]);
        found["fc"].Should().Match<Parameter>(parameter => parameter.FanIn == 8 && parameter.FanOut == 10);
    }

    [Fact]
    public void Redrawn_parameters_have_mean_and_deviation_of_the_file_and_constants_stay()
    {
        var found = Find(Net(), OnnxWeights.Redrawn);
        found["w"].Law.Shape.Should().Be(LawShape.Normal);
        found["w"].Law.Deviation.Should().BeApproximately(0.2, 0.03);
        found["fc"].Law.Shape.Should().Be(LawShape.Uniform);
        found["fc"].Law.Mean.Should().BeApproximately(0.5, 0.1);
        found["gamma"].Law.Should().Be(new ParameterLaw(LawShape.Constant, 1));
    }

    [Fact]
    public void Parameters_named_to_be_kept_and_weights_of_the_file_are_not_drawn()
    {
        Find(Net(), OnnxWeights.He, "f*").Where(pair => pair.Value.Law.Shape == LawShape.Stays).Select(pair => pair.Key).Should().Equal("fc", "fb");
        Find(Net(), OnnxWeights.File).Values.Should().OnlyContain(parameter => parameter.Law.Shape == LawShape.Stays);
    }

    [Theory]
    [InlineData(nameof(LawShape.Normal), 3.0)]
    [InlineData(nameof(LawShape.Uniform), 1.8)]
    public void Drawn_numbers_have_mean_deviation_and_shape_of_the_law(string shape, double kurtosis)
    {
        var values = new float[100_000];
        new ParameterLaw(Enum.Parse<LawShape>(shape), 0.25, 0.5).Draw(values, 7, 3, 2);
        var (mean, variance) = (values.Average(value => (double)value), values.Average(value => Math.Pow(value - 0.25, 2)));
        mean.Should().BeApproximately(0.25, 0.01);
        variance.Should().BeApproximately(0.25, 0.005);
        (values.Average(value => Math.Pow(value - 0.25, 4)) / (variance * variance)).Should().BeApproximately(kurtosis, 0.1);
    }

    [Fact]
    public void Mapping_is_a_function_of_seed_and_number_alone()
    {
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(Net().Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
        var (two, again, other) = (network.Record(2, 5), network.Record(1, 5), network.Record(1, 6));
        again.Mappings[0].Moments.Should().Equal(two.Mappings[0].Moments);
        two.Mappings[1].Moments[0].Should().NotBe(two.Mappings[0].Moments[0]);
        other.Mappings[0].Moments[0].Should().NotBe(two.Mappings[0].Moments[0]);
    }

    /// <summary>PyTorch's exporter gives equal tensors of different layers one place and an Identity each.</summary>
    [Fact]
    public void Equal_tensors_of_different_layers_are_drawn_independently()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 6)],
            [Build.Tensor("w", 0.4, 6, 6)],
            Build.Node("Identity", ["w"], "w1"),
            Build.Node("Identity", ["w"], "w2"),
            Build.Node("MatMul", ["x", "w1"], "h"),
            Build.Node("MatMul", ["h", "w2"], "g"),
            Build.Node("MatMul", ["g", "w"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
        network.Parameters.Select(parameter => (parameter.Name, parameter.Tensor)).Should().Equal(("w1", "w"), ("w2", "w"), ("w", "w"));
        network.Places.Select(place => place.Depth).Should().Equal(1, 2, 3);
        network.Record(1, 0).Mappings[0].FirstNotFinite.Should().BeNull();
    }

    [Fact]
    public void Shared_tensor_is_kept_for_one_parameter_by_its_name_and_for_all_by_the_name_of_the_tensor()
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 6)],
            [Build.Tensor("w", 0.4, 6, 6)],
            Build.Node("Identity", ["w"], "own"),
            Build.Node("MatMul", ["x", "own"], "h"),
            Build.Node("MatMul", ["h", "w"], "y")
        );
        string[] Kept(string pattern) =>
            [.. Find(model, OnnxWeights.He, pattern).Where(pair => pair.Value.Law.Shape == LawShape.Stays).Select(pair => pair.Key)];
        Kept("own").Should().Equal("own");
        Kept("w").Should().Equal("own", "w");
    }

    [Fact]
    public void Law_guessed_from_few_elements_is_marked_as_a_guess()
    {
        ParameterLaw.Like([0.001, 0.002, -0.003, 0.004]).ToString().Should().Be("normal (too few to tell), mean 1e-3, deviation 2.55e-3");
        Find(Net(), OnnxWeights.Redrawn)["w"].Law.ToString().Should().StartWith("normal, mean ");
    }

    private static Dictionary<string, Parameter> Find(ModelProto model, OnnxWeights weights, params string[] keep)
    {
        var graph = GraphReader.Read(model, "net");
        InputValues.FixShapes(graph, new OnnxOptions());
        return ParameterSearch.Find(graph, Probe.Types(graph, () => InputValues.Example(graph), 1), weights, keep).ToDictionary(parameter => parameter.Value);
    }

    /// <summary>A convolution of 3 to 8 channels, batch norm, a table that is added, and a matrix product with biases.</summary>
    private static ModelProto Net()
    {
        var uniform = new float[80];
        new ParameterLaw(LawShape.Uniform, 0.5, 0.3).Draw(uniform, 1, 1, 1);
        return Build.Model(
            13,
            [Build.Input("x", -1, 3, 4, 4)],
            [
                Build.Tensor("w", 0.2, 8, 3, 3, 3),
                Build.Tensor("b", 0.2, 8),
                Build.Tensor("gamma", [.. Enumerable.Repeat(1.0, 8)], 8),
                Build.Tensor("beta", 0.1, 8),
                Build.Tensor("mean", 0.1, 8),
                Build.Tensor("variance", [.. Enumerable.Repeat(1.0, 8)], 8),
                Build.Tensor("offset", 0.1, 1, 8),
                Build.Tensor("fc", [.. uniform.Select(value => (double)value)], 8, 10),
                Build.Tensor("fb", 0.1, 10),
            ],
            Build.Node("Conv", ["x", "w", "b"], "h1"),
            Build.Node("BatchNormalization", ["h1", "gamma", "beta", "mean", "variance"], "h2"),
            Build.Node("GlobalAveragePool", ["h2"], "h3"),
            Build.Node("Flatten", ["h3"], "h4"),
            Build.Node("Add", ["h4", "offset"], "h5"),
            Build.Node("MatMul", ["h5", "fc"], "h6"),
            Build.Node("Add", ["h6", "fb"], "y")
        );
    }

    [Fact]
    public void PyTorch_takes_the_second_axis_of_a_transposed_convolution_for_its_fan_in()
    {
        // Measured of nn.ConvTranspose2d(256, 64, 3): weights and biases within ±1/√(64·9).
        var found = Find(
            Build.Model(
                13,
                [Build.Input("x", -1, 256, 4, 4)],
                [Build.Tensor("w", 0.1, 256, 64, 3, 3), Build.Tensor("b", 0.1, 64)],
                Build.Node("ConvTranspose", ["x", "w", "b"], "y")
            ),
            OnnxWeights.Pytorch
        );
        found["w"].Law.Deviation.Should().BeApproximately(1 / Math.Sqrt(3 * 64 * 9), 1e-12);
        found["b"].Law.Deviation.Should().BeApproximately(1 / Math.Sqrt(3 * 64 * 9), 1e-12);
    }

    [Theory]
    [InlineData("Reciprocal")]
    [InlineData("Div")]
    [InlineData("Pow")]
    [InlineData("Pow of the root")]
    public void The_scale_of_a_written_out_RMS_norm_is_found_however_its_root_is_inverted(string form)
    {
        NodeProto[] inverse = form switch
        {
            "Reciprocal" => [Build.Node("Sqrt", ["m"], "s"), Build.Node("Reciprocal", ["s"], "i")],
            "Div" => [Build.Node("Sqrt", ["m"], "s"), Build.Node("Div", ["one", "s"], "i")],
            "Pow of the root" => [Build.Node("Sqrt", ["m"], "s"), Build.Node("Pow", ["s", "whole"], "i")],
            _ => [Build.Node("Pow", ["m", "exponent"], "i")],
        };
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4)],
            [
                Build.Tensor("w", 0.4, 4, 4),
                Build.Tensor("gamma", 0.4, 4),
                Build.Tensor("one", [1]),
                Build.Tensor("exponent", [-0.5]),
                Build.Integers("whole", -1),
                Build.Tensor("v", 0.4, 4, 4),
            ],
            [
                Build.Node("MatMul", ["x", "w"], "h"),
                Build.Node("Mul", ["h", "h"], "q"),
                Build.Node("ReduceMean", ["q"], "m").With("axes", [-1L]),
                .. inverse,
                Build.Node("Mul", ["h", "i"], "n"),
                Build.Node("Mul", ["gamma", "n"], "z"),
                Build.Node("MatMul", ["z", "v"], "y"),
            ]
        );

        Find(model.Clone(), OnnxWeights.He)["gamma"].Role.Should().Be(OnnxParameterRole.Scale);
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), new OnnxOptions { Threads = 1 });
        network.Places.Select(place => place.Kind).Should().Equal(OnnxPlaceKind.Weighted, OnnxPlaceKind.Normalised, OnnxPlaceKind.Weighted);
    }

    [Theory]
    [InlineData(3, 2, 2)]
    [InlineData(3, 1, 1)]
    public void The_scale_of_a_norm_of_images_is_found_whether_it_has_positions_or_not(int channels, int height, int width)
    {
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 3, 2, 2)],
            [Build.Tensor("gamma", 1, channels, height, width), Build.Tensor("beta", 1, channels, height, width)],
            Build.Node("ReduceMean", ["x"], "m").With("axes", [1L, 2, 3]),
            Build.Node("Sub", ["x", "m"], "c"),
            Build.Node("Mul", ["c", "c"], "q"),
            Build.Node("ReduceMean", ["q"], "v").With("axes", [1L, 2, 3]),
            Build.Node("Sqrt", ["v"], "s"),
            Build.Node("Div", ["c", "s"], "n"),
            Build.Node("Mul", ["n", "gamma"], "g"),
            Build.Node("Add", ["g", "beta"], "y")
        );

        var found = Find(model.Clone(), OnnxWeights.He);
        found["gamma"].Role.Should().Be(OnnxParameterRole.Scale);
        found["beta"].Role.Should().Be(OnnxParameterRole.Shift);
        using var network = PreparedNetwork.Prepare(GraphReader.Read(model, "net"), new OnnxOptions { Threads = 1 });
        network.Places.Select(place => (place.Kind, place.ChannelAxis)).Should().Equal((OnnxPlaceKind.Normalised, 1));
    }

    [Fact]
    public void A_mask_of_scores_that_are_divided_by_a_constant_root_is_no_scale() =>
        Find(
                Build.Model(
                    13,
                    [Build.Input("x", -1, 4)],
                    [Build.Tensor("size", [16]), Build.Tensor("mask", [1, 0, 1, 1], 4)],
                    Build.Node("Sqrt", ["size"], "root"),
                    Build.Node("Div", ["x", "root"], "scores"),
                    Build.Node("Mul", ["scores", "mask"], "y")
                ),
                OnnxWeights.He
            )
            .Should()
            .BeEmpty();

    [Fact]
    public void A_weight_that_is_stored_in_another_precision_is_drawn()
    {
        var half = new TensorProto { Name = "w", DataType = (int)TensorProto.Types.DataType.Float16 };
        half.Dims.AddRange([4, 4]);
        half.RawData = ByteString.CopyFrom([.. Tensors.Reals(Build.Tensor("w", 0.4, 4, 4)).SelectMany(value => BitConverter.GetBytes((Half)value))]);
        var model = Build.Model(
            13,
            [Build.Input("x", -1, 4)],
            [half],
            Build.Node("Cast", ["w"], "single").With("to", (long)TensorProto.Types.DataType.Float),
            Build.Node("MatMul", ["x", "single"], "y")
        );
        using var folder = new TemporaryFolder();
        using var network = OnnxNetwork.Open(model.Save(folder.File("net.onnx")), new OnnxOptions { Threads = 1 });
        network.Parameters.Select(parameter => parameter.Name).Should().Equal("w");
        network.Places.Select(place => (place.Kind, place.Depth)).Should().Equal((OnnxPlaceKind.Weighted, 1));
        network.Record(1, 0).Mappings[0].FirstNotFinite.Should().BeNull();
    }

    [Theory]
    [InlineData(0, 4, 3)]
    [InlineData(1, 3, 4)]
    public void The_first_factor_of_a_Gemm_may_be_its_weights(long transposed, long rows, long columns)
    {
        var found = Find(
            Build.Model(13, [Build.Input("x", 3, 5)], [Build.Tensor("w", 0.4, rows, columns)], Build.Node("Gemm", ["w", "x"], "y").With("transA", transposed)),
            OnnxWeights.He
        );
        found["w"].Should().Match<Parameter>(parameter => parameter.FanIn == 3 && parameter.FanOut == 4);
    }

    [Fact]
    public void Capital_and_small_letters_of_names_differ() =>
        Find(Net(), OnnxWeights.He, "F*", "GAMMA").Values.Should().NotContain(parameter => parameter.Law.Shape == LawShape.Stays);

    /// <summary>Beside products, where the scale of a norm is looked for.</summary>
    [Fact]
    public void A_square_whose_exponent_is_an_integer_is_no_inverse_root() =>
        Find(
            Build.Model(
                13,
                [Build.Input("x", -1, 4)],
                [Build.Tensor("w", 0.4, 4, 4), Build.Tensor("gamma", 0.4, 4), Build.Integers("two", 2)],
                Build.Node("MatMul", ["x", "w"], "h"),
                Build.Node("Pow", ["h", "two"], "q"),
                Build.Node("Mul", ["h", "q"], "n"),
                Build.Node("Mul", ["gamma", "n"], "y")
            ),
            OnnxWeights.He
        )
            .Keys.Should()
            .Equal("w");

    [Theory]
    [InlineData(30)]
    [InlineData(60)]
    [InlineData(100_000)]
    public void Uniform_numbers_are_told_from_normal_ones_that_end_at_two_deviations(int count)
    {
        const int Samples = 200;
        var isUniform = Enumerable.Range(0, Samples).Count(sample => LawOf(LawShape.Uniform, (uint)sample, count, _ => true) == LawShape.Uniform);
        isUniform.Should().BeGreaterThan(Samples * 95 / 100);
        if (count > 1000)
        {
            LawOf(LawShape.Normal, 1, count, value => Math.Abs(value) < 2).Should().Be(LawShape.Normal);
        }
    }

    /// <summary>The law that is found for numbers of variance 1, of which some are left out.</summary>
    private static LawShape LawOf(LawShape shape, uint sample, int count, Func<float, bool> isTaken)
    {
        var numbers = new float[count];
        new ParameterLaw(shape, 0, 1).Draw(numbers, 5, sample, 0);
        return ParameterLaw.Like([.. numbers.Where(isTaken).Select(number => (double)number)]).Shape;
    }
}
