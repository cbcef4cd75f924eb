using System.Globalization;
using FluentAssertions;
using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The backward pass has the gradients of PyTorch, for networks that together have every layer.</summary>
public sealed class TorchGradientTests : IDisposable
{
    private const int Images = 3;

    /// <summary>Sums of a few hundred terms in double precision, some of which cancel to a thousandth.</summary>
    private const double Rounding = 1e-10;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [PyTorchFact]
    public void Gradients_of_every_layer_are_those_of_PyTorch()
    {
        var names = Networks().Select(Write).ToArray();

        var run = CommandLine.Run(NumPy.PythonWithTorch, [Path.Combine(AppContext.BaseDirectory, "torch_gradients.py"), _folder]);

        run.ExitStatus.Should().Be(0, run.Error);
        var differences = run
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
        differences.Keys.Should().BeEquivalentTo(names);
        differences.Should().OnlyContain(pair => pair.Value < Rounding);
    }

    private static IEnumerable<Network> Networks()
    {
        var (image, tokens, vector) = (new Shape(6, 6, 4), new Shape(1, 5, 8), new Shape(1, 1, 12));
        var biased = new Initialisation(1.5, 0.3);
        Layer[] functions =
        [
            .. Function.Words.SelectMany(word =>
                new Layer[]
                {
                    new Activation(word == "leaky_relu" ? Function.LeakyRelu(0.2) : new(Function.Find(word)!.Value)),
                    new Dense { Parameters = biased },
                }
            ),
        ];
        yield return new("functions", vector, [new Dense(), .. functions]);
        foreach (var boundary in Enum.GetValues<Boundary>())
        {
            yield return new(
                $"convolutions_{boundary}",
                image,
                [
                    new Convolution(3)
                    {
                        Channels = 8,
                        Dilation = 2,
                        Boundary = boundary,
                        Parameters = biased,
                    },
                    new Convolution(3)
                    {
                        Groups = Convolution.EachChannel,
                        Boundary = boundary,
                        Parameters = biased,
                    },
                    new Convolution(3)
                    {
                        Channels = 32,
                        Groups = 2,
                        Stride = 2,
                        Boundary = boundary,
                    },
                    new Convolution(3) { Groups = 2, Boundary = boundary },
                    new Convolution(1)
                    {
                        Channels = 6,
                        Groups = 2,
                        Parameters = biased,
                    },
                    .. boundary == Boundary.Symmetric ? Layers.None : [new Convolution(2) { Boundary = boundary }],
                ]
            );
        }

        foreach (
            var norm in new Norm[]
            {
                new BatchNorm(),
                new LayerNorm(),
                new LayerNorm { Over = NormalisedOver.All },
                new RmsNorm { Scale = -0.5 },
                new RmsNorm { Over = NormalisedOver.All },
                new GroupNorm(2),
                new InstanceNorm { Epsilon = 0.1 },
            }
        )
        {
            var over = norm is LayerNorm { Over: NormalisedOver.All } or RmsNorm { Over: NormalisedOver.All } ? "_all" : string.Empty;
            yield return new(
                $"{norm.Word}{over}",
                image,
                [new Convolution(3) { Parameters = biased }, norm, new Activation(new(FunctionKind.Tanh)), new Convolution(3)]
            );
        }

        yield return new(
            "pools",
            image,
            [new Convolution(3) { Channels = 5 }, new MaxPool(2), new Scaling(-0.3), new AveragePool(3), new Flatten(), new Dense { Channels = 7 }]
        );
        yield return new(
            "global",
            image,
            [new Convolution(3) { Channels = 5 }, new Activation(Function.Relu), new GlobalAveragePool(), new Dense { Channels = 3 }]
        );
        yield return new("dropout", image, [new Dropout(0.8), new Convolution(3), new Dropout(0.6) { Mask = DropoutMask.ByPoint }, new Dense()]);
        foreach (var causal in new[] { false, true })
        {
            yield return new(
                causal ? "causal" : "transformer",
                tokens,
                [
                    new Dense(),
                    new Repeat(
                        2,
                        [
                            new Residual([new LayerNorm(), new Attention(2) { Causal = causal, Parameters = new(1.5, causal ? 0.2 : 0) }]),
                            new Residual([new LayerNorm(), new Dense { Channels = 16 }, new Activation(new(FunctionKind.Gelu)), new Dense { Channels = 8 }]),
                        ]
                    ),
                ]
            );
        }

        yield return new(
            "residuals",
            image,
            [
                new Convolution(3) { Channels = 8 },
                new Repeat(
                    3,
                    [
                        new Residual([new BatchNorm(), new Activation(Function.Relu), new Convolution(3)])
                        {
                            BranchScale = ResidualScale.ByUnit,
                            SkipScale = ResidualScale.ByDepth,
                            Survival = 0.6,
                        },
                    ]
                ),
                new Residual([
                    new BatchNorm(),
                    new Activation(Function.Relu),
                    new Convolution(3) { Channels = 12, Stride = 2 },
                    new Residual([new Convolution(1)]),
                ])
                {
                    Skip = [new Convolution(1) { Channels = 12, Stride = 2 }],
                },
            ]
        );
    }

    /// <summary>Writes a network, a mapping and its gradients, and names it.</summary>
    private string Write(Network network)
    {
        using var pass = new BackwardPass<double>(network, Images);
        var source = new RandomParameters<double>(7, 1);
        new RandomNumbers(11, 1, 0, RandomPurpose.InputNoise).FillNormal(pass.Input, 1);
        new RandomNumbers(11, 2, 0, RandomPurpose.InputNoise).FillNormal(pass.OutputGradient, 1);
        pass.Forward(source);
        pass.Backward();
        var (input, output) = (network.Input, network.Output);
        var arrays = new List<KeyValuePair<string, NpyArray>>
        {
            new("input", NpyArray.From(pass.Input, Images, input.Height, input.Width, input.Channels)),
            new("cotangent", NpyArray.From(pass.OutputGradient, Images, output.Height, output.Width, output.Channels)),
            new(
                "g_input",
                NpyArray.From(
                    [.. pass.InputGradient.ToArray().Select(value => Math.ScaleB(value, pass.InputGradientExponent))],
                    Images,
                    input.Height,
                    input.Width,
                    input.Channels
                )
            ),
        };
        var points = pass.InputShape.Points;
        foreach (var (i, tensor) in ParameterList.Enumerate(network).Index())
        {
            // Masks by point stand before any layer that changes the positions.
            var values = new double[tensor.Length > 0 ? tensor.Length : points * tensor.Outputs];
            source.Fill(tensor, values);
            arrays.Add(new($"p{i}", NpyArray.From(values, values.Length)));
            if (tensor.Kind is ParameterKind.Weights or ParameterKind.Biases)
            {
                arrays.Add(new($"g{i}", NpyArray.From(pass.ParameterGradients.Slice(pass.Layout.OffsetOf(tensor), values.Length), values.Length)));
            }
        }

        File.WriteAllText(Path.Combine(_folder, $"{network.Name}.json"), NetworkText.Write(network));
        NpzArchive.Write(Path.Combine(_folder, $"{network.Name}.npz"), arrays);
        return network.Name;
    }
}
