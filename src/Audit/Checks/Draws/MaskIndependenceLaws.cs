using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>DR3: what a subject draws for dropout and for branches is independent: within a mask, of other layers, simulations and seeds.</summary>
/// <remarks>
/// The scores of a mask have mean 0 and variance 1 and are independent, given all masks before them. So Σ a_i z_i, with numbers a_i that earlier masks
/// determine, has the mean 0 and the variance Σa_i². Products of two scores of one mask are uncorrelated, so a sum of n of them has the variance n. The square
/// of a sum of n scores has the mean n and a variance that p determines; if always the same number is kept, it is nearly 0.
/// </remarks>
internal static class MaskIndependenceLaws
{
    /// <summary>δ of the correlation of neighbours, of layers, and of successive simulations.</summary>
    internal const double CorrelationDiscrepancy = 0.1;

    /// <summary>δ of the variance of the number that is kept.</summary>
    internal const double CountDiscrepancy = 0.5;

    /// <summary>δ of the correlation of two seeds, and of a branch with the first feature of a mask.</summary>
    internal const double SeedDiscrepancy = 0.25;

    /// <summary>Bits by which other seeds differ from the first: a neighbour, and single bits from low to high.</summary>
    private static readonly ulong[] OtherSeeds = [1, 1ul << 8, 1ul << 16, 1ul << 31, 1ul << 32, 1ul << 52];

    /// <summary>DR3 for features and for branches, network by network.</summary>
    public static IEnumerable<Measurement> Independence(CheckContext context, IReadOnlyList<SiteCase> cases)
    {
        SiteCase[] offered = [.. context.Offered(cases.Where(site => MaskShareLaws.HasSite(site.Network)))];
        var rates = context.Rates.SharedBy(Math.Max(1, offered.Length));
        foreach (var (study, site) in offered.Index())
        {
            var tests = new Tests(context, rates, site);
            DrawnMask[] previous = [];
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, tests.Planned, tests.OfMappings))
            {
                DrawnMask[] features = [.. DrawnMask.OfDropouts(trace)];
                DrawnMask[] branches = [.. DrawnMask.OfBranches(trace, context.UnitRoundoff)];
                DrawnMask[] masks = [.. features, .. branches];
                tests.Add(masks, previous);
                tests.AddBranches(features, branches);
                previous = masks;
            }

            AddSeeds(context, site, study, tests);
            foreach (var (test, quantity) in tests.All)
            {
                yield return test.Conclude($"{quantity}, {site.Description}");
            }
        }
    }

    private static IEnumerable<DrawnMask> Masks(CheckContext context, NetworkTrace trace) =>
        DrawnMask.OfDropouts(trace).Concat(DrawnMask.OfBranches(trace, context.UnitRoundoff));

    /// <summary>The same simulations of several seeds, until the test of seeds is decided.</summary>
    private static void AddSeeds(CheckContext context, SiteCase site, int study, Tests tests)
    {
        var first = context.SeedOf(study) & ~OtherSeeds.Aggregate((all, bit) => all | bit);
        var most = context.SampleShare < 1 ? context.Planned(tests.PlannedSeeds) : CheckContext.Budget * tests.PlannedSeeds;
        for (var simulation = 0u; simulation < most && !tests.Seeds.IsDecided; simulation++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var input = SiteSimulations.Correlated(context, site, study, simulation);
            var earlier = new List<DrawnMask[]>();
            foreach (var bit in OtherSeeds.Prepend(0ul))
            {
                var trace = NetworkTrace.Record(context.Subject, site.Network, NoiseKind.Mapping, new Weights.Own(first ^ bit, simulation), input);
                DrawnMask[] masks = [.. Masks(context, trace)];
                foreach (var mask in masks)
                {
                    Tests.Against(tests.Seeds, mask, earlier.SelectMany(others => others.Where(other => other.Place == mask.Place && other.Keep == mask.Keep)));
                }

                earlier.Add(masks);
            }
        }
    }

    /// <summary>The tests of one network.</summary>
    private sealed class Tests
    {
        private readonly KnownVarianceTest _neighbours;
        private readonly KnownVarianceTest _count;
        private readonly KnownVarianceTest _layers;
        private readonly KnownVarianceTest _simulations;
        private readonly KnownVarianceTest _branches;

        public Tests(CheckContext context, ErrorRates rates, SiteCase site)
        {
            double[] lengths =
            [
                .. DrawnMask.SitesOf(site.Network).Select(layer => 0.5 * DrawnMask.LengthOf(layer, site.Network, site.Images)),
                .. ShownLayer.CollectBranches(site.Network).GroupBy(branch => branch.Layer.Survival).Select(group => (double)group.Count()),
            ];
            var hasPairs = DrawnMask
                .SitesOf(site.Network)
                .GroupBy(layer => DrawnMask.LengthOf(layer, site.Network, site.Images))
                .Any(equal => equal.Count() > 1);
            var hasBoth = DrawnMask.SitesOf(site.Network).Any() && ShownLayer.CollectBranches(site.Network).Count > 0;
            var (all, masks) = (lengths.Sum(), lengths.Length);
            rates = rates.SharedBy(6);
            var (pair, seeds, count) = (
                context.Discrepancy(CorrelationDiscrepancy),
                context.Discrepancy(SeedDiscrepancy),
                context.Discrepancy(CountDiscrepancy)
            );

            // Each mapping adds its pairs to each test. A squared sum scatters by √2, and a little more if few are dropped.
            var ofPairs = KnownVarianceTest.SamplesFor(rates, 1 / Math.Sqrt(all), pair);
            var ofCounts = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(2.2 / masks), count);
            var ofBranches = hasBoth ? KnownVarianceTest.SamplesFor(rates, 1 / Math.Sqrt(ShownLayer.CollectBranches(site.Network).Count), seeds) : 0;
            Planned = Math.Max(Math.Max(ofPairs, ofCounts), ofBranches);
            PlannedSeeds = KnownVarianceTest.SamplesFor(rates, 1 / Math.Sqrt(all * OtherSeeds.Length), seeds);
            _neighbours = Correlation(pair, masks * ofPairs);
            _count = new(rates, count, context.Planned(masks * ofCounts));
            _layers = Correlation(pair, masks * ofPairs);
            _simulations = Correlation(pair, masks * ofPairs);
            _branches = Correlation(seeds, ofBranches);
            Seeds = Correlation(seeds, PlannedSeeds * OtherSeeds.Length * masks);
            All =
            [
                (_neighbours, "neighbours within a mask"),
                (_count, "variance of the number that is kept"),
                .. hasPairs ? [(_layers, "masks of two layers")] : Array.Empty<(KnownVarianceTest, string)>(),
                (_simulations, "masks of successive simulations"),
                .. hasBoth ? [(_branches, "branches and the first features of masks")] : Array.Empty<(KnownVarianceTest, string)>(),
                (Seeds, "masks of two seeds"),
            ];

            KnownVarianceTest Correlation(double delta, long samples) => new(rates, delta, context.Planned(samples), EffectKind.Correlation);
        }

        /// <summary>Mappings that decide most tests.</summary>
        public long Planned { get; }

        /// <summary>Simulations that decide the test of seeds, each with all seeds.</summary>
        public long PlannedSeeds { get; }

        /// <summary>The test of seeds.</summary>
        public KnownVarianceTest Seeds { get; }

        /// <summary>All tests, with what they compare.</summary>
        public IReadOnlyList<(KnownVarianceTest Test, string Quantity)> All { get; }

        /// <summary>The tests that mappings of one seed decide.</summary>
        public ISequentialTest[] OfMappings => [.. All.Select(pair => pair.Test).Where(test => test != Seeds)];

        /// <summary>Takes the masks of a mapping.</summary>
        /// <param name="masks">The masks, in the order of propagation.</param>
        /// <param name="previous">Those of the simulation before it.</param>
        public void Add(IReadOnlyList<DrawnMask> masks, IReadOnlyList<DrawnMask> previous)
        {
            foreach (var (index, mask) in masks.Index())
            {
                AddNeighbours(mask);
                AddCount(mask);
                Against(_layers, mask, masks.Take(index).Where(other => other.Scores.Length == mask.Scores.Length && other.Place != mask.Place));
                Against(_simulations, mask, previous.Where(other => other.Place == mask.Place && other.Keep == mask.Keep));
            }
        }

        /// <summary>Compares each branch with the first feature that is known of a mask of the same mapping: branches take the masks in turn.</summary>
        public void AddBranches(IReadOnlyList<DrawnMask> features, IEnumerable<DrawnMask> branches)
        {
            double[] first = [.. features.Select(mask => Array.Find(mask.Scores, score => !double.IsNaN(score))).Where(score => score != 0)];
            foreach (var mask in branches.Where(_ => first.Length > 0))
            {
                var (sum, squares, pairs) = (0.0, 0.0, 0);
                for (var i = 0; i < mask.Scores.Length; i++)
                {
                    if (!double.IsNaN(mask.Scores[i]))
                    {
                        var factor = first[i % first.Length];
                        (sum, squares, pairs) = (sum + (factor * mask.Scores[i]), squares + (factor * factor), pairs + 1);
                    }
                }

                if (pairs > 0)
                {
                    _branches.Add(new Observed(sum / pairs), new Expected(0), squares / pairs / pairs, 1);
                }
            }
        }

        /// <summary>Compares a mask with earlier ones, number by number.</summary>
        public static void Against(KnownVarianceTest test, DrawnMask mask, IEnumerable<DrawnMask> earlier)
        {
            DrawnMask[] others = [.. earlier];
            var (sum, squares, pairs) = (0.0, 0.0, 0);
            for (var i = 0; i < mask.Scores.Length; i++)
            {
                if (double.IsNaN(mask.Scores[i]))
                {
                    continue;
                }

                var factor = 0.0;
                foreach (var other in others.Where(other => !double.IsNaN(other.Scores[i])))
                {
                    factor += other.Scores[i];
                    pairs++;
                }

                (sum, squares) = (sum + (factor * mask.Scores[i]), squares + (factor * factor));
            }

            if (squares > 0)
            {
                test.Add(new Observed(sum / pairs), new Expected(0), squares / pairs / pairs, 1);
            }
        }

        private void AddNeighbours(DrawnMask mask)
        {
            var (sum, pairs) = (0.0, 0);
            foreach (var lag in mask.Lags)
            {
                for (var i = 0; i + lag < mask.Scores.Length; i++)
                {
                    if (mask.Scores[i] * mask.Scores[i + lag] is var product && !double.IsNaN(product))
                    {
                        (sum, pairs) = (sum + product, pairs + 1);
                    }
                }
            }

            if (pairs > 0)
            {
                _neighbours.Add(new Observed(sum / pairs), new Expected(0), 1.0 / pairs, 1);
            }
        }

        private void AddCount(DrawnMask mask)
        {
            if (mask.Known > 1)
            {
                // E z⁴ = (1 - 3p(1 - p))/(p(1 - p)); the variance of a squared sum of n, divided by n, is 2 - 2/n + (E z⁴ - 1)/n.
                var (n, spread) = ((double)mask.Known, mask.Keep * (1 - mask.Keep));
                var fourth = (1 - (3 * spread)) / spread;
                var sum = mask.Scores.Where(score => !double.IsNaN(score)).Sum();
                _count.Add(new Observed(sum * sum / n), new Expected(1), 2 - (2 / n) + ((fourth - 1) / n));
            }
        }
    }
}
