using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>
/// The networks of the conformance vectors of layers: each layer after random weights, with each of its options, and a few that compose them.
/// </summary>
internal static class LayerVectorNetworks
{
    private static readonly Shape Square = new(4, 4, 2);
    private static readonly Initialisation Biased = new(1.5, 0.25);

    /// <summary>All networks; their names are also the names of the files.</summary>
    public static IEnumerable<Network> All => [.. Linear, .. Norms, .. Functions, .. Positions, .. Random, .. Residuals, .. Composed];

    private static IEnumerable<Network> Linear =>
        [
            new("dense", Square, [new Dense { Channels = 3, Parameters = Biased }]),
            new("conv_periodic", Square, [new Convolution(3) { Channels = 3, Parameters = Biased }]),
            new("conv_symmetric", Square, [new Convolution(3) { Channels = 3, Boundary = Boundary.Symmetric }]),
            new("conv_zero_padding", Square, [new Convolution(3) { Channels = 3, Boundary = Boundary.ZeroPadding }]),
            new("conv_even", Square, [new Convolution(2) { Boundary = Boundary.ZeroPadding }, new Convolution(4)]),
            new("conv_stride", new(5, 4, 2), [new Convolution(3) { Stride = 2, Boundary = Boundary.Symmetric }, new Convolution(2) { Stride = 3 }]),
            new(
                "conv_dilation",
                new(5, 6, 1),
                [
                    new Convolution(3)
                    {
                        Channels = 2,
                        Dilation = 2,
                        Boundary = Boundary.Symmetric,
                    },
                    new Convolution(2) { Dilation = 3, Boundary = Boundary.ZeroPadding },
                ]
            ),
            new(
                "conv_groups",
                new(3, 4, 4),
                [
                    new Convolution(2)
                    {
                        Channels = 6,
                        Groups = 2,
                        Parameters = Biased,
                    },
                ]
            ),
            new(
                "conv_depthwise",
                new(3, 4, 3),
                [
                    new Convolution(3)
                    {
                        Channels = 6,
                        Groups = Convolution.EachChannel,
                        Boundary = Boundary.ZeroPadding,
                    },
                ]
            ),
            // One row of positions: the patch is larger than the image and covers the row several times.
            new("conv_row_periodic", new(1, 6, 2), [new Convolution(3) { Dilation = 2 }]),
            new("conv_row_symmetric", new(1, 6, 2), [new Convolution(5) { Boundary = Boundary.Symmetric }]),
            new("conv_row_zero_padding", new(1, 6, 2), [new Convolution(5) { Boundary = Boundary.ZeroPadding, Stride = 2 }]),
            new("scale", Square, [WeightsToFour, new Scaling(-0.3)]),
        ];

    private static IEnumerable<Network> Norms =>
        [
            new("batch_norm", Square, [WeightsToFour, new BatchNorm { Scale = 0.75 }]),
            new("layer_norm", Square, [WeightsToFour, new LayerNorm { Epsilon = 0.1, Scale = 0.75 }]),
            new("layer_norm_all", Square, [WeightsToFour, new LayerNorm { Over = NormalisedOver.All }]),
            new("rms_norm", Square, [WeightsToFour, new RmsNorm { Epsilon = 0.1, Scale = 0.75 }]),
            new("rms_norm_all", Square, [WeightsToFour, new RmsNorm { Over = NormalisedOver.All }]),
            new("group_norm", Square, [WeightsToFour, new GroupNorm(2) { Scale = -0.5 }]),
            new("instance_norm", Square, [WeightsToFour, new InstanceNorm { Epsilon = 0.1 }]),
        ];

    private static IEnumerable<Network> Functions =>
        from kind in Enum.GetValues<FunctionKind>()
        let function = new Function(kind, kind == FunctionKind.LeakyRelu ? 0.2 : 0)
        select new Network(function.Word, new(2, 3, 2), [WeightsToFour, new Activation(function)]);

    private static IEnumerable<Network> Positions =>
        [
            new("average_pool", Square, [WeightsToFour, new AveragePool(2)]),
            new("max_pool", Square, [WeightsToFour, new MaxPool(2)]),
            new("max_pool_row", new(1, 6, 2), [WeightsToFour, new MaxPool(3)]),
            new("global_average_pool", new(3, 4, 2), [WeightsToFour, new GlobalAveragePool()]),
            new("flatten", new(2, 3, 2), [new Flatten(), new Dense { Channels = 4 }]),
            new("attention", new(2, 3, 2), [WeightsToFour, new Attention(2) { Parameters = new(1.5, 0.25) }]),
            new("attention_causal", new(1, 5, 2), [WeightsToFour, new Attention(2) { Causal = true }]),
        ];

    private static IEnumerable<Network> Random =>
        [
            new("dropout_shared", new(2, 3, 2), [new Dense { Channels = 6 }, new Dropout(0.5)]),
            new("dropout_by_point", new(2, 3, 2), [WeightsToFour, new Dropout(0.8) { Mask = DropoutMask.ByPoint }]),
            new("survival", new(2, 3, 2), [new Residual([Weights]) { Survival = 0.5 }, new Residual([Weights]) { Survival = 0.5 }]),
        ];

    private static IEnumerable<Network> Residuals =>
        [
            new("residual", new(2, 3, 2), [new Residual([new Activation(Function.Relu), Weights]) { BranchScale = 0.5, SkipScale = Math.Sqrt(0.5) }]),
            new(
                "residual_projection",
                new(4, 4, 2),
                [new Residual([new Convolution(3) { Channels = 3, Stride = 2 }]) { Skip = [new AveragePool(2), new Dense { Channels = 3 }] }]
            ),
            new("residual_by_depth", new(2, 3, 2), [new Repeat(3, [new Residual([Weights]) { BranchScale = ResidualScale.ByDepth }])]),
            new("residual_by_unit", new(2, 3, 2), [new Repeat(3, [new Residual([Weights]) { SkipScale = ResidualScale.ByUnit }])]),
            new("residual_of_repeat", new(2, 3, 2), [Weights, new Repeat(2, [new Residual([new Repeat(2, [new Activation(Function.Relu), Weights])])])]),
            new("repeat_nested", new(2, 3, 2), [new Repeat(2, [new Repeat(2, [Weights, new Activation(new Function(FunctionKind.Tanh))]), new Scaling(0.5)])]),
        ];

    private static IEnumerable<Network> Composed =>
        [
            new(
                "stages",
                Square,
                [
                    new Convolution(3) { Channels = 3, Parameters = Initialisation.LeCun },
                    new Repeat(
                        2,
                        [
                            new Residual([
                                new LayerNorm(),
                                new Activation(new Function(FunctionKind.Gelu)),
                                new Convolution(3) { Boundary = Boundary.ZeroPadding },
                            ]),
                        ]
                    ),
                    new AveragePool(2),
                    new BatchNorm(),
                    new Activation(Function.Relu),
                    new GlobalAveragePool(),
                    new Dense { Channels = 3, Parameters = Biased },
                ]
            ),
            new(
                "transformer",
                new(1, 4, 4),
                [
                    new Repeat(
                        2,
                        [
                            new Residual([new LayerNorm(), new Attention(2) { Causal = true }]),
                            new Residual([
                                new LayerNorm(),
                                new Dense { Channels = 8 },
                                new Activation(new Function(FunctionKind.GeluTanh)),
                                new Dense { Channels = 4 },
                            ]),
                        ]
                    ),
                    new RmsNorm(),
                ]
            ),
        ];

    /// <summary>Random weights before a layer, so that its noise is correlated with its signal over channels.</summary>
    private static Dense WeightsToFour => new() { Channels = 4 };

    private static Dense Weights => new() { Parameters = Initialisation.LeCun };
}
