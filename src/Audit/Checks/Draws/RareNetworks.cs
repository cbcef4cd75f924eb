using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The networks of O13, I20 and D10: layers within layers, and sizes, inputs and borders that are rare. Their sizes are drawn from the seed.</summary>
internal static class RareNetworks
{
    private static readonly Boundary[] Boundaries = [Boundary.Symmetric, Boundary.Periodic, Boundary.ZeroPadding];

    /// <summary>O13: all of them.</summary>
    public static IReadOnlyList<SiteCase> OfAnywhere(ulong seed)
    {
        var draw = new WholeNumbers(seed);
        return
        [
            Nested(draw),
            InSkips(draw),
            OfImages(draw),
            Wide(draw),
            WideConvolutions(draw),
            .. Boundaries.Select(boundary => Large(draw, boundary)),
            .. Boundaries.Zip(draw.Shuffle([12, 13, 14]), (boundary, rows) => Strided(draw, boundary, rows)),
            .. Boundaries.SelectMany(boundary => new[] { Spanned(draw, boundary, isRow: true), Spanned(draw, boundary, isRow: false) }),
            OneImage(draw),
            Sharp(draw, 25),
            Sharp(draw, 300),
            Saturated(draw, 64),
            Saturated(draw, 2500),
            Bends(draw),
            new(new("pooling of what was given", new(6, 4, 3), [new MaxPool(2), new AveragePool(1), new Scaling(-2)]), draw.Between(2, 3)),
        ];
    }

    /// <summary>I20: each kernel size with a stride, a dilation, groups and each border, with few inputs, so that the weights can be solved for.</summary>
    public static IReadOnlyList<SiteCase> OfGeometry(ulong seed)
    {
        var draw = new WholeNumbers(seed);
        return
        [
            .. Enumerable
                .Range(1, 7)
                .SelectMany(kernel =>
                {
                    var borders = draw.Shuffle(kernel % 2 == 0 ? [Boundary.Periodic, Boundary.ZeroPadding, draw.OneOf(Boundaries[1..])] : Boundaries);
                    return Enumerable
                        .Range(0, 3)
                        .Select(i =>
                            Alone(
                                new Convolution(kernel)
                                {
                                    Channels = 4,
                                    Groups = i == 0 ? 2 : 1,
                                    Stride = i == 1 ? 2 : 1,
                                    Dilation = i == 2 && kernel <= 4 ? 2 : 1,
                                    Boundary = borders[i],
                                },
                                draw
                            )
                        );
                }),
            .. Boundaries.Select(boundary =>
                Alone(
                    new Convolution(Kernel(draw, 2, 4, boundary))
                    {
                        Channels = 4,
                        Stride = draw.Between(2, 3),
                        Dilation = 2,
                        Boundary = boundary,
                    },
                    draw
                )
            ),
        ];
    }

    /// <summary>D10: moments after layers of every kind, and of nothing.</summary>
    public static IReadOnlyList<SiteCase> OfMoments(ulong seed)
    {
        var draw = new WholeNumbers(seed);

        // A batch norm without ε has no output for zeros.
        return
        [
            InSkips(draw),
            OfImages(draw),
            Nested(draw),
            .. SiteNetworks
                .OfMoments(Mixing.Mix(seed))
                .Where(site => LayerFamilies.All(site.Network.Layers).All(layer => layer is not BatchNorm { Epsilon: 0 })),
        ];
    }

    private static SiteCase Alone(Convolution layer, WholeNumbers draw)
    {
        var least = Math.Max(3, ((layer.Kernel - 1) * layer.Dilation) + 1);
        return new(
            new(
                FormattableString.Invariant(
                    $"kernel {layer.Kernel}, stride {layer.Stride}, dilation {layer.Dilation}, {layer.Groups} groups, {EnumWords.Spell(layer.Boundary)}"
                ),
                new(draw.Between(least, least + 3), draw.Between(least, least + 4), layer.Groups > 1 ? 4 : 2),
                [layer]
            ),
            2
        );
    }

    private static Activation Function(FunctionKind kind, double slope = 0) => new(new Function(kind, slope));

    /// <summary>Norms with held statistics and survivals within branches of branches.</summary>
    private static SiteCase Nested(WholeNumbers draw) =>
        new(
            new(
                "branches of branches",
                new(1, draw.Between(1, 2), 6),
                [
                    new Residual([
                        new Dense { Parameters = new(1.5, 0.2) },
                        new BatchNorm { Epsilon = 0.1 },
                        new Residual([
                            new BatchNorm { Epsilon = 0.2, Scale = -0.8 },
                            Function(FunctionKind.Tanh),
                            new Residual([new RmsNorm(), new Dense(), new BatchNorm { Epsilon = 0.3 }]) { Survival = 0.5, SkipScale = -0.7 },
                        ])
                        {
                            BranchScale = 0.6,
                        },
                        Function(FunctionKind.Silu),
                    ])
                    {
                        Survival = 0.5,
                        SkipScale = -1.1,
                    },
                    new Repeat(
                        2,
                        [new Residual([new Repeat(2, [new Dense(), new BatchNorm { Epsilon = 0.1 }]), Function(FunctionKind.Gelu)]) { SkipScale = 0.9 }]
                    ),
                ]
            ),
            draw.Between(5, 8)
        );

    /// <summary>Residual units, norms and scalings in skip connections.</summary>
    private static SiteCase InSkips(WholeNumbers draw) =>
        new(
            new(
                "layers in skip connections",
                new(1, 1, draw.Between(5, 8)),
                [
                    new Residual([new Dense { Channels = 7 }, Function(FunctionKind.Erf)])
                    {
                        Skip = [new Residual([Function(FunctionKind.Tanh)]) { BranchScale = 0.5 }, new Dense { Channels = 7, Parameters = new(1, 0.4) }],
                        BranchScale = 0.7,
                        SkipScale = 0.9,
                    },
                    new Residual([new Dense()])
                    {
                        Skip = [new LayerNorm { Epsilon = 0.2 }, new Residual([new Dense { Parameters = new(1, 0.2) }]) { SkipScale = 0.8 }, new Scaling(-0.6)],
                    },
                    new Residual([Function(FunctionKind.Elu)]) { Skip = [new BatchNorm { Epsilon = 0.1 }, new Dropout(0.7)], Survival = 0.6 },
                ]
            ),
            draw.Between(4, 7)
        );

    /// <summary>Attention, poolings and norms in branches over images.</summary>
    private static SiteCase OfImages(WholeNumbers draw) =>
        new(
            new(
                "branches over images",
                new(4, 2 * draw.Between(2, 3), 4),
                [
                    new Residual([new GroupNorm(2) { Epsilon = 0.1 }, new Attention(2) { Causal = true }]) { BranchScale = 0.8 },
                    new Residual([new AveragePool(2), new Convolution(2) { Channels = 6 }])
                    {
                        Skip = [new MaxPool(2), new Convolution(1) { Channels = 6, Parameters = Initialisation.LeCun }],
                    },
                    new Residual([new InstanceNorm { Epsilon = 0.2 }, new Dropout(0.6) { Mask = DropoutMask.ByPoint }, new Convolution(2) { Groups = 3 }]),
                    new GlobalAveragePool(),
                    new Residual([new Dense(), Function(FunctionKind.Abs)]) { SkipScale = -0.5 },
                ]
            ),
            draw.Between(2, 4)
        );

    /// <summary>A batch of one image, with branches of which some survive and some do not.</summary>
    private static SiteCase OneImage(WholeNumbers draw) =>
        new(
            new(
                "one image",
                new(2, draw.Between(2, 3), 4),
                [
                    new Repeat(4, [new Residual([new GroupNorm(2) { Epsilon = 0.1 }, new Convolution(2), Function(FunctionKind.Tanh)]) { Survival = 0.5 }]),
                    new Dropout(0.7) { Mask = DropoutMask.ByPoint },
                    new GlobalAveragePool(),
                    new Dense { Parameters = new(1, 0.3) },
                ]
            ),
            1
        );

    /// <summary>
    /// Attention to large numbers: scores of thousands overflow where nothing is subtracted from them, and a mask that only lowers them is none.
    /// </summary>
    private static SiteCase Sharp(WholeNumbers draw, double scale) =>
        new(
            new(
                FormattableString.Invariant($"attention to numbers of {scale}"),
                new(1, draw.Between(3, 6), 4),
                [
                    new Scaling(scale),
                    new Attention(2) { Parameters = new(1) },
                    new LayerNorm { Epsilon = 0.1 },
                    new Scaling(scale),
                    new Attention(1) { Causal = true, Parameters = new(1) },
                ]
            ),
            draw.Between(2, 3)
        );

    /// <summary>Dense layers of more than 128 inputs, and of numbers of outputs that no power of two divides.</summary>
    private static SiteCase Wide(WholeNumbers draw) =>
        new(
            new(
                "wide dense layers",
                new(1, 1, draw.Between(130, 200)),
                [
                    new Dense { Channels = (2 * draw.Between(35, 60)) + 1 },
                    Function(FunctionKind.Softplus),
                    new Dense { Channels = draw.Between(257, 300) },
                    new LayerNorm { Epsilon = 0.1 },
                    new Dense { Channels = 9 },
                ]
            ),
            draw.Between(65, 70)
        );

    private static SiteCase WideConvolutions(WholeNumbers draw) =>
        new(
            new(
                "wide convolutions",
                new(3, draw.Between(3, 4), draw.Between(129, 140)),
                [
                    new Convolution(1) { Channels = 2 * draw.Between(33, 39) },
                    new Convolution(3) { Channels = 2 * draw.Between(33, 39), Boundary = draw.OneOf(Boundaries) },
                    new Convolution(3) { Groups = Convolution.EachChannel, Boundary = draw.OneOf(Boundaries) },
                ]
            ),
            2
        );

    private static SiteCase Large(WholeNumbers draw, Boundary boundary) =>
        new(
            new(
                $"large images, {EnumWords.Spell(boundary)}",
                new(draw.Between(17, 23), draw.Between(33, 37), 1),
                [
                    new Convolution(Kernel(draw, 2, 3, boundary)) { Channels = 2, Boundary = boundary },
                    new Convolution(Kernel(draw, 4, 5, boundary)) { Boundary = boundary },
                    new Convolution(Kernel(draw, 6, 7, boundary)) { Boundary = boundary },
                ]
            ),
            2
        );

    /// <summary>Strides of 3 and 4 over extents of every remainder.</summary>
    private static SiteCase Strided(WholeNumbers draw, Boundary boundary, int rows) =>
        new(
            new(
                $"long strides, {EnumWords.Spell(boundary)}",
                new(rows, draw.Between(12, 15), 2),
                [
                    new Residual([
                        new Convolution(Kernel(draw, 2, 5, boundary))
                        {
                            Stride = 3,
                            Channels = 3,
                            Boundary = boundary,
                        },
                    ])
                    {
                        Skip =
                        [
                            new Convolution(1)
                            {
                                Stride = 3,
                                Channels = 3,
                                Boundary = boundary,
                            },
                        ],
                    },
                    new Convolution(Kernel(draw, 2, 3, boundary)) { Stride = 4, Boundary = boundary },
                ]
            ),
            2
        );

    /// <summary>Images that a kernel spans: along an axis of one position it reaches beyond both borders several times.</summary>
    private static SiteCase Spanned(WholeNumbers draw, Boundary boundary, bool isRow)
    {
        var extent = draw.Between(7, 8);
        return new(
            new(
                $"images of one {(isRow ? "row" : "column")} that kernels span, {EnumWords.Spell(boundary)}",
                isRow ? new(1, extent, 2) : new(extent, 1, 2),
                [
                    new Convolution(7) { Channels = 3, Boundary = boundary },
                    new Convolution(Kernel(draw, 4, 5, boundary)) { Boundary = boundary },
                    new Convolution(3) { Dilation = 3, Boundary = boundary },
                ]
            ),
            2
        );
    }

    /// <summary>One of the kernel sizes that a boundary allows: with a mirror only odd ones.</summary>
    private static int Kernel(WholeNumbers draw, int least, int most, Boundary boundary) =>
        draw.OneOf([.. Enumerable.Range(least, most - least + 1).Where(kernel => boundary != Boundary.Symmetric || kernel % 2 == 1)]);

    /// <summary>
    /// Every function on numbers that deviate by the root of a variance. At a variance of 2,500 some lie where exp overflows single precision (88.7) and is
    /// still finite in double precision. Layer norms keep the sizes, since most subjects offer them.
    /// </summary>
    private static SiteCase Saturated(WholeNumbers draw, double variance)
    {
        var layers = new List<Layer>();
        foreach (var kind in Enum.GetValues<FunctionKind>())
        {
            layers.Add(new LayerNorm());
            layers.Add(new Dense { Channels = draw.Between(14, 20), Parameters = new(variance) });
            layers.Add(Function(kind, kind == FunctionKind.LeakyRelu ? 0.3 : 0));
        }

        return new(new(FormattableString.Invariant($"functions of numbers of variance {variance}"), new(1, 1, 6), [.. layers]), draw.Between(5, 9));
    }

    /// <summary>Functions whose slope jumps at 0, one after the other on what was given: zeros stay zeros.</summary>
    private static SiteCase Bends(WholeNumbers draw) =>
        new(
            new(
                "functions of what was given",
                new(1, 2, draw.Between(6, 9)),
                [
                    Function(FunctionKind.LeakyRelu, 0.3),
                    Function(FunctionKind.Elu),
                    Function(FunctionKind.LeakyRelu, -0.5),
                    Function(FunctionKind.HardSwish),
                    Function(FunctionKind.LeakyRelu, 1.5),
                    Function(FunctionKind.Silu),
                ]
            ),
            draw.Between(3, 5)
        );
}
