using System.Text.Json.Nodes;
using Wellbehaved.Audit;
using Wellbehaved.Model;
using Wellbehaved.Networks;
using Wellbehaved.Numerics;
using Wellbehaved.Onnx;

namespace Wellbehaved.Bench;

/// <summary>
/// Each type of layer, the networks of data/networks, steps of training and diagnoses of ONNX files, against PyTorch's own modules and derivatives.
/// </summary>
/// <param name="sizes">How large.</param>
/// <param name="threads">Number of threads.</param>
/// <param name="folder">The folder of network files.</param>
internal sealed class NetworkWorks(CompareSizes sizes, int threads, string folder)
{
    /// <summary>Networks with at most this many features do not fill the threads; as many of them as threads run side by side, as in experiments.</summary>
    private const long SmallFeatures = 1 << 21;

    /// <summary>Single layers, with given weights.</summary>
    public IEnumerable<Work> SingleLayers()
    {
        var shape = new Shape(sizes.LayerExtent, sizes.LayerExtent, sizes.LayerChannels);
        foreach (var (words, layer) in Described())
        {
            yield return Layer(words, layer, shape);
        }

        var tokens = new Shape(sizes.Tokens, sizes.Tokens, sizes.TokenWidth);
        yield return Layer("attention of 4 heads", new Attention(4), tokens);
        yield return Layer("causal attention of 4 heads", new Attention(4) { Causal = true }, tokens);
        yield return Layer(
            "transformer block (layer norm, attention of 4 heads; layer norm, four times the width, GELU)",
            new Repeat(
                1,
                [
                    new Residual([new LayerNorm(), new Attention(4)]),
                    new Residual([
                        new LayerNorm(),
                        new Dense { Channels = 4 * tokens.Channels },
                        new Networks.Activation(new Function(FunctionKind.Gelu)),
                        new Dense { Channels = tokens.Channels },
                    ]),
                ]
            ),
            tokens
        ) with
        {
            Target = 1.5,
        };
    }

    /// <summary>Networks of the folder, with weights drawn each time.</summary>
    public IEnumerable<Work> FromFolder()
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var network = Opened(file);
            double? target = network.Name switch
            {
                "pre_ln_mlp" => 2.5,
                "resnet_v2" => 2.5,
                _ => null,
            };
            var words =
                $"`{network.Name}`, {network.Input}, L = "
                + $"{sizes.NetworkDepth}{(NetworkTemplate.Parse(File.ReadAllText(file)).LeavesChannelsOpen ? $", N = {sizes.NetworkChannels}" : "")}, "
                + $"M = {sizes.NetworkImages}";
            yield return Propagated(words, network, sizes.NetworkImages, "described", draws: true) with
            {
                Target = target,
            };
        }
    }

    /// <summary>Steps of training: the signal forward, a gradient backward, and the gradients of all weights.</summary>
    public IEnumerable<Work> Trainings()
    {
        foreach (var architecture in new[] { "vanilla", "bn_ff" })
        {
            yield return WithAdam(architecture);
        }

        foreach (var name in new[] { "pre_ln_mlp", "resnet_v2", "pre_ln_transformer" })
        {
            var network = Opened(Path.Combine(folder, $"{name}.json"));
            yield return new Work(
                $"`{name}`, L = {sizes.NetworkDepth}, M = {sizes.NetworkImages}: forward and backward",
                Cost.TrainingStep(network, sizes.NetworkImages),
                Request("step", network, sizes.NetworkImages, NoiseKind.Full),
                () => Step(network)
            );
        }
    }

    /// <summary>A network that is written as an ONNX file and diagnosed: weights drawn anew, moments and effective ranks at every place.</summary>
    public IEnumerable<Work> Diagnoses()
    {
        foreach (var name in new[] { "resnet_v2", "conv_ln_gelu", "pre_ln_transformer" })
        {
            var network = Opened(Path.Combine(folder, $"{name}.json"));
            yield return new Work(
                $"diagnosis of `{name}.onnx`, L = {sizes.NetworkDepth}, batch {sizes.DiagnosisImages}, moments and both effective ranks at every place",
                Cost.Propagation(network, sizes.DiagnosisImages),
                Request("diagnosis", network, sizes.DiagnosisImages, NoiseKind.Mapping),
                () => Diagnosis(network)
            );
        }
    }

    private static IEnumerable<(string Words, Layer Layer)> Described()
    {
        var zero = new Networks.Convolution(3) { Boundary = Boundary.ZeroPadding };
        yield return ("convolution 3×3, zero padding", zero);
        yield return ("convolution 3×3, periodic", zero with { Boundary = Boundary.Periodic });
        yield return ("convolution 3×3, symmetric", zero with { Boundary = Boundary.Symmetric });
        yield return ("convolution 5×5, zero padding", new Networks.Convolution(5) { Boundary = Boundary.ZeroPadding });
        yield return ("convolution 3×3, stride 2", zero with { Stride = 2 });
        yield return ("convolution 3×3, dilation 2", zero with { Dilation = 2 });
        yield return ("convolution 3×3, 4 groups", zero with { Groups = 4 });
        yield return ("convolution 3×3, depthwise", zero with { Groups = Networks.Convolution.EachChannel });
        yield return ("dense at each position, with biases", new Dense { Parameters = new Initialisation(2, 0.1) });
        yield return ("batch norm", new BatchNorm());
        yield return ("layer norm", new LayerNorm());
        yield return ("layer norm over whole images", new LayerNorm { Over = NormalisedOver.All });
        yield return ("RMS norm", new RmsNorm());
        yield return ("group norm of 8 groups", new GroupNorm(8));
        yield return ("instance norm", new InstanceNorm());
        foreach (var kind in Enum.GetValues<FunctionKind>().Where(kind => kind != FunctionKind.Linear))
        {
            var function = kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(0.1) : new Function(kind);
            yield return ($"activation {function.Word}", new Networks.Activation(function));
        }

        yield return ("scaling", new Scaling(0.7));
        yield return ("average pooling 2×2", new AveragePool(2));
        yield return ("max pooling 2×2", new MaxPool(2));
        yield return ("global average pooling", new GlobalAveragePool());
        yield return ("dropout with a mask for each point", new Networks.Dropout(0.9) { Mask = DropoutMask.ByPoint });
        yield return ("dropout with a shared mask", new Networks.Dropout(0.9));
        yield return ("residual sum of a ReLU", new Residual([new Networks.Activation(Function.Relu)]));
    }

    private static JsonObject Request(string work, Network network, int images, NoiseKind noise) =>
        new()
        {
            ["work"] = work,
            ["network"] = SpelledOutNetwork.SpellOut(network).ToJson(),
            ["images"] = images,
            ["noise"] = noise == NoiseKind.Full ? "full" : "mapping",
        };

    private Work Layer(string words, Layer layer, Shape input) =>
        Propagated(
            $"{words}: {input}, batch {sizes.LayerImages}",
            new Network("layer", input, [layer]),
            sizes.LayerImages,
            layer is Networks.Dropout ? "stochastic" : "described",
            draws: false
        );

    private Network Opened(string file)
    {
        var template = NetworkTemplate.Parse(File.ReadAllText(file));
        return template.With(
            template.Input is null ? new Shape(1, 1, sizes.NetworkChannels) : null,
            template.LeavesChannelsOpen ? sizes.NetworkChannels : null,
            template.LeavesDepthOpen ? sizes.NetworkDepth : null
        );
    }

    private Work Propagated(string words, Network network, int images, string work, bool draws)
    {
        var request = Request(work, network, images, NoiseKind.Mapping);
        if (work == "described")
        {
            request["draws"] = draws;
        }

        return new Work(
            words,
            Cost.Propagation(network, images),
            request,
            () =>
            {
                var together = draws && images * network.Places.Max(place => place.Shape.Features) <= SmallFeatures ? threads : 1;
                var networks = Enumerable
                    .Range(0, together)
                    .Select(_ => new NetworkPropagation<float>(network, images, NoiseKind.Mapping, threads / together))
                    .ToArray();
                var given = new ParameterVector<float>(new ParameterLayout(network), new RandomParameters<float>(1, 1, threads));
                foreach (var one in networks)
                {
                    new RandomNumbers(1, 0, 0, RandomPurpose.InputNoise).FillNormal(one.Input.Signal, 1);
                    new RandomNumbers(1, 0, 1, RandomPurpose.InputNoise).FillNormal(one.Input.Noise, 1);
                }

                return new Prepared(
                    () =>
                        Roofline.Seconds(() =>
                            Workers.ForEach(
                                together,
                                together,
                                (simulation, worker) =>
                                    networks[worker].Propagate(draws ? new RandomParameters<float>(1, (uint)simulation, threads / together) : given)
                            )
                        ) / together,
                    [.. networks, given]
                );
            }
        );
    }

    private Prepared Step(Network network)
    {
        var pass = new BackwardPass<float>(network, sizes.NetworkImages, NoiseKind.Full, threads, Gradients.Parameters);
        var parameters = new ParameterVector<float>(pass.Layout, new RandomParameters<float>(1, 1, threads));
        new RandomNumbers(1, 1, 0, RandomPurpose.InputNoise).FillNormal(pass.Input, 1);
        new RandomNumbers(1, 2, 0, RandomPurpose.OutputGradients).FillNormal(pass.OutputGradient, 1);
        return new Prepared(
            () =>
                Roofline.Seconds(() =>
                {
                    pass.Forward(parameters);
                    pass.Backward();
                }),
            pass,
            parameters
        );
    }

    /// <summary>A product of each layer forward, two backward, and Adam; as many trainings side by side as there are threads.</summary>
    private Work WithAdam(string architecture)
    {
        const int channels = 128,
            batch = 100,
            classes = 10;
        var depth = sizes.TrainingDepth;
        var settings = new NetworkSettings(Architecture.Named(architecture), new TensorShape(batch, 1, 1, channels), depth, channels);
        var network = settings.Description()!;
        var request = new JsonObject
        {
            ["work"] = "train",
            ["architecture"] = architecture,
            ["images"] = batch,
            ["channels"] = channels,
            ["depth"] = depth,
            ["classes"] = classes,
        };
        return new Work(
            $"fully connected `{architecture}`, N = {channels}, {depth} layers, M = {batch}: forward, backward and Adam",
            Cost.TrainingStep(network, batch),
            request,
            () =>
            {
                var sides = Enumerable.Range(0, threads).Select(side => new TrainingSide(network, batch, classes, (uint)side)).ToArray();
                return new Prepared(() => Roofline.Seconds(() => Workers.ForEach(threads, threads, (side, _) => sides[side].Step())) / threads, sides);
            }
        )
        {
            Target = 2,
        };
    }

    private Prepared Diagnosis(Network network)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.onnx");
        OnnxExport.Write(network, file, 1);
        var opened = OnnxNetwork.Open(file, new OnnxOptions { BatchSize = sizes.DiagnosisImages, Threads = threads });
        File.Delete(file);
        var simulation = 0u;
        return new Prepared(() => Roofline.Seconds(() => opened.Map(1, simulation++)), opened);
    }
}
