using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// The networks on whose layers statistical laws are tested. The laws are exact at every width, so narrow networks decide as well as wide ones.
/// </summary>
internal static class LawNetworks
{
    private const int Width = 32;

    /// <summary>Every activation after a fresh layer with biases.</summary>
    public static IReadOnlyList<SiteCase> Activations { get; } =
    [
        Points(
            "every activation",
            10,
            4,
            [
                .. Enum.GetValues<FunctionKind>()
                    .SelectMany(kind =>
                        new Layer[]
                        {
                            new Dense { Channels = Width, Parameters = new(1.5, 0.3) },
                            new Activation(kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(0.3) : new Function(kind)),
                        }
                    ),
            ]
        ),
    ];

    /// <summary>
    /// One activation of each kind that has a dual of its own, for pairs of points. There are few, because a quadrature over two variables is slow.
    /// </summary>
    public static IReadOnlyList<SiteCase> ActivationsOfPairs { get; } =
    [
        Points(
            "activations of pairs",
            10,
            4,
            [
                .. new[]
                {
                    Function.Relu,
                    Function.LeakyRelu(0.3),
                    new(FunctionKind.Abs),
                    new(FunctionKind.Erf),
                    new(FunctionKind.Sine),
                    new(FunctionKind.Gelu),
                    new(FunctionKind.Tanh),
                }.SelectMany(function =>
                    new Layer[]
                    {
                        new Dense { Channels = Width, Parameters = new(1.5, 0.3) },
                        new Activation(function),
                    }
                ),
            ]
        ),
    ];

    /// <summary>Layer and RMS norm before leaky activations.</summary>
    public static IReadOnlyList<SiteCase> NormsOfPairs { get; } =
    [
        Points(
            "norms of pairs",
            8,
            3,
            [
                new Dense { Channels = Width, Parameters = new(2, 0.3) },
                new LayerNorm { Epsilon = 0 },
                new Activation(Function.Relu),
                new Dense { Channels = Width, Parameters = new(1.5) },
                new RmsNorm { Epsilon = 0, Scale = -1.2 },
                new Activation(Function.LeakyRelu(0.2)),
            ]
        ),
    ];

    /// <summary>Batch norm before activations of several kinds.</summary>
    public static IReadOnlyList<SiteCase> BatchNorms { get; } =
    [
        Points(
            "batch norm and activations",
            16,
            6,
            [
                .. new[] { FunctionKind.Gelu, FunctionKind.Erf, FunctionKind.Relu }.SelectMany(
                    (kind, i) =>
                        new Layer[]
                        {
                            new Dense { Channels = Width, Parameters = new(1.3, 0.2) },
                            new BatchNorm { Epsilon = i == 0 ? 0.2 : 0, Scale = i == 1 ? 0.8 : 1 },
                            new Activation(new Function(kind)),
                        }
                ),
            ]
        ),
    ];

    /// <summary>Layer and RMS norm before activations.</summary>
    public static IReadOnlyList<SiteCase> InputNorms { get; } =
    [
        Points(
            "norms of inputs and activations",
            12,
            3,
            [
                .. new[] { FunctionKind.Gelu, FunctionKind.Tanh, FunctionKind.Relu, FunctionKind.Silu }.SelectMany(
                    (kind, i) =>
                        new Layer[]
                        {
                            new Dense { Channels = Width, Parameters = new(2, 0.3) },
                            i % 2 == 0
                                ? new LayerNorm { Epsilon = 0 }
                                : new RmsNorm { Epsilon = 0, Scale = 1.2 },
                            new Activation(new Function(kind)),
                        }
                ),
            ]
        ),
    ];

    /// <summary>Leaky activations after weights of every law, including convolutions.</summary>
    public static IReadOnlyList<SiteCase> Leaky { get; } =
    [
        Points(
            "leaky activations",
            Width,
            4,
            [
                .. Enum.GetValues<WeightLaw>()
                    .SelectMany(law =>
                        new Layer[]
                        {
                            new Dense { Channels = Width, Parameters = new(2 / (1 + 0.04), 0, law) },
                            new Activation(Function.LeakyRelu(0.2)),
                            new Dense { Channels = Width, Parameters = new(2, 0, law) },
                            new Activation(Function.Relu),
                        }
                    ),
            ]
        ),
        new(
            new(
                "convolutions and leaky activations",
                new(4, 4, 4),
                [
                    new Convolution(3) { Channels = 16, Parameters = new(2, 0, WeightLaw.Uniform) },
                    new Activation(Function.LeakyRelu(-0.5)),
                    new Convolution(3) { Boundary = Boundary.ZeroPadding, Parameters = new(1.6) },
                    new Activation(new Function(FunctionKind.Abs)),
                ]
            ),
            2
        ),
    ];

    /// <summary>One point through leaky activations and normal weights.</summary>
    public static IReadOnlyList<SiteCase> NormalWalk { get; } =
    [
        Points(
            "walk of normal weights",
            16,
            1,
            [new Dense { Channels = Width }, new Repeat(12, [new Dense { Parameters = new(2 / 1.01) }, new Activation(Function.LeakyRelu(0.1))])]
        ),
    ];

    /// <summary>One point through leaky activations and orthogonal weights.</summary>
    public static IReadOnlyList<SiteCase> OrthogonalWalk { get; } =
    [
        Points(
            "walk of orthogonal weights",
            16,
            1,
            [
                new Dense { Channels = Width },
                new Repeat(12, [new Dense { Parameters = new(2 / 1.01, 0, WeightLaw.Orthogonal) }, new Activation(Function.LeakyRelu(0.1))]),
            ]
        ),
    ];

    /// <summary>Residual units with normalised branches, one for each of three norms.</summary>
    public static IReadOnlyList<SiteCase> NormalisedBranches { get; } =
    [
        Points(
            "layer norm in branches",
            12,
            4,
            [new Dense { Channels = Width }, new Repeat(8, [new Residual(Branch(new LayerNorm { Epsilon = 0 }, new(FunctionKind.Gelu))) { BranchScale = 0.7 }])]
        ),
        Points(
            "RMS norm in branches",
            12,
            4,
            [new Dense { Channels = Width }, new Repeat(8, [new Residual(Branch(new RmsNorm { Epsilon = 0 }, new(FunctionKind.Tanh)))])]
        ),
        Points(
            "batch norm in branches",
            12,
            8,
            [new Dense { Channels = Width }, new Repeat(8, [new Residual(Branch(new BatchNorm { Epsilon = 0 }, Function.LeakyRelu(0.2)))])]
        ),
    ];

    /// <summary>Normalised branches in residual units with three different scalings.</summary>
    public static IReadOnlyList<SiteCase> TimeChange { get; } =
    [
        Points(
            "pre-activation units",
            12,
            8,
            [
                new Dense { Channels = Width },
                new Repeat(6, [new Residual([new BatchNorm(), new Activation(new Function(FunctionKind.Tanh)), new Dense { Parameters = new(1.5) }])]),
            ]
        ),
        Points(
            "units over the root of 2",
            12,
            8,
            [
                new Dense { Channels = Width },
                new Repeat(
                    6,
                    [new Residual([new LayerNorm(), new Activation(Function.Relu), new Dense()]) { BranchScale = Math.Sqrt(0.5), SkipScale = Math.Sqrt(0.5) }]
                ),
            ]
        ),
        Points(
            "branches over the root of L",
            12,
            8,
            [
                new Dense { Channels = Width },
                new Repeat(
                    6,
                    [new Residual([new LayerNorm(), new Activation(new Function(FunctionKind.Gelu)), new Dense()]) { BranchScale = ResidualScale.ByDepth }]
                ),
            ]
        ),
    ];

    /// <summary>Dropout with both kinds of mask.</summary>
    public static IReadOnlyList<SiteCase> Dropouts { get; } =
    [
        Points(
            "dropouts",
            16,
            3,
            [
                new Dense { Channels = 64 },
                new Dropout(0.8),
                new Dense { Channels = 64 },
                new Dropout(0.5) { Mask = DropoutMask.ByPoint },
                new Dense { Channels = 64 },
                new Dropout(0.6),
            ]
        ),
    ];

    /// <summary>Attention with one head and with several, causal and not.</summary>
    public static IReadOnlyList<SiteCase> Attentions { get; } =
    [
        new(
            new(
                "attention",
                new(1, 5, 16),
                [new Attention(4) { Parameters = new(1.5) }, new LayerNorm(), new Attention(1) { Causal = true, Parameters = new(1, 0.2) }]
            ),
            2
        ),
    ];

    /// <summary>A composition that no other claim names: norms, scales, dropout and a projection.</summary>
    public static IReadOnlyList<SiteCase> AnyComposition { get; } =
    [
        Points(
            "any composition",
            12,
            6,
            [
                new Dense { Channels = 24, Parameters = new(1, 0.1) },
                new RmsNorm(),
                new Activation(new Function(FunctionKind.Silu)),
                new Residual([new Dense { Channels = 32, Parameters = new(2, 0.2) }, new Activation(new Function(FunctionKind.Sine))])
                {
                    Skip = [new Dense { Channels = 32, Parameters = Initialisation.LeCun }],
                    BranchScale = 0.8,
                },
                new BatchNorm(),
                new Activation(new Function(FunctionKind.Elu)),
                new Dropout(0.8),
                new Dense(),
                new Scaling(0.6),
                new Activation(new Function(FunctionKind.Erf)),
                new Dense(),
            ]
        ),
    ];

    /// <summary>The ordered phase of tanh.</summary>
    public static IReadOnlyList<SiteCase> Ordered { get; } = [Tanh("ordered tanh", 0.81, 0.09)];

    /// <summary>The chaotic phase of tanh.</summary>
    public static IReadOnlyList<SiteCase> Chaotic { get; } = [Tanh("chaotic tanh", 2.25, 0.01)];

    /// <summary>The edge of chaos of tanh, σ_b = 0.3.</summary>
    public static IReadOnlyList<SiteCase> Edge { get; } = [Tanh("tanh at the edge", 1.3955839752 * 1.3955839752, 0.09)];

    /// <summary>Feedforward batch norm before three activations.</summary>
    public static IReadOnlyList<SiteCase> NormalisedStack { get; } =
    [
        .. new[] { FunctionKind.Tanh, FunctionKind.Gelu }.Select(kind =>
            Points(
                $"batch norm and {new Function(kind)}",
                12,
                10,
                [new Dense { Channels = Width }, new Repeat(5, [new Dense(), new BatchNorm(), new Activation(new Function(kind))])]
            )
        ),
    ];

    /// <summary>Weights of every law, with biases, in layers that are narrow enough for their weights to be solved for.</summary>
    public static IReadOnlyList<SiteCase> OfEveryLaw { get; } =
    [
        Points(
            "normal weights",
            24,
            30,
            [
                new Dense { Channels = 24, Parameters = new(2, 0.5) },
                new Activation(new Function(FunctionKind.Erf)),
                new Dense { Parameters = new(1.5, 0.3) },
                new RmsNorm(),
                new Dense { Parameters = new(1, 0.4) },
            ]
        ),
        Points(
            "uniform, cut and orthogonal weights",
            12,
            30,
            [
                new Dense { Channels = 12, Parameters = new(1, 0, WeightLaw.Uniform) },
                new Dense { Parameters = new(2, 0.1, WeightLaw.TruncatedNormal) },
                new RmsNorm(),
                new Dense { Parameters = new(1.5, 0, WeightLaw.Orthogonal) },
            ]
        ),
        new(
            new(
                "normal weights of convolutions",
                new(3, 4, 2),
                [
                    new Convolution(2) { Channels = 48, Parameters = new(2, 0.2) },
                    new Activation(new Function(FunctionKind.Tanh)),
                    new Convolution(3)
                    {
                        Groups = 24,
                        Channels = 48,
                        Boundary = Boundary.ZeroPadding,
                    },
                ]
            ),
            10
        ),
        Alone(new Convolution(5) { Channels = 48, Dilation = 2 }, 9, 4),
        Alone(
            new Convolution(5)
            {
                Groups = 2,
                Channels = 64,
                Stride = 2,
                Boundary = Boundary.ZeroPadding,
            },
            9,
            8
        ),
        Alone(new Convolution(7) { Channels = 48, Dilation = 2 }, 13, 2),
        Alone(
            new Convolution(7)
            {
                Groups = 2,
                Channels = 64,
                Stride = 2,
                Boundary = Boundary.ZeroPadding,
            },
            13,
            4
        ),
        Alone(new Convolution(5) { Channels = 64 }, 7, 2),
        Alone(
            new Convolution(7)
            {
                Groups = 2,
                Channels = 64,
                Parameters = new(1.5),
            },
            7,
            4
        ),
    ];

    /// <summary>
    /// Single layers without batch statistics, and without weights that are solved for: their output for one image depends on no other image.
    /// </summary>
    public static IReadOnlyList<SiteCase> OfSeparateImages { get; } =
    [
        .. new Layer[]
        {
            new Attention(2) { Parameters = new(1.5) },
            new Attention(1) { Causal = true, Parameters = new(1.5, 0.2) },
            new LayerNorm(),
            new LayerNorm { Over = NormalisedOver.All },
            new RmsNorm(),
            new RmsNorm { Over = NormalisedOver.All },
            new GroupNorm(2),
            new InstanceNorm(),
            new AveragePool(2),
            new MaxPool(2),
            new GlobalAveragePool(),
            new Dropout(0.8),
            new Dropout(0.5) { Mask = DropoutMask.ByPoint },
            new Residual([new Activation(Function.Relu)]) { Survival = 0.5 },
        }
            .Concat(
                Enum.GetValues<FunctionKind>().Select(kind => new Activation(kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(0.3) : new Function(kind)))
            )
            .Select(layer => new SiteCase(new($"{layer.Word} of several images", new(4, 4, 4), [layer]), 4)),
    ];

    /// <summary>Layers of equal shape, so that any two can be compared.</summary>
    public static IReadOnlyList<SiteCase> OfEqualLayers { get; } =
    [
        Points(
            "equal layers",
            24,
            30,
            [
                new Dense { Channels = 24 },
                new Activation(new Function(FunctionKind.Tanh)),
                new Dense(),
                new RmsNorm(),
                new Dense(),
                new Scaling(0.5),
                new Dense(),
            ]
        ),
    ];

    /// <summary>I15: layers whose biases are as strong as what they are added to.</summary>
    public static IReadOnlyList<SiteCase> OfBiases { get; } =
    [
        Points(
            "layers with biases",
            12,
            30,
            [
                new Dense { Channels = 16, Parameters = new(1.5, 0.5) },
                new Activation(new Function(FunctionKind.Tanh)),
                new Dense { Parameters = new(1.5, 0.5) },
                new RmsNorm(),
                new Dense { Parameters = new(1.5, 0.5) },
            ]
        ),
    ];

    /// <summary>I16: layers whose weights have bounds.</summary>
    public static IReadOnlyList<SiteCase> OfBounds { get; } =
    [
        Points(
            "weights with bounds",
            12,
            30,
            [
                new Dense { Channels = 12, Parameters = new(1.5, 0, WeightLaw.Uniform) },
                new Activation(new Function(FunctionKind.Tanh)),
                new Dense { Parameters = new(2, 0.1, WeightLaw.TruncatedNormal) },
            ]
        ),
    ];

    /// <summary>A single convolution with many outputs: one solution gives all weights of a group.</summary>
    private static SiteCase Alone(Convolution layer, int extent, int channels) =>
        new(
            new(
                "weights of kernels of "
                    + $"{layer.Kernel}{(layer.Dilation > 1 ? ", dilated" : "")}{(layer.Stride > 1 ? ", strided" : "")}{(layer.Groups > 1 ? ", in groups" : "")}",
                new(extent, extent, channels),
                [layer]
            ),
            3
        );

    private static SiteCase Points(string name, int features, int points, Networks.Layers layers) => new(new(name, new(1, 1, features), layers), points);

    private static SiteCase Tanh(string name, double weights, double biases) =>
        Points(
            name,
            12,
            8,
            [
                new Dense { Channels = Width, Parameters = Initialisation.LeCun },
                new Repeat(8, [new Dense { Parameters = new(weights, biases) }, new Activation(new Function(FunctionKind.Tanh))]),
            ]
        );

    private static Networks.Layers Branch(Norm norm, Function function) =>
        [norm, new Activation(function), new Dense { Parameters = new(1.5, 0.1) }, norm, new Activation(function), new Dense { Parameters = new(2, 0.2) }];
}
