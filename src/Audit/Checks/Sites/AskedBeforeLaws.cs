using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>I16: weights are drawn by the law of the network that is asked about, whatever was asked before it under the same seed.</summary>
/// <remarks>
/// The network is asked about twice under one seed: first with normal weights of sixteen times the variance, so that the shapes are the same, then as it is.
/// Its uniform and cut weights have bounds, which normal ones of that size exceed at once.
/// </remarks>
internal static class AskedBeforeLaws
{
    /// <summary>What the variances are multiplied by in the network that is asked about first.</summary>
    private const double Factor = 16;

    /// <summary>
    /// Simulations, each asked one request after the other. Of two instances of a subject, one sees both requests of some simulation, except once in 2¹⁶ runs.
    /// </summary>
    private const uint Simulations = 16;

    /// <summary>Whether a network has a layer whose weights have bounds and can be solved for.</summary>
    public static bool HasSite(Network network) => SitesOf(network).Any();

    /// <summary>I16: no weight is beyond the bounds of its law.</summary>
    public static IEnumerable<Measurement> Bounds(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        var comparison = new ExactComparison();
        SiteCase[] sized = [.. OwnParameterLaws.Sized(context, [.. cases.Where(site => HasSite(site.Network))])];
        foreach (var (study, site) in sized.Index())
        {
            var before = new Network(site.Network.Name, site.Network.Input, Wider(site.Network.Layers));
            if (!context.Offers(before, site.Images, NoiseKind.Mapping, given: false))
            {
                continue;
            }

            for (var simulation = 0u; simulation < Simulations; simulation++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var (own, input) = (
                    new Weights.Own(context.SeedOf(study), simulation),
                    Batch.Gaussian(site.Network, site.Images, context.SeedOf(~study), simulation)
                );
                _ = NetworkTrace.Record(context.Subject, before, NoiseKind.Mapping, own, input);
                var trace = NetworkTrace.Record(context.Subject, site.Network, NoiseKind.Mapping, own, input);
                foreach (var layer in SitesOf(site.Network))
                {
                    if (OwnParameterLaws.Sharp(layer, trace, context.UnitRoundoff) is { } solution)
                    {
                        OwnParameterLaws.AddBounds(solution, comparison, $"{site.Network.Places[layer.After]}, simulation {simulation}, {site.Description}");
                    }
                }
            }
        }

        return comparison.Comparisons == 0 ? [] : [comparison.Conclude("bounds of uniform and cut weights after another network under the same seed")];
    }

    private static IEnumerable<ShownLayer> SitesOf(Network network) =>
        OwnParameterLaws.SitesOf(network).Where(layer => OwnParameterLaws.Parameters(layer).Law is WeightLaw.Uniform or WeightLaw.TruncatedNormal);

    /// <summary>The same layers with wider, normal weights.</summary>
    internal static Networks.Layers Wider(Networks.Layers layers) =>
        [
            .. layers.Select(layer =>
                layer switch
                {
                    Dense dense => dense with { Parameters = Wider(dense.Parameters) },
                    Convolution convolution => convolution with { Parameters = Wider(convolution.Parameters) },
                    Repeat repeat => repeat with { Unit = Wider(repeat.Unit) },
                    Residual residual => residual with { Branch = Wider(residual.Branch), Skip = Wider(residual.Skip) },
                    Attention or Activation or Norm or Scaling or Pooling or GlobalAveragePool or Flatten or Dropout => layer,
                    _ => throw new UnknownLayerException(layer),
                }
            ),
        ];

    private static Initialisation Wider(Initialisation parameters) => new(Factor * parameters.WeightVariance, Factor * parameters.BiasVariance);
}
