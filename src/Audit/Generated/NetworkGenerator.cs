using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>Draws networks that a subject offers: small ones of every kind, and some that are wide, deep or have a large batch.</summary>
/// <param name="offer">What the subject offers.</param>
/// <param name="unitRoundoff">u of the subject's numbers.</param>
/// <param name="seed">The seed from which all of them are drawn.</param>
internal sealed class NetworkGenerator(NetworkOffer offer, double unitRoundoff, ulong seed)
{
    /// <summary>One of this many networks is large, and another one has causal attention.</summary>
    private const int LargeOnes = 6;

    /// <summary>The sizes in which large networks are large, in turn. Of 32 networks two are deep, and the first two are as large as any.</summary>
    private static readonly Size[] LargeSizes = [Size.DeepConvolutions, Size.FullBatch, Size.Wide, Size.Deep, Size.ManyImages, Size.Wide];

    private const int MostAttempts = 200;

    /// <summary>Number of attempts after which the special size of a network is given up, since a subject may not offer it.</summary>
    private const int SpecialAttempts = 100;

    /// <summary>Images of a full batch.</summary>
    private const int FullBatch = 64;

    /// <summary>Number of repetitions in a network with more convolutions than networks of the paper have blocks.</summary>
    private const int ManyConvolutions = 33;

    /// <summary>Channels of small networks; many of them can be divided into 2, 3 or 4 groups or heads.</summary>
    private static readonly int[] FewChannels = [1, 2, 3, 4, 4, 5, 6, 8, 12];

    private static readonly int[] Extents = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13];
    private static readonly int[] KernelSizes = [1, 2, 3, 4, 5, 6, 7];
    private static readonly double[] Scales = [1e-3, 0.1, 1, 1, 1, 10, 1e3];

    /// <summary>The layers that are drawn after the first, without residual units.</summary>
    private static readonly string[] Words =
    [
        "conv",
        "conv",
        "dense",
        "batch_norm",
        "layer_norm",
        "rms_norm",
        "group_norm",
        "instance_norm",
        "function",
        "function",
        "function",
        "scale",
        "average_pool",
        "max_pool",
        "global_average_pool",
        "dropout",
        "attention",
        "flatten",
    ];

    /// <summary>The size in which a large network is large.</summary>
    private enum Size
    {
        Small,
        Wide,
        ManyImages,
        FullBatch,
        Deep,
        DeepConvolutions,
        Causal,
    }

    /// <summary>A case that the subject can be asked for.</summary>
    /// <param name="index">Number of the case; another number gives another case.</param>
    /// <param name="given">Whether parameters are given.</param>
    /// <returns>The case; null if the subject offers none that was drawn.</returns>
    public GeneratedCase? Case(int index, bool given)
    {
        var draws = new Draws(Mixing.SeedOf(seed, FormattableString.Invariant($"generated {index} {given}")));
        for (var attempt = 0; attempt < MostAttempts; attempt++)
        {
            if (
                Drawn(draws, SizeOf(index, attempt)) is { } drawn
                && offer.WhyNot(drawn.Network, drawn.Images, drawn.Noise, given) is null
                && drawn.CanBeJudged(unitRoundoff)
            )
            {
                return drawn;
            }
        }

        return null;
    }

    private static Size SizeOf(int index, int attempt)
    {
        var wanted = (index % LargeOnes) switch
        {
            LargeOnes - 1 => LargeSizes[index / LargeOnes % LargeSizes.Length],
            LargeOnes / 2 => Size.Causal,
            _ => Size.Small,
        };
        return attempt < SpecialAttempts
            ? wanted
            : wanted switch
            {
                Size.FullBatch => Size.ManyImages,
                Size.DeepConvolutions => Size.Deep,
                Size.Causal => Size.Small,
                _ => wanted,
            };
    }

    private GeneratedCase? Drawn(Draws draws, Size size)
    {
        try
        {
            var network = new Network("generated", ShapeOf(draws, size), LayersOf(draws, size));
            var drawn = new GeneratedCase(
                network,
                size == Size.FullBatch ? FullBatch
                    : size == Size.ManyImages ? draws.Choose(17, 31, 33, 48, 64)
                    : draws.Choose(1, 2, 2, 3, 5, 8),
                draws.Choose([.. offer.Noises.DefaultIfEmpty()]),
                draws.Choose(Enum.GetValues<GeneratedInput>()),
                draws.Choose(Scales),
                Mixing.ToAsk(draws.Bits()) >> 1
            );
            var products = Operations.MultiplyAdds(network.Layers, network.Input) * drawn.Images;
            return drawn.Numbers <= MostNumbers(size) && products <= MostProducts && !IsConstant(drawn) ? drawn : null;
        }
        catch (InvalidNetworkException)
        {
            return null;
        }
    }

    /// <summary>The most multiply-adds; the definition takes a fraction of a second for them.</summary>
    private const double MostProducts = 4e6;

    private static long MostNumbers(Size size) => size is Size.Small or Size.Causal ? 1 << 13 : 1 << 15;

    private static Shape ShapeOf(Draws draws, Size size) =>
        size switch
        {
            Size.Small => new(draws.Choose(Extents), draws.Choose(Extents), draws.Choose(FewChannels)),
            Size.Wide => new(1 + draws.Below(4), 1 + draws.Below(4), draws.Choose(17, 32, 61, 96, 128)),
            Size.Causal => new(1 + draws.Below(3), 2 + draws.Below(4), draws.Choose(2, 4, 4, 8)),
            Size.ManyImages or Size.FullBatch => new(1 + draws.Below(5), 1 + draws.Below(5), 1 + draws.Below(4)),
            Size.Deep or Size.DeepConvolutions => new(1 + draws.Below(5), 1 + draws.Below(5), 2 + draws.Below(4)),
            _ => throw new ArgumentOutOfRangeException(nameof(size), size, "expected a size that has shapes"),
        };

    /// <summary>Whether a norm over points has only one point: then its output is zero and says nothing.</summary>
    private static bool IsConstant(GeneratedCase drawn)
    {
        var constant = false;
        Walk(drawn.Network.Layers, drawn.Network.Input);
        return constant;

        Shape Walk(Networks.Layers layers, Shape shape)
        {
            foreach (var layer in layers)
            {
                constant |= layer switch
                {
                    Networks.BatchNorm => drawn.Images * shape.Positions < 2,
                    InstanceNorm => shape.Positions < 2,
                    GroupNorm norm => shape.Features / norm.Groups < 2,
                    LayerNorm norm => (norm.Over == NormalisedOver.Channels ? shape.Channels : shape.Features) < 2,
                    _ => false,
                };
                if (layer is Residual residual)
                {
                    Walk(residual.Skip, shape);
                }

                shape = layer switch
                {
                    Residual inner => Walk(inner.Branch, shape),
                    Repeat repeat => Walk(repeat.Unit, shape),
                    _ => layer.OutputOf(shape),
                };
            }

            return shape;
        }
    }

    private Networks.Layers LayersOf(Draws draws, Size size)
    {
        var layers = new List<Layer>();
        if (draws.Chance(80))
        {
            layers.Add(Layer(draws, draws.Chance(70) ? "conv" : "dense", size));
        }

        if (size == Size.Causal)
        {
            layers.Add(new Attention(draws.Choose(1, 2)) { Causal = true, Parameters = ParametersOf(draws) });
        }

        if (size == Size.FullBatch || (size == Size.ManyImages && draws.Chance(60)))
        {
            layers.Add(Layer(draws, "batch_norm", size));
        }

        if (size is Size.Deep or Size.DeepConvolutions)
        {
            layers.Add(new Repeat(size == Size.Deep ? 10 + draws.Below(31) : ManyConvolutions + draws.Below(8), DeepUnit(draws, size)));
        }
        else
        {
            for (var i = 0; i < (size == Size.Causal ? 1 + draws.Below(2) : 1 + draws.Below(4)); i++)
            {
                layers.Add(
                    draws.Chance(25) ? ResidualOf(draws, size)
                    : draws.Chance(10) ? new Repeat(2 + draws.Below(3), Unit(draws, size))
                    : Layer(draws, draws.Choose(Words), size)
                );
            }
        }

        return [.. layers];
    }

    /// <summary>A unit that can be repeated. Its layers usually keep the shape; a unit that does not is drawn again.</summary>
    private Networks.Layers Unit(Draws draws, Size size) =>
        draws.Chance(50) ? [ResidualOf(draws, size)] : [.. Enumerable.Range(0, 1 + draws.Below(3)).Select(_ => Layer(draws, draws.Choose(Words), size))];

    /// <summary>A unit of a deep network, in which signals neither grow nor shrink too fast.</summary>
    private Networks.Layers DeepUnit(Draws draws, Size size)
    {
        Layer linear =
            size == Size.DeepConvolutions || draws.Chance(60)
                ? new Networks.Convolution(KernelOf(draws)) { Boundary = draws.Choose(Enum.GetValues<Boundary>()), Parameters = new(draws.Choose(1, 2)) }
                : new Dense { Parameters = new(draws.Choose(1, 2)) };
        Networks.Layers norm = draws.Chance(60)
            ? [Layer(draws, draws.Choose("batch_norm", "layer_norm", "rms_norm", "group_norm", "instance_norm"), size)]
            : [];
        var function = Layer(draws, "function", size);
        return draws.Chance(50)
            ? [linear, .. norm, function]
            : [new Residual([.. norm, function, linear]) { BranchScale = draws.Chance(50) ? 1 : draws.Choose(ResidualScale.ByDepth, ResidualScale.ByUnit) }];
    }

    private Residual ResidualOf(Draws draws, Size size)
    {
        Networks.Layers branch = [.. Enumerable.Range(0, 1 + draws.Below(3)).Select(_ => Layer(draws, draws.Choose(Words), size))];
        return new Residual(draws.Chance(15) ? [new Repeat(2, branch)] : branch)
        {
            Skip = draws.Chance(25) ? [Layer(draws, draws.Choose("dense", "conv", "scale", "average_pool"), size)] : Networks.Layers.None,
            BranchScale = draws.Chance(70) ? 1 : draws.Choose<ResidualScale>(0.5, Math.Sqrt(0.5)),
            SkipScale = draws.Chance(80) ? 1 : draws.Choose<ResidualScale>(0.7, -1.25),
            Survival = draws.Chance(85) ? 1 : 0.5,
        };
    }

    private Layer Layer(Draws draws, string word, Size size) =>
        word switch
        {
            "conv" => ConvolutionOf(draws, size),
            "dense" => new Dense { Channels = ChannelsOf(draws, size), Parameters = ParametersOf(draws) },
            "batch_norm" => new Networks.BatchNorm { Epsilon = EpsilonOf(draws), Scale = NormScaleOf(draws) },
            "layer_norm" => new LayerNorm
            {
                Epsilon = EpsilonOf(draws),
                Scale = NormScaleOf(draws),
                Over = draws.Choose(Enum.GetValues<NormalisedOver>()),
            },
            "rms_norm" => new RmsNorm
            {
                Epsilon = EpsilonOf(draws),
                Scale = NormScaleOf(draws),
                Over = draws.Choose(Enum.GetValues<NormalisedOver>()),
            },
            "group_norm" => new GroupNorm(draws.Choose(1, 2, 2, 3, 4)) { Epsilon = EpsilonOf(draws), Scale = NormScaleOf(draws) },
            "instance_norm" => new InstanceNorm { Epsilon = EpsilonOf(draws), Scale = NormScaleOf(draws) },
            "function" => new Networks.Activation(FunctionOf(draws)),
            "scale" => new Scaling(draws.Choose(-0.3, 0.1, 2.5)),
            "average_pool" => new AveragePool(draws.Choose(2, 2, 3)),
            "max_pool" => new MaxPool(draws.Choose(2, 2, 3)),
            "global_average_pool" => new GlobalAveragePool(),
            "dropout" => new Dropout(draws.Choose(0.5, 0.8, 0.9)) { Mask = draws.Choose(Enum.GetValues<DropoutMask>()) },
            "attention" => new Attention(draws.Choose(1, 2, 2, 4)) { Causal = draws.Chance(30), Parameters = ParametersOf(draws) },
            "flatten" => new Flatten(),
            _ => throw new ArgumentException($"expected a layer that can be drawn, got {word}", nameof(word)),
        };

    private Networks.Convolution ConvolutionOf(Draws draws, Size size)
    {
        var groups = draws.Chance(60) ? 1 : draws.Choose(Networks.Convolution.EachChannel, 2, 2, 3);
        return new(KernelOf(draws))
        {
            Channels =
                groups == Networks.Convolution.EachChannel ? null
                : groups == 1 ? ChannelsOf(draws, size)
                : groups * (1 + draws.Below(4)),
            Stride = draws.Chance(75) ? 1 : draws.Choose(2, 3),
            Dilation = draws.Chance(80) ? 1 : draws.Choose(2, 3),
            Groups = groups,
            Boundary = draws.Choose(Enum.GetValues<Boundary>()),
            Parameters = ParametersOf(draws),
        };
    }

    private int KernelOf(Draws draws) => draws.Choose([.. (offer.KernelSizes ?? KernelSizes).DefaultIfEmpty(1)]);

    private static int? ChannelsOf(Draws draws, Size size) =>
        size == Size.Wide ? draws.Choose<int?>(null, 16, 64, 96, 128)
        : draws.Chance(40) ? null
        : draws.Choose(FewChannels);

    private Initialisation ParametersOf(Draws draws)
    {
        var laws = Enum.GetValues<WeightLaw>().Where(law => offer.WeightLaws?.Contains(Audit.EnumWords.Spell(law)) ?? true).DefaultIfEmpty().ToArray();
        return new(draws.Choose(2, 2, 1, 1.5), draws.Chance(70) ? 0 : 0.25, draws.Chance(60) ? laws[0] : draws.Choose(laws));
    }

    private double EpsilonOf(Draws draws) => draws.Choose([.. (offer.Epsilons ?? [1e-5, 1e-3, 0.1]).DefaultIfEmpty(1e-5)]);

    private static double NormScaleOf(Draws draws) => draws.Chance(75) ? 1 : draws.Choose(0.5, -1.5);

    private Function FunctionOf(Draws draws)
    {
        var offered = Enum.GetValues<FunctionKind>().Where(kind => offer.Functions?.Contains(new Function(kind).Word) ?? true);
        var kind = draws.Choose([.. offered.DefaultIfEmpty(FunctionKind.Linear)]);
        return new(kind, kind == FunctionKind.LeakyRelu ? draws.Choose(0.01, 0.2) : 0);
    }
}
