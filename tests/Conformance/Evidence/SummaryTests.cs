using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Evidence;

namespace Wellbehaved.Tests.Conformance;

/// <summary>What is kept of many runs: the right numbers, the same in any order, and back from text.</summary>
public class SummaryTests
{
    private static readonly Check AnyCheck = new("S2", "vanilla", _ => []);

    [Fact]
    public void The_largest_ratios_are_kept_with_the_seed_of_the_largest()
    {
        double[] ratios = [0.2, 0.7, 0, 0.4, 0.7, 0.1];
        var runs = ratios.Select((ratio, seed) => RatioTail.Collect(3, Outcome(Verdict.Holds, Exact(ratio)), (ulong)seed)).ToArray();

        var tail = Merged(runs);

        tail.Largest.Should().Equal(0.7f, 0.7f, 0.4f);
        tail.Should()
            .BeEquivalentTo(
                new
                {
                    Runs = 6L,
                    Measured = 6L,
                    Zeros = 1L,
                    Rejected = 0L,
                    LargestSeed = 1ul,
                }
            );
        Text(Merged(runs.Reverse())).Should().Be(Text(tail));
        Text(Merged([Merged(runs[..2]), Merged(runs[2..])])).Should().Be(Text(tail));
        Text(RatioTail.Parse([.. tail.Cells])).Should().Be(Text(tail));
    }

    [Fact]
    public void A_ratio_of_NaN_counts_as_larger_than_any_number()
    {
        var tail = RatioTail.Collect(3, Outcome(Verdict.Rejected, Exact(double.NaN), Exact(0.5)), 0);

        tail.Maximum.Should().Be(double.PositiveInfinity);
        tail.Rejected.Should().Be(1);
        ParetoTail.Fit(tail).Should().Be(new TailFinding.Reached());
        RatioTail.Parse([.. tail.Cells]).Maximum.Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void False_alarm_bounds_are_counted_for_each_quantity_and_shared_between_quantities()
    {
        var runs = new[]
        {
            BoundCounts.Count(Outcome(Verdict.Holds, Bound(0.5), Bound(0.0009)), 0),
            BoundCounts.Count(Outcome(Verdict.Holds, Bound(0.01), Bound(0.02), Exact(0.3)), 1),
            BoundCounts.Count(Outcome(Verdict.Rejected, Bound(4e-5), Bound(double.NaN)), 2),
        };

        var counts = Merged(runs);

        counts.Runs.Should().Be(3);
        counts.Rejected.Should().Be(1);
        counts.Quantities.Should().HaveCount(2, "a deterministic comparison has no bound");
        counts
            .Quantities[0]
            .Should()
            .BeEquivalentTo(
                new
                {
                    Runs = 3L,
                    Missing = 0L,
                    Smallest = 4e-5,
                    SmallestSeed = 2ul,
                }
            );
        counts.Quantities[0].AtMost.Should().Equal(2, 2, 1, 1);
        counts.Quantities[1].AtMost.Should().Equal(2, 1, 1, 0);
        counts.Quantities[1].Missing.Should().Be(1, "a bound that is missing is counted, never dropped");
        counts.AnyAtMost.Should().Equal(3, 2, 1, 1);
        Text(Merged(runs.Reverse())).Should().Be(Text(counts));
        Text(BoundCounts.Parse([.. counts.Cells])).Should().Be(Text(counts));
    }

    [Fact]
    public void A_rate_above_the_nominal_one_is_reported_and_one_below_is_not()
    {
        // Of 10,000 runs a hundred may be at most 10⁻²; 150 are so by chance once in two million times.
        var file = File(1.5);
        CalibrationTable.WorstExcess(file).Should().BeLessThan(1e-5);
        CalibrationTable.Write(file).Should().Contain("| S2 vanilla | 10000 | 0 | 0 | 1 | 150 | 100 |");
        CalibrationTable.WorstExcess(File(0.9)).Should().Be(1);

        static EvidenceFile<BoundCounts> File(double excess)
        {
            // Uniform p-values, evenly spread, made smaller by the excess.
            var file = new EvidenceFile<BoundCounts>(new Provenance("calibration", "a", "b"));
            for (var i = 0ul; i < 10_000; i++)
            {
                var seeds = new SeedRanges();
                seeds.TryAdd(i, i);
                file.Add("S2 vanilla", seeds, BoundCounts.Count(Outcome(Verdict.Holds, Bound(Math.Min(1, (i + 0.5) / 10_000 / excess))), i), "");
            }

            return file;
        }
    }

    [Fact]
    public void Mappings_that_show_a_property_are_counted_property_by_property()
    {
        var runs = new[] { (Share(47), Share(48)), (Share(48), Share(48)) }
            .Select(shares => MappingCounts.Count(Outcome(Verdict.Holds, shares.Item1, shares.Item2, Exact(0.3))))
            .ToArray();

        var counts = Merged(runs);

        counts.Properties.Select(count => (count.Shown, count.Mappings)).Should().Equal((95, 96), (96, 96));
        Text(Merged(runs.Reverse())).Should().Be(Text(counts));
        Text(MappingCounts.Parse([.. counts.Cells])).Should().Be(Text(counts));

        static Measurement Share(int shown) => Bound(0.5) with { Measured = new Observed(shown / 48.0), Samples = 48 };
    }

    [Fact]
    public void Limits_of_rates_are_those_of_Clopper_and_Pearson()
    {
        ExactBinomial.UpperLimit(0, 3000).Should().BeApproximately(1 - Math.Pow(0.05, 1.0 / 3000), 1e-12);
        ExactBinomial.UpperLimit(4, 4).Should().Be(1);
        ExactBinomial.UpperLimit(0, 0).Should().Be(1, "nothing is known without runs");
        ExactBinomial.ExcessProbability(0, 100, 0.01).Should().Be(1);
        ExactBinomial.ExcessProbability(2, 2, 0.1).Should().BeApproximately(0.01, 1e-12);
        ExactBinomial.ExcessProbability(1, 100, 0.01).Should().BeApproximately(1 - Math.Pow(0.99, 100), 1e-12);
    }

    private static T Merged<T>(IEnumerable<T> runs)
        where T : ISummary<T> => runs.Aggregate((one, other) => one.Merge(other));

    private static string Text<T>(T summary)
        where T : ISummary<T> => string.Join('\t', summary.Cells);

    private static CheckOutcome Outcome(Verdict verdict, params Measurement[] measurements) => new(AnyCheck, verdict, measurements, null);

    private static Measurement Exact(double ratio) => new("compared", new Expected(0), new Observed(0), Verdict.Holds) { Deviation = ratio, Samples = 1 };

    private static Measurement Bound(double bound) =>
        new("a quantity", new Expected(0), new Observed(0), Verdict.Holds)
        {
            FalseFailRate = 1e-8,
            FalseAlarmBound = bound,
            Samples = 1,
        };
}
