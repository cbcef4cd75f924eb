using FluentAssertions;
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
}
