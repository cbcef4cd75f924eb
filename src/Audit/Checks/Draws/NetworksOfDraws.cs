using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The networks on which claims about a subject's own draws are checked. Their probabilities and sizes are drawn from the seed.</summary>
internal static class NetworksOfDraws
{
    /// <summary>I17: a network or two of each family of layers.</summary>
    public static IReadOnlyList<SiteCase> OfAnyLayers(ulong seed) =>
        [.. Enum.GetValues<LayerFamily>().SelectMany(family => SiteNetworks.Draw(family, Mixing.Mix(seed ^ (ulong)family)).Take(2))];

    /// <summary>I18, I19: layers that are wide, rare, or of rare laws; each is alone when its weights are read.</summary>
    public static IReadOnlyList<SiteCase> OfReadWeights { get; } =
    [
        Alone(new Dense { Channels = 64 }, 512),
        Alone(new Convolution(3) { Channels = 32 }, 64),
        Alone(new Convolution(3) { Groups = Convolution.EachChannel }, 64),
        Alone(new Convolution(4) { Channels = 48 }, 3),
        Alone(new Convolution(6) { Channels = 32 }, 2),
        Alone(
            new Convolution(1)
            {
                Groups = 4,
                Channels = 64,
                Parameters = new(1.5, 0.5),
            },
            32
        ),
        Alone(new Dense { Channels = 64, Parameters = new(1, 0.3) }, 24),
        Alone(
            new Convolution(3)
            {
                Groups = 2,
                Channels = 64,
                Parameters = new(2, 0.4),
            },
            8
        ),
        Alone(new Dense { Channels = 32, Parameters = new(1.5, 0, WeightLaw.Uniform) }, 300),
        Alone(new Convolution(5) { Channels = 32, Parameters = new(2, 0, WeightLaw.Uniform) }, 3),
        Alone(new Dense { Channels = 32, Parameters = new(1, 0, WeightLaw.TruncatedNormal) }, 256),
        Alone(
            new Convolution(3)
            {
                Groups = 2,
                Channels = 32,
                Parameters = new(2, 0, WeightLaw.TruncatedNormal),
            },
            8
        ),
        Alone(new Dense { Channels = 30, Parameters = new(1.5, 0, WeightLaw.Orthogonal) }, 12),
        Alone(new Dense { Channels = 12, Parameters = new(2, 0, WeightLaw.Orthogonal) }, 30),
        Alone(new Convolution(3) { Channels = 24, Parameters = new(2, 0, WeightLaw.Orthogonal) }, 3),
        Alone(
            new Convolution(3)
            {
                Groups = 2,
                Channels = 40,
                Parameters = new(1.5, 0, WeightLaw.Orthogonal),
            },
            4
        ),
    ];

    /// <summary>I19: the layers of I18, a projection beside its branch, and layers that are small enough for thousands of mappings.</summary>
    public static IReadOnlyList<SiteCase> OfCopies { get; } =
    [
        .. OfReadWeights,
        new(new("branch and projection", new(1, 1, 12), [new Residual([new Dense { Channels = 16 }]) { Skip = [new Dense { Channels = 16 }] }]), 12),
        Small(new Dense { Channels = 8 }, new(1, 1, 6)),
        Small(new Dense { Channels = 8, Parameters = new(1, 0.3, WeightLaw.Uniform) }, new(1, 1, 6)),
        Small(new Dense { Channels = 8, Parameters = new(1, 0, WeightLaw.Orthogonal) }, new(1, 1, 6)),
        Small(
            new Convolution(3)
            {
                Groups = 2,
                Channels = 4,
                Parameters = new(1, 0, WeightLaw.TruncatedNormal),
            },
            new(3, 3, 4)
        ),
        Small(new Attention(2), new(1, 3, 4)),
    ];

    /// <summary>T7: heads that differ, a causal mask with biases, and the narrowest attention, which shows the law of single weights.</summary>
    public static IReadOnlyList<SiteCase> OfAttention { get; } =
    [
        new(new("eight heads", new(1, 5, 16), [new Attention(8) { Parameters = new(1.5) }]), 2),
        new(new("causal attention", new(1, 4, 8), [new Attention(2) { Causal = true, Parameters = new(1, 0.3) }]), 2),
        new(new("one channel", new(1, 2, 1), [new Attention(1) { Parameters = new(1) }]), 2),
        new(new("one channel, uniform", new(1, 2, 1), [new Attention(1) { Parameters = new(1, 0, WeightLaw.Uniform) }]), 2),
    ];

    private static SiteCase Small(Layer layer, Shape input) => new(new($"small {layer.Word}", input, [layer]), 2);

    private static SiteCase Alone(Layer layer, int channels) => new(ReadWeights.Alone(layer.Word, layer, channels), 2);

    /// <summary>DR2, DR3: dropouts one after the other, branches that survive by chance, and both together.</summary>
    public static IReadOnlyList<SiteCase> OfMasks(ulong seed)
    {
        var draw = new WholeNumbers(seed);
        var (often, mixed) = (draw.OneOf([0.9, 0.8, 0.7, 0.6]), draw.Shuffle([0.95, 0.85, 0.75, 0.5, 0.4]));
        var survivals = draw.Shuffle([0.9, 0.8, 0.7, 0.5, 0.3]);
        return
        [
            new(
                new(
                    "dropouts in a row",
                    new(1, 4, 32),
                    [
                        new Dropout(often),
                        new Dropout(often),
                        new Dropout(often) { Mask = DropoutMask.ByPoint },
                        new Dropout(often) { Mask = DropoutMask.ByPoint },
                    ]
                ),
                2
            ),
            new(
                new(
                    "two kinds of dropout",
                    new(2, draw.Between(2, 3), draw.Between(20, 40)),
                    [new Dropout(mixed[0]), new Dropout(mixed[1]) { Mask = DropoutMask.ByPoint }]
                ),
                draw.Between(2, 4)
            ),
            new(
                new(
                    "branches that survive by chance",
                    new(1, 1, 8),
                    [
                        new Repeat(16, [new Residual([new Activation(Function.Relu)]) { Survival = survivals[0] }]),
                        new Repeat(16, [new Residual([new Activation(Function.Relu)]) { Survival = survivals[1], SkipScale = 0.5 }]),
                    ]
                ),
                2
            ),
            new(
                new(
                    "dropout in branches that survive by chance",
                    new(1, 1, 16),
                    [new Repeat(12, [new Residual([new Activation(Function.Relu), new Dropout(mixed[2])]) { Survival = survivals[2], SkipScale = 0.7 }])]
                ),
                3
            ),
        ];
    }
}
