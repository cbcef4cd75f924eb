using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Each statistical test of a mean: it holds for a true mean, rejects at its discrepancy, and is inconclusive without samples.</summary>
public class TestsOfMeanTests
{
    private const double Discrepancy = 0.1;
    private static readonly int Runs = Breadth.Choose(usual: 8, atNight: 30);
    private static readonly ErrorRates Strict = new(1e-9, 1e-3);

    public static TheoryData<string> Tools => [.. SampledLaw.Mean.Select(law => law.Name)];

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_true_mean_holds_before_the_budget_of_samples_is_used(string law)
    {
        var test = Run(law, Strict, Budget(law), 0, 1);

        var measurement = test.Conclude("x");

        measurement.Verdict.Should().Be(Verdict.Holds, measurement.ToString());
        measurement.Samples.Should().BeLessThan(Budget(law));
        measurement.Effect!.Lower.Should().BeLessThan(measurement.Effect.Claimed).And.BeGreaterThan(measurement.Effect.Claimed - Discrepancy);
        measurement.Effect.Upper.Should().BeGreaterThan(measurement.Effect.Claimed).And.BeLessThan(measurement.Effect.Claimed + Discrepancy);
        measurement.Detectable.Should().BeLessThan(Discrepancy);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_mean_wrong_by_the_discrepancy_is_rejected_upwards_and_downwards(string law)
    {
        foreach (var shift in new[] { Discrepancy, -Discrepancy })
        {
            // The interval has to exclude 0 while it may not exclude δ: within four times the plan it is half as wide as that asks for.
            Enumerable.Range(0, Runs).Count(seed => Run(law, Strict, Budget(law), shift, seed).Conclude("x").Verdict == Verdict.Rejected).Should().Be(Runs);
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_gross_defect_needs_less_than_a_fifth_of_the_samples_of_a_true_mean(string law)
    {
        var gross = Run(law, Strict, Budget(law), -9 * Discrepancy, 1).Conclude("x");

        gross.Verdict.Should().Be(Verdict.Rejected);
        gross.Samples.Should().BeLessThan(Run(law, Strict, Budget(law), 0, 1).Samples / 5);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_mean_wrong_by_the_discrepancy_passes_no_more_often_than_the_rate_of_false_alarms(string law)
    {
        // The interval misses the truth with α at most, on one side with α/2, which is 2.5 %; five standard deviations more would be too many.
        var rates = new ErrorRates(0.05, 0.1);
        var runs = Breadth.Choose(usual: 100, atNight: 1000);
        var tooMany = (0.025 * runs) + (5 * Math.Sqrt(0.025 * runs));
        foreach (var shift in new[] { Discrepancy, -Discrepancy })
        {
            ((double)Enumerable.Range(0, runs).Count(seed => Run(law, rates, Budget(law) / 4, shift, seed).Conclude("x").Verdict == Verdict.Holds))
                .Should()
                .BeLessThan(tooMany);
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void An_interval_covers_the_true_effect_at_the_time_of_stopping(string law)
    {
        var rates = new ErrorRates(0.05, 0.1);
        const double effect = 0.3;

        // Optional stopping: at the first of many looks at which the claim is rejected, or at the end. Of 100 runs 5 may miss; five standard deviations more
        // would be too many.
        var runs = Breadth.Choose(usual: 100, atNight: 400);
        ((double)Enumerable.Range(0, runs).Count(seed => !Covers(Run(law, rates, 400, effect, seed).Effect()!)))
            .Should()
            .BeLessThan((0.05 * runs) + (5 * Math.Sqrt(0.05 * runs)));

        static bool Covers(Effect found) => found.Lower <= found.Claimed + effect && found.Upper >= found.Claimed + effect;
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void Few_samples_are_inconclusive_and_the_needed_number_is_stated(string law)
    {
        var few = Run(law, Strict, 20, 0, 1).Conclude("x");
        few.Verdict.Should().Be(Verdict.Inconclusive);
        few.Remark.Should().Contain("samples are needed to decide");
        var nothing = Run(law, Strict, 0, 0, 1).Conclude("x");
        (nothing.Verdict, nothing.Samples, nothing.Effect, nothing.FalseAlarmBound, nothing.Detectable)
            .Should()
            .Be((Verdict.Inconclusive, 0, null, 1, double.PositiveInfinity));
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_number_that_is_not_finite_is_rejected_and_reported(string law)
    {
        foreach (var number in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var test = Run(law, Strict, 20, 0, 1);
            SampledLaw.Named(law).Add(test, new Observed(number));
            var measurement = test.Conclude("x");
            if (double.IsNaN(number) || test is not BoundedTest)
            {
                (measurement.Verdict, measurement.Remark, measurement.FalseAlarmBound).Should().Be((Verdict.Rejected, "a sample is not a finite number", 0));
            }
        }
    }

    [Fact]
    public void Every_test_compares_an_observation_with_an_expectation_by_type()
    {
        // By type: what came is an Observed, what must come an Expected, and neither converts into the other.
        foreach (var tool in new[] { typeof(KnownVarianceTest), typeof(SymmetryTest), typeof(BoundedTest), typeof(DistributionTest), typeof(ExactComparison) })
        {
            foreach (var method in tool.GetMethods().Where(method => method.Name.StartsWith("Add", StringComparison.Ordinal)))
            {
                var types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
                types.Count(type => type == typeof(Observed)).Should().Be(1, $"{tool.Name}.{method.Name}");
                types.Count(type => type == typeof(Expected)).Should().BeGreaterThanOrEqualTo(1, $"{tool.Name}.{method.Name}");
            }
        }

        typeof(Observed)
            .GetMethods()
            .Concat(typeof(Expected).GetMethods())
            .Should()
            .NotContain(method => method.Name == "op_Implicit" || method.Name == "op_Explicit");
    }

    [Fact]
    public void Sample_sizes_follow_from_rates_and_discrepancy()
    {
        var quarter = KnownVarianceTest.SamplesFor(Strict, 0.25, 0.1);
        KnownVarianceTest
            .SamplesFor(Strict, 0.5, 0.1)
            .Should()
            .BeInRange((4 * quarter) - 4, 4 * quarter, "samples go as the square of the deviation, rounded up");
        KnownVarianceTest.SamplesFor(Strict, 0.5, 0.1).Should().BeLessThan(KnownVarianceTest.SamplesFor(Strict with { FalsePass = 1e-9 }, 0.5, 0.1));
        KnownVarianceTest.CriticalValue(Strict).Should().BeApproximately(Math.Sqrt(2 * Math.Log(2e9)), 1e-12);
    }

    private static int Budget(string law) => (int)(CheckContext.Budget * SampledLaw.Named(law).Planned(Strict, Discrepancy));

    private static TestOfMean Run(string law, ErrorRates rates, int samples, double shift, int seed) =>
        SampledLaw.Named(law).Run(rates, Discrepancy, samples, shift, seed);
}
