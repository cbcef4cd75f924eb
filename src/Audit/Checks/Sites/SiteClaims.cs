using System.Collections.Immutable;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>The claims that bind to sites of any network.</summary>
internal static class SiteClaims
{
    /// <summary>All of them.</summary>
    public static ImmutableArray<SiteClaim> All { get; } =
    [
        OfLayers("O5", LayerFamily.Linear),
        OfLayers("O6", LayerFamily.Activation),
        OfLayers("O7", LayerFamily.BatchNorm),
        OfLayers("O8", LayerFamily.InputNorm),
        OfLayers("O9", LayerFamily.Pooling),
        OfLayers("O10", LayerFamily.Residual),
        OfLayers("O11", LayerFamily.Dropout),
        OfLayers("O12", LayerFamily.Attention),
    ];

    /// <summary>The layers of a family do what their definitions say.</summary>
    private static SiteClaim OfLayers(string id, LayerFamily family) => new(
        id,
        network => new SiteCase(network, 1).Families.Contains(family),
        context => SiteNetworks.Of(family, context.SeedOf(0)),
        (context, cases) => LayerChecks.Measure(context, family, cases));
}
