using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Onnx;
using Wellbehaved.Onnx.Format;

namespace Wellbehaved.Tests.Onnx.Exports;

/// <summary>
/// Described networks, run by the model and, exported and differentiated as ONNX, by ONNX Runtime: two engines that share no arithmetic have the same moments
/// at every place.
/// </summary>
public class TwoEnginesTests
{
    private const int Images = 6;
    private const int Channels = 8;

    public static TheoryData<string, NoiseKind> Files()
    {
        var cases = new TheoryData<string, NoiseKind>();
        foreach (
            var name in Directory
                .GetFiles(Path.Combine(AppContext.BaseDirectory, "networks"), "*.json")
                .Select(path => Path.GetFileNameWithoutExtension(path))
                .Order(StringComparer.Ordinal)
        )
        {
            cases.Add(name, NoiseKind.Mapping);
            cases.Add(name, NoiseKind.Full);
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Example_networks_agree_in_both_engines_at_every_place(string name, NoiseKind noise)
    {
        var template = NetworkTemplate.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "networks", $"{name}.json")));
        Agree(template.With(template.Input ?? new Shape(8, 8, 3), Channels, 3), noise);
    }

    [Theory]
    [InlineData("vanilla", Boundary.Periodic)]
    [InlineData("vanilla_res", Boundary.Symmetric)]
    [InlineData("bn_ff", Boundary.ZeroPadding)]
    [InlineData("bn_res", Boundary.Periodic)]
    public void Recipes_agree_in_both_engines_at_every_place(string name, Boundary boundary) =>
        Agree(Recipes.Find(name, new RecipeSizes(new Shape(8, 8, 3), 4, Channels, 3, boundary))!, NoiseKind.Mapping);

    public static TheoryData<string> Kinds() => [.. Layered.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Layers_of_each_kind_agree_in_both_engines_at_every_place(string name)
    {
        Agree(new Network("one", new Shape(8, 8, 3), [new Convolution(3) { Channels = Channels }, .. Layered[name]]), NoiseKind.Full);
        Agree(new Network("one", new Shape(8, 8, 3), [new Convolution(3) { Channels = Channels }, .. Layered[name]]), NoiseKind.Mapping);
    }

    [Fact]
    public void Dropout_with_a_mask_for_each_point_is_refused_by_the_export()
    {
        var act = () => OnnxExport.Model(new Network("dropped", new Shape(2, 2, 3), [new Dropout(0.5) { Mask = DropoutMask.ByPoint }]), 0, 0);
        act.Should().Throw<InvalidInputException>().WithMessage("dropout: expected a mask of channels*");
    }

    private static readonly Dictionary<string, Layers> Layered = new()
    {
        ["even kernel, stride and groups"] =
        [
            new Convolution(4)
            {
                Channels = 12,
                Groups = 4,
                Stride = 2,
                Boundary = Boundary.ZeroPadding,
            },
            new Convolution(2) { Stride = 3 },
        ],
        ["dilation"] =
        [
            new Convolution(3)
            {
                Dilation = 2,
                Boundary = Boundary.Symmetric,
                Parameters = new Initialisation(2, 0.5),
            },
            new Convolution(3)
            {
                Dilation = 3,
                Boundary = Boundary.Periodic,
                Groups = Convolution.EachChannel,
            },
        ],
        ["batch norm with scale"] = [new BatchNorm { Scale = 0.7 }, new Dense { Channels = 5, Parameters = new Initialisation(1, 0.3) }],
        ["norms"] =
        [
            new LayerNorm { Over = NormalisedOver.All },
            new Activation(Function.Relu),
            new RmsNorm { Over = NormalisedOver.All },
            new RmsNorm { Scale = 2 },
            new GroupNorm(4),
            new InstanceNorm(),
            new LayerNorm(),
        ],
        ["pools"] = [new MaxPool(2), new AveragePool(2), new Flatten(), new Dense { Channels = 9 }],
        ["dropout"] = [new Dropout(0.6), new Scaling(0.3), new Flatten(), new Activation(Function.Relu)],
        ["residuals"] =
        [
            new Repeat(3, [new Residual([new Activation(Function.Relu), new Convolution(3)]) { BranchScale = ResidualScale.ByUnit, SkipScale = 0.9 }]),
            new Repeat(
                2,
                [
                    new Residual([new Convolution(1) { Channels = 8 }, new Activation(Function.LeakyRelu(0.2))])
                    {
                        BranchScale = ResidualScale.ByDepth,
                        Survival = 0.5,
                        Skip = [new Dense()],
                    },
                ]
            ),
        ],
        ["causal attention"] = [new AveragePool(2), new Attention(2) { Causal = true, Parameters = new Initialisation(1, 0.2) }, new Attention(4)],
        ["activations"] =
        [
            .. Enum.GetValues<FunctionKind>().Select(kind => (Layer)new Activation(new Function(kind, kind == FunctionKind.LeakyRelu ? 0.1 : 0))),
        ],
    };

    private static void Agree(Network network, NoiseKind noise)
    {
        var shape = network.Input;
        var (signal, direction, expected) = ByModel(network, noise);

        var model = OnnxExport.Model(network, 4, 1);
        string[] values = [.. model.MetadataProps.Select(entry => entry.Value)];
        values.Should().HaveCount(network.Places.Count);
        var graph = GraphReader.Read(model, network.Name);
        InputValues.FixShapes(graph, new OnnxOptions { BatchSize = Images });
        OperatorUpgrade.Apply(graph);
        var types = Probe.Types(graph, () => InputValues.Example(graph), 1);
        var (derivative, tangents) = Derivative.Differentiate(
            graph,
            types,
            new Dictionary<string, string> { ["x"] = "dx" },
            new DerivativeOptions(OnnxBatchNorm.Batch, noise)
        );
        derivative.Inputs.Add(Build.Input("dx", Images, shape.Channels, shape.Height, shape.Width));
        long[] dimensions = [Images, shape.Channels, shape.Height, shape.Width];
        var given = new Dictionary<string, TensorProto> { ["x"] = Build.Tensor("x", signal, dimensions), ["dx"] = Build.Tensor("dx", direction, dimensions) };
        var results = Evaluation.Run(
            derivative,
            given,
            [.. values.Concat(values.Select(value => tangents[value])).Where(value => !given.ContainsKey(value)).Distinct()]
        );
        for (var i = 0; i < values.Length; i++)
        {
            double[] Found(string value) => results.TryGetValue(value, out var found) ? found : Tensors.Reals(given[value]);
            var place = network.Places[i];
            var (ofSignal, ofNoise) = (MeanSquare(Found(values[i])), MeanSquare(Found(tangents[values[i]])));
            var (expectedSignal, expectedNoise) = expected[i];

            // ONNX Runtime convolves in single precision: both agree to 1e-7, until rounding puts a ReLU on the other side of zero. That moves the signal by
            // nothing and the noise of one channel by a share of it.
            ofSignal.Should().BeApproximately(expectedSignal, 1e-5 * expectedSignal, "signal at {0}", place);
            ofNoise.Should().BeApproximately(expectedNoise, 5e-3 * expectedNoise, "noise at {0}", place);
        }
    }

    private static (double[] Signal, double[] Noise, Dictionary<int, (double Signal, double Noise)> MeanSquares) ByModel(Network network, NoiseKind noise)
    {
        using var machine = new NetworkPropagation<double>(network, Images, noise);
        new RandomNumbers(4, 1, 0, RandomPurpose.GaussianImages).FillNormal(machine.Input.Signal, 1);
        new RandomNumbers(4, 1, 0, RandomPurpose.InputNoise).FillNormal(machine.Input.Noise, 1);
        var observer = new Powers();
        machine.Propagate(new RandomParameters<double>(4, 1), observer);
        return (ChannelsFirst(machine.Input.TrueSignal(), network.Input), ChannelsFirst(machine.Input.TrueNoise(), network.Input), observer.MeanSquares);
    }

    private static double MeanSquare(double[] values) => values.Average(value => value * value);

    private static double[] ChannelsFirst(ReadOnlySpan<double> values, Shape shape)
    {
        var turned = new double[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var (channel, position, image) = (
                i % shape.Channels,
                i / shape.Channels % (shape.Height * shape.Width),
                i / (shape.Channels * shape.Height * shape.Width)
            );
            turned[(((image * shape.Channels) + channel) * shape.Height * shape.Width) + position] = values[i];
        }

        return turned;
    }

    private sealed class Powers : IPlaceObserver<double>
    {
        public Dictionary<int, (double Signal, double Noise)> MeanSquares { get; } = [];

        public bool Observes(int index, Wellbehaved.Networks.Place place) => true;

        public void Observe(int index, Wellbehaved.Networks.Place place, SignalAndNoise<double> values) =>
            MeanSquares[index] = (MeanSquare(values.TrueSignal()), MeanSquare(values.TrueNoise()));
    }
}
