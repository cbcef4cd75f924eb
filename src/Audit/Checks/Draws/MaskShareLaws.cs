using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>DR2: what a subject draws for dropout and for branches is 1/p or 0, and 1 or 0, with the stated probabilities.</summary>
/// <remarks>Whether a feature is kept is seen wherever it was not zero before, which does not depend on the mask.</remarks>
internal static class MaskShareLaws
{
    /// <summary>δ of the share of features that are kept, relative to p.</summary>
    internal const double KeptDiscrepancy = 0.02;

    /// <summary>δ of the share of branches that survive, relative to their probability: a mapping has few of them.</summary>
    internal const double SurvivingDiscrepancy = 0.1;

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
            var features = Planned(
                rates,
                ofFeatures,
                [.. dropouts.Select(layer => (((Dropout)layer.Layer).Keep, (double)DrawnMask.LengthOf(layer, site.Network, site.Images)))]
            );
            var survivals = Planned(
                rates,
                ofBranches,
                [.. branches.GroupBy(branch => branch.Layer.Survival).Select(group => (group.Key, (double)group.Count()))]
            );
            var kept = new KnownVarianceTest(rates, ofFeatures, context.Planned(features * Math.Max(1, dropouts.Length)));
            var surviving = new KnownVarianceTest(rates, ofBranches, context.Planned(survivals));
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

                foreach (var mask in DrawnMask.OfBranches(trace, context.UnitRoundoff))
                {
                    Add(surviving, mask);
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

    /// <summary>Number of mappings that decide the share of masks of some probabilities and lengths, half of which may be unseen.</summary>
    private static long Planned(ErrorRates rates, double delta, IReadOnlyList<(double Keep, double Length)> masks) =>
        masks.Count == 0
            ? 0
            : KnownVarianceTest.SamplesFor(rates, Math.Sqrt(masks.Average(mask => (1 - mask.Keep) / mask.Keep / (0.5 * mask.Length)) / masks.Count), delta);

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
