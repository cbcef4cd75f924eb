using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Tests of distributions, exact comparisons and proportions: they hold or reject as they should, and without samples they are inconclusive.</summary>
public class OtherToolsTests
{
    private static readonly ErrorRates Rates = new(1e-9, 1e-3);

    [Theory]
    [InlineData(0, Verdict.Holds)]
    [InlineData(0.1, Verdict.Rejected)]
    [InlineData(-0.1, Verdict.Rejected)]
    public void The_distribution_test_rejects_a_shifted_distribution_and_accepts_the_true_one(double shift, Verdict expected)
    {
        var planned = DistributionTest.SamplesFor(Rates, 0.09);
        var (test, random) = (new DistributionTest(Rates, 0.09, planned), new Random(1));
        for (var i = 0; i < 4 * planned; i++)
        {
            var value = random.NextDouble();
            test.Add(new Observed(value), new Expected(Math.Clamp(value + shift, 0, 1)));
        }

        var measurement = test.Conclude("x");
        measurement.Verdict.Should().Be(expected);
        measurement.Samples.Should().BeLessThanOrEqualTo(2 * planned, "a test that is decided takes no more");
    }

    [Fact]
    public void The_distribution_test_rejects_a_gross_shift_at_the_first_look()
    {
        var planned = DistributionTest.SamplesFor(Rates, 0.09);
        var (test, random) = (new DistributionTest(Rates, 0.09, planned), new Random(1));
        for (var i = 0; i < planned; i++)
        {
            test.Add(new Observed(0), new Expected(0.5 + (random.NextDouble() / 2)));
        }

        var measurement = test.Conclude("x");
        (measurement.Verdict, measurement.Samples).Should().Be((Verdict.Rejected, (long)Math.Ceiling(planned / 8.0)));
    }

    [Fact]
    public void The_distribution_test_is_inconclusive_for_few_samples_and_rejects_NaN()
    {
        var test = new DistributionTest(Rates, 0.1, 100);
        test.Conclude("x").Verdict.Should().Be(Verdict.Inconclusive);
        test.Add(new Observed(0.5), new Expected(0.5));
        var few = test.Conclude("x");
        (few.Verdict, few.Effect, few.Detectable, few.Remark)
            .Should()
            .Be((Verdict.Inconclusive, null, double.PositiveInfinity, "the last evaluation is after 400 samples"));
        test.Add(new Observed(double.NaN), new Expected(0.5));
        test.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
        var other = new DistributionTest(Rates, 0.1, 100);
        other.Add(new Observed(1), new Expected(double.NaN));
        other.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void Exact_comparisons_keep_the_worst_that_agrees_or_the_first_that_does_not()
    {
        var comparison = new ExactComparison();
        comparison.Conclude("x").Verdict.Should().Be(Verdict.Inconclusive);
        comparison.Add(new Observed(1), new Expected(1), 0, "here");
        comparison.Add(new Observed(1.05), new Expected(1), 0.1, "there");
        comparison
            .Conclude("x")
            .Should()
            .Match<Measurement>(measurement => measurement.Verdict == Verdict.Holds && measurement.Quantity == "x at there" && measurement.Samples == 2);
        comparison.Add(new Observed(1.2), new Expected(1), 0.1, "yonder");
        comparison
            .Conclude("x")
            .Should()
            .Match<Measurement>(measurement =>
                measurement.Verdict == Verdict.Rejected && measurement.Quantity == "x at yonder" && measurement.Measured.Value == 1.2
            );
        comparison.Add(new Observed(5), new Expected(1), 0.1, "later");
        comparison.Conclude("x").Quantity.Should().Be("x at yonder");
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Exact_comparisons_reject_what_is_not_finite(double number)
    {
        foreach (var expected in new[] { 1, number })
        {
            var comparison = new ExactComparison();
            comparison.Add(new Observed(number), new Expected(expected), 1e300, "here");
            comparison.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
        }

        var between = new ExactComparison();
        between.AddBetween(new Observed(number), new Expected(0), new Expected(1), 0, "here");
        between.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void Exact_comparisons_between_bounds_accept_only_values_between_them()
    {
        var between = new ExactComparison();
        between.AddBetween(new Observed(0.5), new Expected(0), new Expected(1), 0, "here");
        between.Conclude("x").Verdict.Should().Be(Verdict.Holds);
        between.AddBetween(new Observed(1.1), new Expected(0), new Expected(1), 0.05, "here");
        between.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
    }

    [Theory]
    [InlineData(48, 48, Verdict.Holds)]
    [InlineData(44, 48, Verdict.Holds)]
    [InlineData(30, 48, Verdict.Inconclusive)]
    [InlineData(3, 48, Verdict.Rejected)]
    [InlineData(10, 10, Verdict.Inconclusive)]
    [InlineData(0, 0, Verdict.Inconclusive)]
    public void Shares_are_tested_exactly_against_one_half(int successes, int samples, Verdict expected) =>
        new BinomialProportion(successes, samples).Conclude("x", new ErrorRates(1e-8, 1e-3)).Verdict.Should().Be(expected);

    [Fact]
    public void The_allowance_of_a_mean_covers_the_true_mean_and_excludes_one_twice_as_far()
    {
        var random = new Random(4);
        double[] samples = [.. Enumerable.Range(0, 400).Select(_ => random.NextDouble())];
        var allowance = MeanTest.Allowance(samples);

        samples.Average().Should().BeApproximately(0.5, allowance);
        FluentActions
            .Invoking(() => samples.Average().Should().BeApproximately(0.5 + (2 * allowance), allowance))
            .Should()
            .Throw<global::Xunit.Sdk.XunitException>();
        FluentActions
            .Invoking(() => samples.Append(double.NaN).Average().Should().BeApproximately(0.5, allowance))
            .Should()
            .Throw<global::Xunit.Sdk.XunitException>();
    }
}
