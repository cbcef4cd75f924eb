using Wellbehaved.Model;
using Wellbehaved.Networks;

namespace Wellbehaved.Audit;

/// <summary>DR2: what a subject draws for dropout and for branches is 1/p or 0, and 1 or 0, with the stated probabilities.</summary>
/// <remarks>
/// Whether a feature is kept is seen wherever it was not zero before, which does not depend on the mask. Branches are taken one by one.
/// Each probability has a test of its own: in one test of several, too many of one kind would make up for too few of another.
/// </remarks>
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
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Sum(site => Keeps(site.Network).Count() + Survivals(site.Network).Count())));
        var factors = new ExactComparison();
        var shares = new List<Measurement>();
        foreach (var (study, site) in offered.Index())
        {
            ShownLayer[] dropouts = [.. DrawnMask.SitesOf(site.Network)];
            var branches = ShownLayer.CollectBranches(site.Network);
            var kept = Keeps(site.Network).ToDictionary(keep => keep, keep => Share.OfFeatures(context, rates, dropouts, site, keep));
            var surviving = Survivals(site.Network).ToDictionary(survival => survival, survival => Share.OfBranches(context, rates, branches, survival));
            var planned = kept.Values.Concat(surviving.Values).Max(share => share.Simulations);
            ISequentialTest[] tests = [.. kept.Values.Concat(surviving.Values).Select(share => share.Test)];
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, planned, tests))
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
                    Add(kept[mask.Keep].Test, mask);
                }

                foreach (var branch in DrawnBranch.Of(trace, context.UnitRoundoff).Where(branch => branch.IsKnown))
                {
                    var deviation = Math.Sqrt(branch.Keep * (1 - branch.Keep));
                    surviving[branch.Keep].Test.Add(new Observed(branch.Keep + (deviation * branch.Score)), new Expected(branch.Keep), deviation * deviation);
                }
            }

            shares.AddRange(kept.Select(pair => Conclude(pair.Value, "features that are kept", pair.Key, site)));
            shares.AddRange(surviving.Select(pair => Conclude(pair.Value, "branches that survive", pair.Key, site)));
        }

        return offered.Length == 0 ? [] : [factors.Conclude("what is kept, and what is not"), .. shares];
    }

    private static Measurement Conclude(Share share, string what, double probability, SiteCase site) =>
        share.Test.Conclude(FormattableString.Invariant($"share of {what} with probability {probability}, {site.Description}"));

    private static IEnumerable<double> Keeps(Network network) => DrawnMask.SitesOf(network).Select(layer => ((Dropout)layer.Layer).Keep).Distinct();

    private static IEnumerable<double> Survivals(Network network) => ShownLayer.CollectBranches(network).Select(branch => branch.Layer.Survival).Distinct();

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
            // Where the signal is 0, only the noise shows whether the feature was kept.
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
                    (name, isKept, place, where),
                    static of => $"{of.name} of a feature that is {(of.isKept ? "kept" : "dropped")}, {of.place}, {of.where}"
                );
        }
    }

    /// <summary>The test of one probability, and the simulations that it is planned to need.</summary>
    private readonly record struct Share(KnownVarianceTest Test, long Simulations)
    {
        public static Share OfFeatures(CheckContext context, ErrorRates rates, ShownLayer[] dropouts, SiteCase site, double keep)
        {
            ShownLayer[] alike = [.. dropouts.Where(layer => ((Dropout)layer.Layer).Keep == keep)];
            var ofMask = alike.Average(layer => (1 - keep) / keep / (Seen * DrawnMask.LengthOf(layer, site.Network, site.Images)));
            var discrepancy = context.Discrepancy(KeptDiscrepancy);
            var simulations = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(ofMask / alike.Length), discrepancy);
            return new(new KnownVarianceTest(rates, discrepancy, context.Planned(simulations * alike.Length)), simulations);
        }

        public static Share OfBranches(CheckContext context, ErrorRates rates, IReadOnlyCollection<ShownBranch> branches, double survival)
        {
            var count = branches.Count(branch => branch.Layer.Survival == survival);
            var discrepancy = context.Discrepancy(SurvivingDiscrepancy);
            var draws = KnownVarianceTest.SamplesFor(rates, Math.Sqrt((1 - survival) / survival), discrepancy);
            return new(new KnownVarianceTest(rates, discrepancy, context.Planned(draws)), (long)Math.Ceiling(draws / (Seen * count)));
        }
    }
}
