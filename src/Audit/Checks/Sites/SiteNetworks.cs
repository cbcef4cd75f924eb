using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// Small networks with every layer and all of its options. Their sizes are drawn from the seed: not square, prime, some larger and some smaller than others.
/// </summary>
internal static class SiteNetworks
{
    private static readonly Boundary[] Boundaries = [Boundary.Symmetric, Boundary.Periodic, Boundary.ZeroPadding];
    private static readonly double[] Slopes = [0.1, -0.5, 0.7, 0.01];

    /// <summary>The networks on which a claim about a family of layers is checked.</summary>
    /// <param name="family">The family.</param>
    /// <param name="seed">The seed from which their sizes are drawn.</param>
    public static IReadOnlyList<SiteCase> Draw(LayerFamily family, ulong seed)
    {
        var draw = new WholeNumbers(seed);
        return family switch
        {
            LayerFamily.Linear => [.. Enumerable.Range(1, 7).Select(kernel => Convolutions(kernel, draw)), OneRow(draw), ManyInputs(draw)],
            LayerFamily.Activation => [Activations(draw, 1.5), Activations(draw, draw.OneOf(Slopes)), ManyInputs(draw), Deep(draw)],
            LayerFamily.BatchNorm => [BatchNorms(draw), BatchNorms(draw), ManyInputs(draw)],
            LayerFamily.InputNorm => [InputNorms(draw), InputNorms(draw), Deep(draw), Transformer(draw, causal: false)],
            LayerFamily.Pooling => [Poolings(draw), Pyramid(draw), OneRow(draw)],
            LayerFamily.Residual => [Residuals(draw), Stages(draw), Deep(draw), Transformer(draw, causal: true)],
            LayerFamily.Dropout => [Dropouts(draw), Dropouts(draw)],
            LayerFamily.Attention => [Transformer(draw, causal: false), Transformer(draw, causal: true), Transformer(draw, causal: false)],
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, "expected a family of layers that has networks"),
        };
    }

    /// <summary>The networks whose moments are compared.</summary>
    public static IReadOnlyList<SiteCase> OfMoments(ulong seed)
    {
        var draw = new WholeNumbers(seed);
        return [Pyramid(draw), ManyInputs(draw), Transformer(draw, causal: false), Residuals(draw)];
    }

    /// <summary>The networks whose weights are solved for; their activations let all channels through.</summary>
    public static IReadOnlyList<SiteCase> OfWeights(ulong seed)
    {
        var draw = new WholeNumbers(seed);
        return
        [
            new(
                new(
                    "dense layers",
                    new Shape(1, 1, draw.Between(4, 7)),
                    [
                        new Dense { Channels = draw.Between(6, 9), Parameters = new(1, 0.3) },
                        new Activation(new Function(FunctionKind.Erf)),
                        new Dense { Channels = 7 },
                        new RmsNorm(),
                        new Dense { Parameters = new(2, 0.1) },
                    ]
                ),
                20
            ),
            new(
                new(
                    "strides and groups",
                    new Shape(draw.Between(4, 6), draw.Between(5, 7), 2),
                    [
                        new Convolution(3)
                        {
                            Channels = 4,
                            Stride = 2,
                            Boundary = draw.OneOf(Boundaries),
                            Parameters = new(2, 0.2),
                        },
                        new Activation(new Function(FunctionKind.LeakyRelu, 0.3)),
                        new Convolution(2)
                        {
                            Groups = 2,
                            Channels = 6,
                            Boundary = Boundary.Periodic,
                        },
                        new Residual([new Convolution(1) { Channels = 3, Parameters = new(1, 0.1) }]) { Skip = [new Convolution(1) { Channels = 3 }] },
                    ]
                ),
                8
            ),
        ];
    }

    /// <summary>Convolutions of one kernel size with strides, dilation, groups and biases, and dense layers.</summary>
    private static SiteCase Convolutions(int kernel, WholeNumbers draw)
    {
        var dilated = kernel <= 3;

        // Each boundary occurs at each kernel size: two wrong mirrors differ only where a kernel reaches beyond the border's neighbour.
        var borders = draw.Shuffle(kernel % 2 == 0 ? [Boundary.Periodic, Boundary.ZeroPadding, draw.OneOf(Boundaries[1..])] : Boundaries);
        var input = new Shape(draw.Between(7, 9), draw.Between(7, 11), draw.Between(1, 3));
        return new(
            new(
                $"convolutions of {kernel}×{kernel}",
                input,
                [
                    new Convolution(kernel)
                    {
                        Channels = 6,
                        Boundary = borders[0],
                        Parameters = new(2, 0.3),
                    },
                    Leaky(draw),
                    new Convolution(kernel)
                    {
                        Dilation = dilated ? 2 : 1,
                        Groups = 2,
                        Channels = 8,
                        Boundary = borders[1],
                    },
                    new Activation(new Function(FunctionKind.Abs)),
                    new Convolution(kernel)
                    {
                        Stride = draw.Between(1, 2) + 1,
                        Groups = Convolution.EachChannel,
                        Boundary = borders[2],
                        Parameters = new(1.5, 0.1),
                    },
                    new Convolution(1) { Channels = draw.Between(3, 5) },
                    new Flatten(),
                    new Dense { Channels = 5, Parameters = new(2, 0.5) },
                    new Dense(),
                ]
            ),
            draw.Between(2, 3)
        );
    }

    /// <summary>Images of one row, whose signals extend along the other axis only.</summary>
    private static SiteCase OneRow(WholeNumbers draw) =>
        new(
            new(
                "one row",
                new Shape(1, 2 * draw.Between(5, 7), 2),
                [
                    new Convolution(draw.Between(2, 5))
                    {
                        Channels = 6,
                        Boundary = draw.OneOf(Boundaries[1..]),
                        Parameters = new(2, 0.2),
                    },
                    new Activation(Function.Relu),
                    new AveragePool(2),
                    new Convolution(3) { Boundary = draw.OneOf(Boundaries), Groups = 3 },
                    new Scaling(-0.7),
                    new GlobalAveragePool(),
                    new Dense(),
                ]
            ),
            draw.Between(2, 5)
        );

    /// <summary>A network with batches whose size is larger than any other number.</summary>
    private static SiteCase ManyInputs(WholeNumbers draw) =>
        new(
            new(
                "many inputs",
                new Shape(1, 1, draw.Between(5, 9)),
                [
                    new Dense { Channels = 11, Parameters = new(1, 0.2) },
                    new BatchNorm(),
                    new Activation(new Function(FunctionKind.Gelu)),
                    new Dense { Channels = 7 },
                    new BatchNorm { Epsilon = 0 },
                    new Activation(new Function(FunctionKind.Tanh)),
                    new Dense(),
                ]
            ),
            draw.Between(37, 67)
        );

    /// <summary>Every activation after a dense layer with biases. A slope above 1 distinguishes a leaky ReLU from the maximum of two numbers.</summary>
    private static SiteCase Activations(WholeNumbers draw, double slope)
    {
        var layers = new List<Layer>();
        foreach (var kind in Enum.GetValues<FunctionKind>())
        {
            layers.Add(new Dense { Channels = draw.Between(6, 11), Parameters = new(3, 0.8) });
            layers.Add(new Activation(kind == FunctionKind.LeakyRelu ? Function.LeakyRelu(slope) : new Function(kind)));
        }

        return new(new("activations", new Shape(1, 1, draw.Between(3, 7)), [.. layers]), draw.Between(5, 9));
    }

    /// <summary>Batch norms of several ε and scales, over images and over single positions, before activations of any kind.</summary>
    private static SiteCase BatchNorms(WholeNumbers draw) =>
        new(
            new(
                "batch norms",
                new Shape(draw.Between(3, 4), draw.Between(2, 5), 2),
                [
                    new Convolution(2) { Channels = draw.Between(4, 6), Parameters = new(2, 0.5) },
                    new BatchNorm { Epsilon = 0.5 },
                    new Activation(new Function(FunctionKind.Silu)),
                    new Convolution(1) { Channels = 5, Parameters = new(1, 0.3) },
                    new BatchNorm { Epsilon = 0.001, Scale = 0.7 },
                    new Activation(new Function(FunctionKind.Erf)),
                    new Convolution(1),
                    new BatchNorm { Epsilon = 0 },
                    new Activation(Function.Relu),
                    new Flatten(),
                    new Dense { Channels = 6 },
                    new BatchNorm { Epsilon = 0.1, Scale = -1.3 },
                ]
            ),
            draw.Between(4, 7)
        );

    /// <summary>Layer, RMS, group and instance norm in all their forms.</summary>
    private static SiteCase InputNorms(WholeNumbers draw)
    {
        Layer Conv() => new Convolution(1) { Channels = 12, Parameters = new(2, 0.7) };
        return new(
            new(
                "norms of inputs",
                new Shape(draw.Between(2, 4), draw.Between(3, 5), 3),
                [
                    Conv(),
                    new LayerNorm(),
                    new Activation(new Function(FunctionKind.Gelu)),
                    Conv(),
                    new RmsNorm { Epsilon = 0.3, Scale = 1.3 },
                    Conv(),
                    new GroupNorm(draw.OneOf([2, 3, 4])) { Epsilon = 0.2 },
                    new Activation(new Function(FunctionKind.Softplus)),
                    Conv(),
                    new InstanceNorm { Epsilon = 0.1 },
                    Conv(),
                    new LayerNorm
                    {
                        Over = NormalisedOver.All,
                        Epsilon = 0.4,
                        Scale = -0.6,
                    },
                    Conv(),
                    new RmsNorm { Over = NormalisedOver.All },
                    Conv(),
                    new GroupNorm(1),
                    new GroupNorm(12) { Epsilon = 0.5 },
                    new Flatten(),
                    new Dense { Channels = 9 },
                    new LayerNorm { Epsilon = 0.2 },
                    new RmsNorm(),
                ]
            ),
            draw.Between(2, 4)
        );
    }

    /// <summary>Average and max pooling, scalings and flattening.</summary>
    private static SiteCase Poolings(WholeNumbers draw) =>
        new(
            new(
                "poolings",
                new Shape(6 * draw.Between(1, 2), 6, draw.Between(2, 3)),
                [
                    new MaxPool(2),
                    new Convolution(1) { Channels = 5 },
                    new AveragePool(3),
                    new Scaling(-1.7),
                    new Activation(new Function(FunctionKind.Sine)),
                    new Flatten(),
                    new Dense { Channels = 4 },
                    new Scaling(0.3),
                ]
            ),
            draw.Between(2, 4)
        );

    /// <summary>Pooling after convolutions, down to one position.</summary>
    private static SiteCase Pyramid(WholeNumbers draw) =>
        new(
            new(
                "pyramid",
                new Shape(8, 4 * draw.Between(2, 3), 2),
                [
                    new Convolution(3) { Channels = 6, Boundary = Boundary.ZeroPadding },
                    new AveragePool(2),
                    new Activation(new Function(FunctionKind.Elu)),
                    new Convolution(3) { Boundary = Boundary.Symmetric },
                    new MaxPool(2),
                    new GlobalAveragePool(),
                    new Dense(),
                ]
            ),
            draw.Between(2, 4)
        );

    /// <summary>Residual units with scales, projections, survivals, and residual units within them.</summary>
    private static SiteCase Residuals(WholeNumbers draw)
    {
        Networks.Layers Branch() => [new RmsNorm(), new Dense(), new Activation(new Function(FunctionKind.Tanh)), new Dense { Parameters = new(1, 0.2) }];
        return new(
            new(
                "residual units",
                new Shape(1, draw.Between(1, 2), draw.Between(5, 8)),
                [
                    new Residual(Branch()) { BranchScale = 0.7, SkipScale = 1.2 },
                    new Repeat(3, [new Residual(Branch()) { BranchScale = ResidualScale.ByDepth }]),
                    new Repeat(3, [new Residual(Branch()) { BranchScale = ResidualScale.ByUnit, SkipScale = -0.9 }, new Activation(Function.Relu)]),
                    new Residual([new Repeat(2, [new Activation(new Function(FunctionKind.LeakyRelu, 0.2)), new Dense()])]),
                    new Residual([new Dense { Channels = 4 }]) { Skip = [new Dense { Channels = 4, Parameters = Initialisation.LeCun }], BranchScale = 0.5 },
                    new Residual([new Dense(), new Residual([new Activation(new Function(FunctionKind.Sine)), new Dense()]) { BranchScale = 0.3 }])
                    {
                        SkipScale = 0.6,
                    },
                    new Repeat(6, [new Residual([new Dense(), new Activation(new Function(FunctionKind.Gelu)), new Dense()]) { Survival = 0.5 }]),
                    new Residual(Branch()) { Skip = [new Dense { Parameters = new(1) }, new Scaling(0.8)] },
                    new Residual(Branch()) { BranchScale = 0 },
                ]
            ),
            draw.Between(3, 6)
        );
    }

    /// <summary>A residual net with stages: strides and channels change in branch and skip connection alike.</summary>
    private static SiteCase Stages(WholeNumbers draw)
    {
        Networks.Layers Branch(int channels, int stride) =>
            [
                new BatchNorm(),
                new Activation(Function.Relu),
                new Convolution(3)
                {
                    Channels = channels,
                    Stride = stride,
                    Boundary = Boundary.ZeroPadding,
                },
                new BatchNorm(),
                new Activation(Function.Relu),
                new Convolution(3) { Boundary = Boundary.ZeroPadding },
            ];
        return new(
            new(
                "stages",
                new Shape(draw.Between(5, 7), draw.Between(6, 8), 3),
                [
                    new Convolution(3) { Channels = 4, Parameters = Initialisation.LeCun },
                    new Repeat(2, [new Residual(Branch(4, 1))]),
                    new Residual(Branch(6, 2))
                    {
                        Skip =
                        [
                            new Convolution(1)
                            {
                                Channels = 6,
                                Stride = 2,
                                Parameters = Initialisation.LeCun,
                            },
                        ],
                    },
                    new Residual(Branch(6, 1)) { SkipScale = Math.Sqrt(0.5), BranchScale = Math.Sqrt(0.5) },
                    new GlobalAveragePool(),
                    new Dense { Channels = 3 },
                ]
            ),
            draw.Between(3, 4)
        );
    }

    /// <summary>A deep stack of normalised residual units, for mistakes that occur only far from the input.</summary>
    private static SiteCase Deep(WholeNumbers draw) =>
        new(
            new(
                "deep",
                new Shape(1, 1, draw.Between(4, 6)),
                [
                    new Dense { Channels = 8 },
                    new Repeat(
                        draw.Between(25, 40),
                        [
                            new Residual([
                                new LayerNorm { Epsilon = 0.01 },
                                new Activation(new Function(FunctionKind.Gelu)),
                                new Dense { Parameters = new(2, 0.1) },
                            ])
                            {
                                BranchScale = 0.5,
                            },
                        ]
                    ),
                    new Repeat(draw.Between(20, 30), [new Dense { Parameters = new(1.5, 0.1) }, new Activation(new Function(FunctionKind.Tanh))]),
                ]
            ),
            draw.Between(2, 4)
        );

    /// <summary>Dropout with both kinds of mask, before and after other layers.</summary>
    private static SiteCase Dropouts(WholeNumbers draw) =>
        new(
            new(
                "dropouts",
                new Shape(draw.Between(2, 3), draw.Between(3, 4), 2),
                [
                    new Convolution(2) { Channels = 9 },
                    new Dropout(0.7),
                    new Activation(new Function(FunctionKind.LeakyRelu, 0.3)),
                    new Dropout(0.4) { Mask = DropoutMask.ByPoint },
                    new Residual([new Dense(), new Dropout(0.8) { Mask = DropoutMask.ByPoint }]),
                    new Flatten(),
                    new Dense { Channels = 16 },
                    new Dropout(0.5),
                ]
            ),
            draw.Between(3, 5)
        );

    /// <summary>A transformer: attention and dense layers in pre-normalised residual units.</summary>
    private static SiteCase Transformer(WholeNumbers draw, bool causal)
    {
        var heads = draw.Between(1, 4);
        return new(
            new(
                causal ? "causal transformer" : "transformer",
                new Shape(draw.Between(1, 2), draw.Between(3, 6), 3),
                [
                    new Dense { Channels = 12, Parameters = new(1, 0.1) },
                    new Repeat(
                        2,
                        [
                            new Residual([
                                new LayerNorm(),
                                new Attention(heads == 3 ? 6 : heads) { Causal = causal, Parameters = new(2, heads % 2 == 0 ? 0.2 : 0) },
                            ]),
                            new Residual([
                                new LayerNorm(),
                                new Dense { Channels = 17 },
                                new Activation(new Function(FunctionKind.Gelu)),
                                new Dense { Channels = 12 },
                            ]),
                        ]
                    ),
                    new LayerNorm(),
                    new Attention(2) { Causal = causal, Parameters = new(3) },
                ]
            ),
            draw.Between(2, 3)
        );
    }

    private static Activation Leaky(WholeNumbers draw) => new(Function.LeakyRelu(draw.OneOf(Slopes)));
}
