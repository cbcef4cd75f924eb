using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>DR2: what a subject draws for dropout and for branches is 1/p or 0, and 1 or 0, with the stated probabilities.</summary>
/// <remarks>Whether a feature is kept is seen wherever it was not zero before, which does not depend on the mask. Branches are taken one by one.</remarks>
internal static class MaskShareLaws
{
    /// <summary>δ of the share of features that are kept, relative to p.</summary>
    internal const double KeptDiscrepancy = 0.02;

    /// <summary>δ of the share of branches that survive, relative to their probability: a mapping has few of them.</summary>
    internal const double SurvivingDiscrepancy = 0.1;

    /// <summary>The share of draws that are planned to be seen.</summary>
    private const double Seen = 0.5;

    /// <summary>Whether a network has a dropout or a branch whose draws can be seen.</summary>
    public static bool HasSite(Network network) => DrawnMask.SitesOf(network).Any() || ShownLayer.CollectBranches(network).Count > 0;

    /// <summary>DR2: the factors themselves, and how often they are not 0.</summary>
    public static IEnumerable<Measurement> Shares(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases.Where(site => HasSite(site.Network)))];
        var rates = context.Rates.SharedBy(2 * Math.Max(1, offered.Length));
        var factors = new ExactComparison();
        var shares = new List<Measurement>();
        foreach (var (study, site) in offered.Index())
        {
            ShownLayer[] dropouts = [.. DrawnMask.SitesOf(site.Network)];
            var branches = ShownLayer.CollectBranches(site.Network);
            var (ofFeatures, ofBranches) = (context.Discrepancy(KeptDiscrepancy), context.Discrepancy(SurvivingDiscrepancy));
            var features =
                dropouts.Length == 0
                    ? 0
                    : KnownVarianceTest.SamplesFor(
                        rates,
                        Math.Sqrt(
                            dropouts
                                .Select(layer => (((Dropout)layer.Layer).Keep, Length: DrawnMask.LengthOf(layer, site.Network, site.Images)))
                                .Average(mask => (1 - mask.Keep) / mask.Keep / (Seen * mask.Length)) / dropouts.Length
                        ),
                        ofFeatures
                    );
            var draws =
                branches.Count == 0
                    ? 0
                    : KnownVarianceTest.SamplesFor(
                        rates,
                        Math.Sqrt(branches.Average(branch => (1 - branch.Layer.Survival) / branch.Layer.Survival)),
                        ofBranches
                    );
            var survivals = branches.Count == 0 ? 0 : (long)Math.Ceiling(draws / (Seen * branches.Count));
            var kept = new KnownVarianceTest(rates, ofFeatures, context.Planned(features * Math.Max(1, dropouts.Length)));
            var surviving = new KnownVarianceTest(rates, ofBranches, context.Planned(draws));
            ISequentialTest[] tests =
            [
                .. dropouts.Length > 0 ? [kept] : Array.Empty<ISequentialTest>(),
                .. branches.Count > 0 ? [surviving] : Array.Empty<ISequentialTest>(),
            ];
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, Math.Max(features, survivals), tests))
            {
                foreach (var layer in dropouts)
                {
                    AddFactors(layer, trace, context.UnitRoundoff, factors, site.Description);
                }

                foreach (var branch in branches)
                {
                    if (branch.Survived(trace, context.UnitRoundoff) is { } survived)
                    {
                        branch.Compare(trace, survived, context.UnitRoundoff, factors, site.Description);
                    }
                }

                foreach (var mask in DrawnMask.OfDropouts(trace))
                {
                    Add(kept, mask);
                }

                foreach (var branch in DrawnBranch.Of(trace, context.UnitRoundoff).Where(branch => branch.IsKnown))
                {
                    var deviation = Math.Sqrt(branch.Keep * (1 - branch.Keep));
                    surviving.Add(new Observed(branch.Keep + (deviation * branch.Score)), new Expected(branch.Keep), deviation * deviation);
                }
            }

            if (dropouts.Length > 0)
            {
                shares.Add(kept.Conclude($"share of features that are kept, {site.Description}"));
            }

            if (branches.Count > 0)
            {
                shares.Add(surviving.Conclude($"share of branches that survive, {site.Description}"));
            }
        }

        return offered.Length == 0 ? [] : [factors.Conclude("what is kept, and what is not"), .. shares];
    }

    private static void Add(KnownVarianceTest test, DrawnMask mask)
    {
        if (mask.Known > 0)
        {
            var (deviation, known) = (Math.Sqrt(mask.Keep * (1 - mask.Keep)), mask.Scores.Where(score => !double.IsNaN(score)));
            test.Add(new Observed(mask.Keep + (deviation * known.Average())), new Expected(mask.Keep), deviation * deviation / mask.Known);
        }
    }

    /// <summary>Compares signal and noise after a dropout with 1/p times what was before it, or with 0: one of the two for both.</summary>
    private static void AddFactors(ShownLayer layer, NetworkTrace trace, double unitRoundoff, ExactComparison factors, string where)
    {
        var (before, after, keep) = (layer.InputOf(trace), layer.OutputOf(trace), ((Dropout)layer.Layer).Keep);
        var place = trace.Snapshots[layer.After].Where;
        for (var i = 0; i < before.Signal.Length; i++)
        {
            // Of a signal of 0 the noise tells alone.
            var isKept = before.Signal[i] == 0 ? after.Noise[i] != 0 : after.Signal[i] != 0;
            var kept = isKept ? 1 / keep : 0;
            Compare(before.Signal[i], after.Signal[i], "signal");
            Compare(before.Noise[i], after.Noise[i], "noise");

            void Compare(double x, double y, string name) =>
                // 1/p is rounded, and so are the product and what is shown of it.
                factors.Add(
                    new Observed(y),
                    new Expected(kept * x),
                    (Roundings.Gamma(4, unitRoundoff) * Math.Abs(kept * x)) + Underflow.Smallest(unitRoundoff),
                    $"{name} of a feature that is {(isKept ? "kept" : "dropped")}, {place}, {where}"
                );
        }
    }
}
