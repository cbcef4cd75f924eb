using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>DR3: what a subject draws for dropout and for branches is independent: within a mask, of other layers, simulations and seeds.</summary>
/// <remarks>
/// The scores of a mask have mean 0 and variance 1 and are independent, given all draws before them. So Σ a_i z_i, with numbers a_i that earlier draws
/// determine, has the mean 0 and the variance Σa_i². Products of two scores of one mask are uncorrelated, so a sum of n of them has the variance n. The square
/// of a sum of n scores has the mean n and a variance that p determines; if always the same number is kept, it is nearly 0. A branch is compared with what was
/// drawn before it, one branch at a time (<see cref="DrawnBranch"/>).
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
            Draw previous = new([], []);
            foreach (var trace in context.UntilDecided(site, NoiseKind.Mapping, study, tests.Planned, tests.OfMappings))
            {
                var draw = Draw.Of(trace, context.UnitRoundoff);
                tests.Features?.Add(draw.Features, previous.Features);
                tests.Branches?.Add(draw, previous);
                previous = draw;
            }

            AddSeeds(context, site, study, tests);
            foreach (var (test, quantity) in tests.All)
            {
                yield return test.Conclude($"{quantity}, {site.Description}");
            }
        }
    }

    /// <summary>The same simulations of several seeds, until the test of seeds is decided.</summary>
    private static void AddSeeds(CheckContext context, SiteCase site, int study, Tests tests)
    {
        var first = context.SeedOf(study) & ~OtherSeeds.Aggregate((all, bit) => all | bit);
        var most = context.SampleShare < 1 ? context.Planned(tests.PlannedSeeds) : CheckContext.Budget * tests.PlannedSeeds;
        for (var simulation = 0u; simulation < most && !tests.OfSeeds.All(test => test.IsDecided); simulation++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var input = SiteSimulations.Correlated(context, site, study, simulation);
            var earlier = new List<Draw>();
            foreach (var bit in OtherSeeds.Prepend(0ul))
            {
                var trace = NetworkTrace.Record(context.Subject, site.Network, NoiseKind.Mapping, new Weights.Own(first ^ bit, simulation), input);
                var draw = Draw.Of(trace, context.UnitRoundoff);
                tests.Features?.AddSeed(draw.Features, earlier);
                tests.Branches?.AddSeed(draw.Branches, earlier);
                earlier.Add(draw);
            }
        }
    }

    /// <summary>All that is drawn in a propagation.</summary>
    private sealed record Draw(DrawnMask[] Features, DrawnBranch[] Branches)
    {
        public static Draw Of(NetworkTrace trace, double unitRoundoff) => new([.. DrawnMask.OfDropouts(trace)], DrawnBranch.Of(trace, unitRoundoff));
    }

    /// <summary>The tests of one network.</summary>
    private sealed class Tests
    {
        /// <summary>The most tests of a network: five of features and five of branches.</summary>
        private const int Most = 10;

        public Tests(CheckContext context, ErrorRates rates, SiteCase site)
        {
            ShownLayer[] dropouts = [.. DrawnMask.SitesOf(site.Network)];
            var branches = ShownLayer.CollectBranches(site.Network);
            rates = rates.SharedBy(Most);
            Features = dropouts.Length > 0 ? new(context, rates, dropouts, site) : null;
            Branches = branches.Count > 0 ? new(context, rates, branches, dropouts) : null;
        }

        public FeatureTests? Features { get; }

        public BranchTests? Branches { get; }

        /// <summary>Mappings that decide most tests.</summary>
        public long Planned => Math.Max(Features?.Planned ?? 0, Branches?.Planned ?? 0);

        /// <summary>Simulations that decide the tests of seeds, each with all seeds.</summary>
        public long PlannedSeeds => Math.Max(Features?.PlannedSeeds ?? 0, Branches?.PlannedSeeds ?? 0);

        /// <summary>All tests, with what they compare.</summary>
        public IEnumerable<(KnownVarianceTest Test, string Quantity)> All => (Features?.All ?? []).Concat(Branches?.All ?? []);

        /// <summary>The tests that mappings of one seed decide.</summary>
        public ISequentialTest[] OfMappings => [.. All.Select(pair => pair.Test).Except(OfSeeds)];

        /// <summary>The tests of seeds.</summary>
        public KnownVarianceTest[] OfSeeds => [.. new[] { Features?.Seeds, Branches?.Seeds }.OfType<KnownVarianceTest>()];
    }

    private static KnownVarianceTest Correlation(CheckContext context, ErrorRates rates, double delta, long samples) =>
        new(rates, delta, context.Planned(samples), EffectKind.Correlation);

    /// <summary>The tests of the masks of dropouts; the scores of a mask are taken together.</summary>
    private sealed class FeatureTests
    {
        private readonly KnownVarianceTest _neighbours;
        private readonly KnownVarianceTest _count;
        private readonly KnownVarianceTest _layers;
        private readonly KnownVarianceTest _simulations;

        public FeatureTests(CheckContext context, ErrorRates rates, ShownLayer[] dropouts, SiteCase site)
        {
            int[] lengths = [.. dropouts.Select(layer => DrawnMask.LengthOf(layer, site.Network, site.Images))];
            var (all, masks) = (0.5 * lengths.Sum(), lengths.Length);
            var (pair, seeds, count) = (
                context.Discrepancy(CorrelationDiscrepancy),
                context.Discrepancy(SeedDiscrepancy),
                context.Discrepancy(CountDiscrepancy)
            );

            // Each mapping adds its pairs to each test. A squared sum scatters by √2, and a little more if few are dropped.
            var ofPairs = KnownVarianceTest.SamplesFor(rates, 1 / Math.Sqrt(all), pair);
            var ofCounts = KnownVarianceTest.SamplesFor(rates, Math.Sqrt(2.2 / masks), count);
            Planned = Math.Max(ofPairs, ofCounts);
            PlannedSeeds = KnownVarianceTest.SamplesFor(rates, 1 / Math.Sqrt(all * OtherSeeds.Length), seeds);
            _neighbours = Correlation(context, rates, pair, masks * ofPairs);
            _count = new(rates, count, context.Planned(masks * ofCounts));
            _layers = Correlation(context, rates, pair, masks * ofPairs);
            _simulations = Correlation(context, rates, pair, masks * ofPairs);
            Seeds = Correlation(context, rates, seeds, PlannedSeeds * OtherSeeds.Length * masks);
            All =
            [
                (_neighbours, "neighbours within a mask"),
                (_count, "variance of the number that is kept"),
                .. lengths.Distinct().Count() < masks ? [(_layers, "masks of two layers")] : Array.Empty<(KnownVarianceTest, string)>(),
                (_simulations, "masks of successive simulations"),
                (Seeds, "masks of two seeds"),
            ];
        }

        public long Planned { get; }

        public long PlannedSeeds { get; }

        public KnownVarianceTest Seeds { get; }

        public IReadOnlyList<(KnownVarianceTest Test, string Quantity)> All { get; }

        /// <summary>Takes the masks of a mapping.</summary>
        /// <param name="masks">The masks, in the order of propagation.</param>
        /// <param name="previous">Those of the simulation before it.</param>
        public void Add(IReadOnlyList<DrawnMask> masks, IReadOnlyList<DrawnMask> previous)
        {
            foreach (var (index, mask) in masks.Index())
            {
                AddNeighbours(mask);
                AddCount(mask);
                Against(_layers, mask, masks.Take(index).Where(other => other.Scores.Length == mask.Scores.Length));
                Against(_simulations, mask, previous.Where(other => other.Place == mask.Place));
            }
        }

        /// <summary>Takes the masks of another seed.</summary>
        public void AddSeed(IEnumerable<DrawnMask> masks, IReadOnlyCollection<Draw> earlier)
        {
            foreach (var mask in masks)
            {
                Against(Seeds, mask, earlier.SelectMany(draw => draw.Features.Where(other => other.Place == mask.Place)));
            }
        }

        /// <summary>Compares a mask with earlier ones, number by number.</summary>
        private static void Against(KnownVarianceTest test, DrawnMask mask, IEnumerable<DrawnMask> earlier)
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

    /// <summary>The tests of branches, each of which is compared with what was drawn before it.</summary>
    private sealed class BranchTests
    {
        private readonly KnownVarianceTest _neighbours;
        private readonly KnownVarianceTest _earlier;
        private readonly KnownVarianceTest _simulations;
        private readonly KnownVarianceTest _features;

        public BranchTests(CheckContext context, ErrorRates rates, IReadOnlyList<ShownBranch> branches, ShownLayer[] dropouts)
        {
            var (pair, seeds) = (context.Discrepancy(CorrelationDiscrepancy), context.Discrepancy(SeedDiscrepancy));
            var hasBoth = branches.Any(branch => dropouts.Any(layer => layer.After < branch.After));
            var (ofPairs, ofSeeds) = (KnownVarianceTest.SamplesFor(rates, 1, pair), KnownVarianceTest.SamplesFor(rates, 1, seeds));
            Planned = (long)Math.Ceiling(ofPairs / Math.Max(1, 0.5 * branches.Count));
            PlannedSeeds = (long)Math.Ceiling(ofSeeds / (0.5 * branches.Count * OtherSeeds.Length));
            _neighbours = Correlation(context, rates, pair, ofPairs);
            _earlier = Correlation(context, rates, seeds, ofSeeds);
            _simulations = Correlation(context, rates, pair, ofPairs);
            _features = Correlation(context, rates, seeds, ofSeeds);
            Seeds = Correlation(context, rates, seeds, ofSeeds);
            All =
            [
                .. branches.Count > 1 ? [(_neighbours, "neighbouring branches")] : Array.Empty<(KnownVarianceTest, string)>(),
                .. branches.Count > 2 ? [(_earlier, "branches and all before them")] : Array.Empty<(KnownVarianceTest, string)>(),
                (_simulations, "branches of successive simulations"),
                .. hasBoth ? [(_features, "branches and the first features of masks")] : Array.Empty<(KnownVarianceTest, string)>(),
                (Seeds, "branches of two seeds"),
            ];
        }

        public long Planned { get; }

        public long PlannedSeeds { get; }

        public KnownVarianceTest Seeds { get; }

        public IReadOnlyList<(KnownVarianceTest Test, string Quantity)> All { get; }

        /// <summary>Takes the branches of a mapping.</summary>
        /// <param name="draw">What was drawn in it.</param>
        /// <param name="previous">What was drawn in the simulation before it.</param>
        public void Add(Draw draw, Draw previous)
        {
            var (last, sum, known) = (double.NaN, 0.0, 0);
            foreach (var branch in draw.Branches)
            {
                if (branch.IsKnown)
                {
                    Against(_neighbours, branch, last, 1);
                    if (known > 1)
                    {
                        Against(_earlier, branch, sum, known);
                    }

                    Against(_simulations, branch, previous.Branches.SingleOrDefault(other => other.Place == branch.Place)?.Score ?? double.NaN, 1);
                    Against(_features, branch, FirstBefore(branch, draw.Features), 1);
                    (sum, known) = (sum + branch.Score, known + 1);
                }

                last = branch.Score;
            }
        }

        /// <summary>Takes the branches of another seed.</summary>
        public void AddSeed(IEnumerable<DrawnBranch> branches, IReadOnlyCollection<Draw> earlier)
        {
            foreach (var branch in branches.Where(branch => branch.IsKnown))
            {
                double[] others =
                [
                    .. earlier.SelectMany(draw => draw.Branches.Where(other => other.Place == branch.Place && other.IsKnown)).Select(other => other.Score),
                ];
                Against(Seeds, branch, others.Sum(), others.Length);
            }
        }

        /// <summary>The first feature that is known of the last mask before a branch.</summary>
        private static double FirstBefore(DrawnBranch branch, DrawnMask[] features) =>
            features.LastOrDefault(mask => mask.Place < branch.Place) is { } mask
                ? mask.Scores.Where(score => !double.IsNaN(score)).DefaultIfEmpty(double.NaN).First()
                : double.NaN;

        /// <summary>
        /// Compares a branch with a sum of earlier scores: given that, its score has the mean ρ times the sum over the root of their number, if that is their
        /// correlation.
        /// </summary>
        private static void Against(KnownVarianceTest test, DrawnBranch branch, double sum, int count)
        {
            if (sum * sum > 0)
            {
                test.Add(new Observed(branch.Score * sum), new Expected(0), sum * sum, sum * sum / Math.Sqrt(count));
            }
        }
    }
}
