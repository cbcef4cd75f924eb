using System.Collections.Immutable;

namespace Wellbehaved.Audit;

/// <summary>A statement of the post about the random mappings of one architecture.</summary>
/// <param name="Id">Stable name of the claim.</param>
/// <param name="Architecture">Name of the architecture.</param>
/// <param name="Statement">The statement, in one sentence.</param>
/// <param name="ShownBy">Whether one mapping shows it.</param>
public sealed record PostClaim(string Id, string Architecture, string Statement, Func<Behaviour, bool> ShownBy)
{
    /// <summary>The four statements of the post, one for each architecture.</summary>
    public static ImmutableArray<PostClaim> All { get; } =
    [
        new("P-vanilla", "vanilla", "the signal collapses to one direction of variance", behaviour => behaviour.SignalCollapses),
        new("P-vanilla_res", "vanilla_res", "the signal collapses to one direction of variance in spite of the skip connections", behaviour => behaviour.SignalCollapses),
        new("P-bn_ff", "bn_ff", "SNR^l/SNR^0 decays exponentially", behaviour => behaviour.SnrDecaysExponentially),
        new("P-bn_res", "bn_res", "neither happens: the signal keeps its directions and SNR^l/SNR^0 does not decay exponentially", behaviour => !behaviour.SignalCollapses && !behaviour.SnrDecaysExponentially),
    ];

    /// <summary>Judges an ensemble: the post calls an architecture by what most of its random mappings do.</summary>
    /// <param name="behaviours">One for each simulated mapping.</param>
    /// <param name="falseRate">Probability of a wrong verdict.</param>
    /// <returns>The share of mappings that show the statement, and the verdict.</returns>
    public (BinomialProportion Share, Verdict Verdict) Judge(IReadOnlyCollection<Behaviour> behaviours, double falseRate)
    {
        ArgumentNullException.ThrowIfNull(behaviours);
        var share = new BinomialProportion(behaviours.Count(ShownBy), behaviours.Count);
        return (share, share.ShownByMost(falseRate));
    }
}
