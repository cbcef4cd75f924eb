using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The theorems about means of recorded quantities: never below the probability that they bound, where that can be computed or measured.</summary>
public class ExactTailTests
{
    [Fact]
    public void The_bound_of_a_convolution_is_never_below_the_chi_squared_tail()
    {
        // At a signal of one direction the average is χ²_M/M exactly, whose tails are known.
        foreach (var freedom in new[] { 1.0, 16, 400 })
        {
            var tail = ExactTail.OfConvolution(2, freedom);
            foreach (var ratio in new[] { 0.01, 0.3, 0.7, 0.95, 1.05, 1.5, 2, 5 })
            {
                var exact = ratio < 1 ? ChiSquared.CDF(freedom, freedom * ratio) : 1 - ChiSquared.CDF(freedom, freedom * ratio);
                tail.FalseAlarm(2 * ratio).Should().BeGreaterThanOrEqualTo(Math.Min(1, 2 * exact));
            }

            tail.FalseAlarm(2).Should().Be(1);
            tail.FalseAlarm(-1).Should().Be(0, "no mean of squares is negative");
            var (lower, upper) = tail.Interval!(2, 0.01);
            lower.Should().BeLessThan(2);
            upper.Should().BeGreaterThan(2);
            ExactTail.OfConvolution(lower, freedom).FalseAlarm(2).Should().BeApproximately(0.01, 1e-9, "the ends are the means that just explain it");
            ExactTail.OfConvolution(upper, freedom).FalseAlarm(2).Should().BeApproximately(0.01, 1e-9);
        }

        // Two sides of α/2 at M = 384,000 reach 1.4 %: √(4 ln(2/α)/M).
        ExactTail.OfConvolution(2, 384_000).Reach(2, 1e-8).Should().BeApproximately(Math.Sqrt(4 * Math.Log(2e8) / 384_000), 2e-4);
        ExactTail.OfConvolution(2, 1).Reach(2, 1e-8).Should().Be(double.PositiveInfinity);
    }

    [Fact]
    public void The_bound_of_an_activation_is_never_below_the_binomial_tail_of_a_fair_coin()
    {
        foreach (var terms in new[] { 10, 100, 1000 })
        {
            var tail = ExactTail.OfActivation(0.5, terms);
            for (var heads = 0; heads <= terms / 2; heads += Math.Max(1, terms / 20))
            {
                tail.FalseAlarm((double)heads / terms).Should().BeGreaterThanOrEqualTo(Math.Min(1, 2 * Binomial.CDF(0.5, terms, heads)) - 1e-15);
            }

            var (lower, upper) = tail.Interval!(0.5, 0.01);
            (tail.FalseAlarm(lower), upper - 0.5)
                .Should()
                .Match<(double Rate, double Half)>(pair => Math.Abs(pair.Rate - 0.01) < 1e-12 && Math.Abs(pair.Half - (0.5 - lower)) < 1e-12);
        }
    }

    [Theory]
    [InlineData(4, 0.0)]
    [InlineData(4, 20.0)]
    [InlineData(32, 20.0)]
    public void The_bound_of_a_dilution_rejects_at_most_at_its_rate(int channels, double before)
    {
        // The widest law that it allows: a branch of one direction along the skip's, whose variance is 0 or 2.
        var random = new Random(channels);
        const int runs = 4000,
            terms = 20;
        var alarms = new double[runs];
        for (var run = 0; run < runs; run++)
        {
            var sum = 0.0;
            for (var i = 0; i < terms; i++)
            {
                var deviation = random.Next(2) == 0 ? 0 : Math.Sqrt(2);
                for (var channel = 0; channel < channels; channel++)
                {
                    var branch = deviation * Normal.Sample(random, 0, 1);
                    sum += ((branch * branch) + (2 * Math.Sqrt(before) * branch)) / channels;
                }
            }

            alarms[run] = ExactTail.OfDilution(channels, terms, before).FalseAlarm(sum / terms);
        }

        foreach (var rate in new[] { 0.1, 0.01 })
        {
            // Four standard errors of a share beyond the rate.
            alarms.Count(alarm => alarm <= rate).Should().BeLessThanOrEqualTo((int)((rate * runs) + (4 * Math.Sqrt(rate * runs))));
        }

        ExactTail.OfDilution(channels, terms, before).FalseAlarm(1).Should().Be(1);
        ExactTail.OfDilution(channels, 1e6, before).FalseAlarm(0.5).Should().BeLessThan(1e-9);
        ExactTail.OfDilution(channels, 1e6, before).FalseAlarm(1.5).Should().BeLessThan(1e-9);
    }

    [Fact]
    public void The_bound_of_a_walk_rejects_at_most_at_its_rate_and_detects_a_wrong_drift()
    {
        const int channels = 16,
            layers = 20,
            simulations = 10,
            runs = 2000;
        var walk = new RandomWalk(channels);
        var drift = layers * walk.Drift;
        var tail = ExactTail.OfWalk(channels, layers, simulations, drift, 0);
        var random = new Random(11);
        var alarms = Enumerable
            .Range(0, runs)
            .Select(_ => tail.FalseAlarm(Enumerable.Range(0, simulations).Average(_ => Enumerable.Range(0, layers).Sum(_ => Step()))))
            .ToArray();

        foreach (var rate in new[] { 0.1, 0.01 })
        {
            alarms.Count(alarm => alarm <= rate).Should().BeLessThanOrEqualTo((int)((rate * runs) + (4 * Math.Sqrt(rate * runs))));
        }

        alarms.Min().Should().BeLessThan(0.5, "a bound that is always 1 keeps every rate");
        tail.FalseAlarm(drift).Should().Be(1);
        ExactTail.OfWalk(channels, layers, 1000, drift, 0).FalseAlarm(drift * 1.3).Should().BeLessThan(1e-9);
        ExactTail.OfWalk(channels, layers, 1000, drift, 0).FalseAlarm(drift * 0.7).Should().BeLessThan(1e-9);
        ExactTail.OfWalk(channels, layers, 1e9, drift, 0.03 * Math.Abs(drift)).FalseAlarm(drift * 1.029).Should().Be(1, "that much is allowed");

        double Step()
        {
            int alive;
            do
            {
                alive = Binomial.Sample(random, 0.5, channels);
            } while (alive == 0);

            return Math.Log(2.0 / channels * ChiSquared.Sample(random, alive));
        }
    }

    [Fact]
    public void The_exact_law_of_a_convolution_rejects_a_gross_error_that_Student_s_test_leaves_undecided()
    {
        // 48 simulations, all at 0.9 ± 0.001 where 1 is claimed: 693 standard errors. Student's corrected tail says nothing; the law of a convolution does.
        var figure = new RecordedSummary(48, 1.8, 0.002, 0, 1.79, 1.81, 1.79, 1.81);
        var rates = new ErrorRates(1e-8, 1e-3);

        RecordedTest
            .Judge(figure, rates, 2, 0.05, "x")
            .Should()
            .Match<Measurement>(test => test.Verdict == Verdict.Inconclusive && test.IsAsymptotic && test.Deviation < -600);
        var exact = RecordedTest.Judge(figure, rates, 2, 0.05, "x", ExactTail.OfConvolution(2, 48 * 20 * 64));
        (exact.Verdict, exact.IsAsymptotic, exact.Effect!.Kind).Should().Be((Verdict.Rejected, false, EffectKind.Ratio));
        exact.Effect.Upper.Should().BeLessThan(1);
        RecordedTest
            .Judge(figure with { Mean = 2 }, rates, 2, 0.05, "x", ExactTail.OfConvolution(2, 48 * 20 * 64))
            .Should()
            .Match<Measurement>(test => test.Verdict == Verdict.Holds && !test.IsAsymptotic && test.FalseAlarmBound == 1);

        // With too little for the theorem, Student decides with half of the false alarms, and says that it is asymptotic.
        var wide = new RecordedSummary(10_000, 2.2, 0.1, 0, 2, 2.4, 2.1, 2.3);
        RecordedTest
            .Judge(wide, rates, 2, 0.05, "x", ExactTail.OfConvolution(2, 10))
            .Should()
            .Match<Measurement>(test => test.Verdict == Verdict.Rejected && test.IsAsymptotic);

        // Missing numbers: inconclusive, and says how many.
        RecordedTest
            .Judge(figure with { Unknown = 12 }, rates, 2, 0.05, "x", ExactTail.OfConvolution(2, 48 * 20 * 64))
            .Should()
            .Match<Measurement>(test => test.Verdict == Verdict.Inconclusive && test.Remark == "no number in 12 of 60 simulations");
        RecordedTest
            .OfSign(figure with { NotFinite = 1 }, rates, 1, "x")
            .Should()
            .Match<Measurement>(test => test.Verdict == Verdict.Inconclusive && test.Remark == "no number in 1 of 49 mappings");
        RecordedTest
            .OfSign(wide, rates, 1, "x")
            .Should()
            .Match<Measurement>(test => test.Verdict == Verdict.Holds && test.IsAsymptotic && test.Effect!.Kind == EffectKind.Difference);
        RecordedTest.OfSign(wide, rates, -1, "x").Verdict.Should().Be(Verdict.Rejected);
    }
}
