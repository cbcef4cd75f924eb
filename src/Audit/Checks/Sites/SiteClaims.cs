using System.Collections.Immutable;
using Wellbehaved.Networks;
using Wellbehaved.Theory;

namespace Wellbehaved.Audit;

/// <summary>The claims that bind to sites of any network.</summary>
internal static class SiteClaims
{
    /// <summary>All claims on sites.</summary>
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
        new("O13", _ => true, context => RareNetworks.OfAnywhere(context.SeedOf(0)), AnywhereChecks.Measure),
        new("D9", _ => true, context => SiteNetworks.OfMoments(context.SeedOf(0)), MomentLaws.Moments),
        new("D10", _ => true, context => RareNetworks.OfMoments(context.SeedOf(0)), AnyMomentLaws.Moments),
        new(
            "I12",
            network => OwnParameterLaws.HasSite(network) || SeparateImages.HasSite(network),
            context => [.. SiteNetworks.OfWeights(context.SeedOf(0)), .. LawNetworks.OfSeparateImages],
            OwnParameterLaws.OneSet
        ),
        new("I13", OwnParameterLaws.HasSite, _ => LawNetworks.OfEveryLaw, OwnParameterLaws.Law),
        new("I14", OwnParameterLaws.HasComparableSite, _ => LawNetworks.OfEqualLayers, OwnParameterLaws.Fresh),
        new("I15", BiasLaws.HasSite, _ => LawNetworks.OfBiases, BiasLaws.Independence),
        new("I16", AskedBeforeLaws.HasSite, _ => LawNetworks.OfBounds, AskedBeforeLaws.Bounds),
        new("I17", _ => true, context => NetworksOfDraws.OfAnyLayers(context.SeedOf(0)), AlongsideLaws.Same),
        new("I18", ReadWeightLaws.HasSite, _ => NetworksOfDraws.OfReadWeights, ReadWeightLaws.Law),
        new("I19", CopyLaws.HasSite, _ => NetworksOfDraws.OfCopies, CopyLaws.Copies),
        new("I20", OwnParameterLaws.HasSite, context => RareNetworks.OfGeometry(context.SeedOf(0)), OwnParameterLaws.Geometry),
        new("N1", ActivationLaws.HasSite, _ => LawNetworks.Activations, ActivationLaws.Powers),
        new("N2", PairLaws.HasNoiseSite, _ => LawNetworks.ActivationsOfPairs, PairLaws.Noise),
        new("N3", ActivationLaws.HasSite, _ => LawNetworks.Activations, ActivationLaws.Correlations),
        new("B2", BatchNormLaws.HasSite, _ => LawNetworks.BatchNorms, BatchNormLaws.Signal),
        new("B5", BatchNormLaws.HasNoiseSite, _ => LawNetworks.BatchNorms, BatchNormLaws.Noise),
        new("LN1", InputNormLaws.HasSite, _ => LawNetworks.InputNorms, InputNormLaws.InverseVariance),
        new("LN3", InputNormLaws.HasSite, _ => LawNetworks.InputNorms, InputNormLaws.Noise),
        new("LN4", PairLaws.HasNormSite, _ => LawNetworks.NormsOfPairs, PairLaws.Norms),
        new("V6", InputNormLaws.HasActivation, _ => LawNetworks.InputNorms, InputNormLaws.Constancy),
        new("V1", LeakyLaws.HasSite, _ => LawNetworks.Leaky, LeakyLaws.Conservation),
        new(
            "V2",
            network => LeakyLaws.HasWalk(network, WeightLaw.Normal),
            _ => LawNetworks.NormalWalk,
            (context, cases) => LeakyLaws.Walk(context, cases, WeightLaw.Normal)
        ),
        new(
            "V3",
            network => LeakyLaws.HasWalk(network, WeightLaw.Orthogonal),
            _ => LawNetworks.OrthogonalWalk,
            (context, cases) => LeakyLaws.Walk(context, cases, WeightLaw.Orthogonal)
        ),
        new("Z1", DilutionLaws.HasSite, _ => LawNetworks.NormalisedBranches, DilutionLaws.Growth),
        new("Z2", SampledLaws.HasNormalisedBranches, _ => LawNetworks.TimeChange, SampledLaws.Law) { Rates = RateLaws.TimeChange },
        new("DR1", DropoutLaws.HasSite, _ => LawNetworks.Dropouts, DropoutLaws.Powers),
        new("DR2", MaskShareLaws.HasSite, context => NetworksOfDraws.OfMasks(context.SeedOf(0)), MaskShareLaws.Shares),
        new("DR3", MaskShareLaws.HasSite, context => NetworksOfDraws.OfMasks(context.SeedOf(0)), MaskIndependenceLaws.Independence),
        new("T1", AttentionPowers.HasSite, _ => LawNetworks.Attentions, AttentionPowers.Powers),
        new("T7", AttentionDraws.HasSite, _ => NetworksOfDraws.OfAttention, AttentionDraws.Law),
        new("R3", SampledLaws.HasSite, _ => LawNetworks.AnyComposition, SampledLaws.Law),
        new("F1", network => SampledLaws.HasPhase(network, Phase.Ordered), _ => LawNetworks.Ordered, SampledLaws.Law) { Rates = RateLaws.Ordered },
        new("F2", network => SampledLaws.HasPhase(network, Phase.Chaotic), _ => LawNetworks.Chaotic, SampledLaws.Law) { Rates = RateLaws.Chaotic },
        new("F3", network => SampledLaws.HasPhase(network, Phase.Edge), _ => LawNetworks.Edge, SampledLaws.Law) { Rates = RateLaws.Edge },
        new("F7", SampledLaws.HasNormalisedStack, _ => LawNetworks.NormalisedStack, SampledLaws.Law) { Rates = RateLaws.NormalisedStack },
    ];

    /// <summary>The claim on sites with an id; null if there is none.</summary>
    public static SiteClaim? Find(string id) => All.FirstOrDefault(claim => claim.Id == id);

    /// <summary>The claim that the layers of a family do what their definitions say.</summary>
    private static SiteClaim OfLayers(string id, LayerFamily family) =>
        new(
            id,
            network => new SiteCase(network, 1).Families.Contains(family),
            context => SiteNetworks.Draw(family, context.SeedOf(0)),
            (context, cases) => LayerChecks.Measure(context, family, cases)
        );
}
