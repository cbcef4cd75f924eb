using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>A claim on sites of a network, whatever else the network has. A site is a layer of one kind, or one kind of layer after another.</summary>
/// <param name="Id">Id of the claim in the ledger.</param>
/// <param name="HasSite">Whether a network has a site of the claim.</param>
/// <param name="Standing">The networks on which the claim is always checked.</param>
/// <param name="Measure">Compares a subject with what the claim says of some networks.</param>
internal sealed record SiteClaim(
    string Id,
    Func<Network, bool> HasSite,
    Func<CheckContext, IReadOnlyList<SiteCase>> Standing,
    Func<CheckContext, IReadOnlyList<SiteCase>, IEnumerable<Measurement>> Measure
)
{
    /// <summary>
    /// Checks of theory's numbers on networks of one size, besides the standing networks; they have a share of the suite's false alarms of their own. Null if
    /// there are none.
    /// </summary>
    public Func<CheckContext, IEnumerable<Measurement>>? Rates { get; init; }

    /// <summary>The check on the claim's standing networks.</summary>
    public Check OnStandingNetworks() => new(Id, Suite.Composed, context => Measure(context, Standing(context)).Concat(Rates?.Invoke(context) ?? []));

    /// <summary>The check on one network.</summary>
    /// <param name="site">The network and its batches.</param>
    public Check On(SiteCase site) => new(Id, site.Network.Name, context => Measure(context, [site]));
}
