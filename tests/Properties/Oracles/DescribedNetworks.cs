using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Properties;

/// <summary>Propagates through described networks and reads true values.</summary>
internal static class DescribedNetworks
{
    public const int Images = 3;

    /// <summary>Small networks that together have every layer, every function and every law of weights.</summary>
    public static IReadOnlyDictionary<string, Network> Examples { get; } = AllExamples().ToDictionary(network => network.Name);

    /// <summary>Signal and noise at the end, with random parameters unless others are given.</summary>
    public static (double[] Signal, double[] Noise) Propagate(
        Network network,
        double[] signal,
        double[] noise,
        NoiseKind kind = NoiseKind.Mapping,
        IParameterSource<double>? parameters = null,
        IPlaceObserver<double>? observer = null,
        int threads = 1
    )
    {
        using var machine = new NetworkPropagation<double>(network, Images, kind, threads);
        signal.CopyTo(machine.Input.Signal);
        noise.CopyTo(machine.Input.Noise);
        var output = machine.Propagate(parameters ?? new RandomParameters<double>(7, 1, threads), observer);
        return (output.TrueSignal(), output.TrueNoise());
    }

    public static (double[] Signal, double[] Noise) PropagateSingle(Network network, double[] signal, double[] noise, int threads = 1)
    {
        using var machine = new NetworkPropagation<float>(network, Images, NoiseKind.Mapping, threads);
        for (var i = 0; i < signal.Length; i++)
        {
            (machine.Input.Signal[i], machine.Input.Noise[i]) = ((float)signal[i], (float)noise[i]);
        }

        var output = machine.Propagate(new RandomParameters<float>(7, 1, threads));
        return (output.TrueSignal(), output.TrueNoise());
    }

    /// <summary>Normal numbers for an input of a network.</summary>
    public static double[] Input(Network network, uint salt)
    {
        var values = new double[Images * network.Input.Features];
        new RandomNumbers(11, salt, 0, RandomPurpose.InputNoise).FillNormal<double>(values, 1);
        return values;
    }

    /// <summary>Whether a network has a norm without ε, which refuses features that do not vary; no other layer refuses any.</summary>
    public static bool MayRefuse(IEnumerable<Layer> layers) =>
        layers.Any(layer =>
            layer switch
            {
                Norm norm => norm.Epsilon == 0,
                Residual residual => MayRefuse(residual.Branch) || MayRefuse(residual.Skip),
                Repeat repeat => MayRefuse(repeat.Unit),
                _ => false,
            }
        );

    public static bool Contains<TLayer>(IEnumerable<Layer> layers)
        where TLayer : Layer =>
        layers.Any(layer =>
            layer switch
            {
                TLayer => true,
                Residual residual => Contains<TLayer>(residual.Branch) || Contains<TLayer>(residual.Skip),
                Repeat repeat => Contains<TLayer>(repeat.Unit),
                _ => false,
            }
        );

    private static IEnumerable<Network> AllExamples()
    {
        var image = new Shape(6, 6, 4);
        var tokens = new Shape(1, 5, 8);
        var vector = new Shape(1, 1, 12);
        var biased = new Initialisation(1.5, 0.3);
        foreach (var word in Function.Words)
        {
            var function = new Function(Function.Find(word)!.Value, word == "leaky_relu" ? 0.1 : 0);
            yield return new(
                $"mlp_{word}",
                vector,
                [
                    new Dense { Channels = 10, Parameters = biased },
                    new Activation(function),
                    new Repeat(2, [new Dense { Parameters = biased }, new Activation(function)]),
                ]
            );
        }

        foreach (var norm in Norms())
        {
            yield return new(
                $"conv_{norm.Word}",
                image,
                [
                    new Convolution(3)
                    {
                        Channels = 8,
                        Boundary = Boundary.ZeroPadding,
                        Parameters = biased,
                    },
                    norm,
                    new Activation(new(FunctionKind.Tanh)),
                    new Convolution(3) { Stride = 2 },
                    norm with
                    {
                        Scale = 0.7,
                        Epsilon = 0.1,
                    },
                    new Activation(Function.Relu),
                ]
            );
            yield return new(
                $"pre_{norm.Word}",
                tokens,
                [
                    new Dense { Channels = 12 },
                    new Repeat(3, [new Residual([norm, new Activation(new(FunctionKind.Gelu)), new Dense()]) { BranchScale = ResidualScale.ByUnit }]),
                    norm,
                ]
            );
        }

        yield return new(
            "rms_norm_all",
            image,
            [new RmsNorm { Over = NormalisedOver.All }, new Convolution(3), new LayerNorm { Over = NormalisedOver.All, Epsilon = 0 }]
        );
        yield return new(
            "norm_first",
            image,
            [new BatchNorm { Epsilon = 0 }, new Activation(Function.Relu), new Convolution(3), new BatchNorm { Epsilon = 0 }, new Activation(Function.Relu)]
        );
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
                        Parameters = biased with { Law = WeightLaw.Uniform },
                    },
                    new Convolution(3)
                    {
                        Channels = 32,
                        Groups = 2,
                        Stride = 2,
                        Boundary = boundary,
                        Parameters = biased with { Law = WeightLaw.TruncatedNormal },
                    },
                    new Convolution(3) { Groups = 2, Boundary = boundary },
                    new Convolution(1)
                    {
                        Channels = 6,
                        Groups = 2,
                        Parameters = biased with { Law = WeightLaw.Orthogonal },
                    },
                    new Activation(new(FunctionKind.LeakyRelu, 0.2)),
                ]
            );
        }

        yield return new(
            "pools",
            image,
            [
                new Convolution(2) { Channels = 5 },
                new MaxPool(2),
                new Activation(new(FunctionKind.Silu)),
                new Scaling(-0.3),
                new Convolution(3) { Boundary = Boundary.ZeroPadding },
                new AveragePool(3),
                new Flatten(),
                new Dense { Channels = 7 },
            ]
        );
        yield return new(
            "global",
            image,
            [
                new MaxPool(2),
                new Convolution(3) { Channels = 16, Boundary = Boundary.Symmetric },
                new Activation(Function.Relu),
                new GlobalAveragePool(),
                new Dense { Channels = 4, Parameters = biased },
            ]
        );
        yield return new(
            "dropout",
            image,
            [
                new Dropout(0.8),
                new Convolution(3) { Channels = 8 },
                new Activation(Function.Relu),
                new Dropout(0.6) { Mask = DropoutMask.ByPoint },
                new Convolution(3),
            ]
        );
        yield return new(
            "stages",
            image,
            [
                new Convolution(3) { Channels = 8 },
                new Repeat(
                    2,
                    [
                        new Residual([new Repeat(2, [new LayerNorm(), new Activation(new(FunctionKind.Gelu)), new Convolution(3)])])
                        {
                            SkipScale = 0.8,
                            BranchScale = 0.6,
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
                new Repeat(
                    2,
                    [
                        new Residual([new InstanceNorm(), new Activation(new(FunctionKind.Elu)), new Convolution(3)])
                        {
                            BranchScale = ResidualScale.ByDepth,
                            Survival = 0.5,
                        },
                    ]
                ),
                new GlobalAveragePool(),
            ]
        );
        yield return new(
            "residual_first",
            image,
            [
                new Residual([new Activation(new(FunctionKind.Tanh)), new Convolution(3)]),
                new Residual([new Residual([new Flatten(), new Dense()]) { Skip = [new Flatten()] }]) { Skip = [new Flatten()] },
            ]
        );
        foreach (var causal in new[] { false, true })
        {
            yield return new(
                causal ? "causal" : "transformer",
                tokens,
                [
                    new Dense { Parameters = biased },
                    new Repeat(
                        2,
                        [
                            new Residual([new LayerNorm(), new Attention(2) { Causal = causal, Parameters = new(1.5, causal ? 0.2 : 0) }]),
                            new Residual([
                                new LayerNorm(),
                                new Dense { Channels = 16 },
                                new Activation(new(FunctionKind.GeluTanh)),
                                new Dense { Channels = 8 },
                            ]),
                        ]
                    ),
                ]
            );
        }

        yield return new("attention_first", tokens, [new Attention(4)]);
        yield return new(
            "nested",
            vector,
            [
                new Dense(),
                new Repeat(
                    2,
                    [
                        new Repeat(2, [new Dense(), new Activation(Function.Relu)]),
                        new Residual([new Repeat(2, [new Repeat(2, [new Activation(new(FunctionKind.Softplus)), new Dense()])])]),
                    ]
                ),
            ]
        );
        yield return new("identity", vector, []);
        yield return Recipes.BnRes(new RecipeSizes(new Shape(8, 8, 3), 3, 6, 3, ResidualDepth: 1));
        yield return Recipes.Vanilla(new RecipeSizes(new Shape(2, 2, 3), 3, 6));
    }

    private static IEnumerable<Norm> Norms() => [new BatchNorm(), new LayerNorm(), new RmsNorm(), new GroupNorm(2), new InstanceNorm { Epsilon = 0.5 }];
}
