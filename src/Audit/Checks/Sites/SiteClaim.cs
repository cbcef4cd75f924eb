using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A claim that binds to sites of a network, whatever else the network has: layers of a kind, or a kind of layer after another.</summary>
/// <param name="Id">Id of the claim in the ledger.</param>
/// <param name="HasSite">Whether a network has a site of the claim.</param>
/// <param name="Standing">The networks that the claim is always checked on.</param>
/// <param name="Measure">Confronts a subject with what the claim says of some networks.</param>
internal sealed record SiteClaim(
    string Id,
    Func<Network, bool> HasSite,
    Func<CheckContext, IReadOnlyList<SiteCase>> Standing,
    Func<CheckContext, IReadOnlyList<SiteCase>, IEnumerable<Measurement>> Measure
)
{
    /// <summary>
    /// What theory's numbers say of networks of one size, beside the standing ones; a share of the suite's false alarms of its own. Null for nothing.
    /// </summary>
    public Func<CheckContext, IEnumerable<Measurement>>? Rates { get; init; }

    /// <summary>The check on networks of the claim's own.</summary>
    public Check OnStandingNetworks() => new(Id, Suite.Composed, context => Measure(context, Standing(context)).Concat(Rates?.Invoke(context) ?? []));

    /// <summary>The check on one network.</summary>
    /// <param name="site">The network and its batches.</param>
    public Check On(SiteCase site) => new(Id, site.Network.Name, context => Measure(context, [site]));
}
