using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The networks on which claims about a subject's own draws are checked. Their probabilities and sizes are drawn from the seed.</summary>
internal static class DrawNetworks
{
    /// <summary>I17: a network or two of each family of layers.</summary>
    public static IReadOnlyList<SiteCase> OfAnyLayers(ulong seed) =>
        [.. Enum.GetValues<LayerFamily>().SelectMany(family => SiteNetworks.Draw(family, Mixing.Mix(seed ^ (ulong)family)).Take(2))];

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
                new("two kinds of dropout", new(2, draw.Between(2, 3), draw.Between(20, 40)), [new Dropout(mixed[0]), new Dropout(mixed[1]) { Mask = DropoutMask.ByPoint }]),
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
