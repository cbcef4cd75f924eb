using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Each statistical tool on a handful of samples, its numbers worked out from the formula of its source.</summary>
/// <remarks>What a simulation of thousands of samples cannot see: a bound that is twice too wide is still a bound.</remarks>
public class ToolsByHandTests
{
    /// <summary>A few roundings of double precision.</summary>
    private const double Rounding = 1e-12;

    private static readonly ErrorRates Rates = new(0.01, 0.1);
    private static readonly double Threshold = Math.Log(200);
    private static readonly double Margin = Normal.InvCDF(0, 1, 0.9);

    [Fact]
    public void Thresholds_of_error_rates_agree_with_formulas_by_hand()
    {
        Same(Rates.Threshold, Threshold);
        Same(Rates.PowerMargin, Margin);
        Rates.SharedBy(4).Should().Be(new ErrorRates(0.0025, 0.1));
        Same(KnownVarianceTest.CriticalValue(Rates), Math.Sqrt(2 * Threshold));
        KnownVarianceTest.SamplesFor(Rates, 3, 0.5).Should().Be((long)Math.Ceiling(Math.Pow((Math.Sqrt(2 * Threshold) + Margin) * 6, 2)));
        SymmetryTest.SamplesFor(Rates, 3, 0.5).Should().Be(KnownVarianceTest.SamplesFor(Rates, 3, 0.5));

        // Half of α for the planned look, and room for what a true claim's distance exceeds with probability β.
        DistributionTest
            .SamplesFor(Rates, 0.2)
            .Should()
            .Be((long)Math.Ceiling(Math.Pow((Math.Sqrt(Math.Log(400) / 2) + Math.Sqrt(Math.Log(20) / 2)) / 0.2, 2)));
        Suite.RatesOf(Scale.Quick).Should().Be(new ErrorRates(1e-6 / Suite.Shares, 1e-3));
        Suite.RatesOf(Scale.Full).Should().Be(new ErrorRates(1e-6 / Suite.Shares, 1e-3));
        const int check = 0,
            falseFail = 9;
        var rows = Repository
            .Text("tests/Conformance/Claims/record.tsv")
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Skip(1)
            .Select(line => line.Split('\t'));
        rows.Where(cells => cells[falseFail] != "0")
            .Select(cells => cells[check])
            .Distinct()
            .Count()
            .Should()
            .BeInRange(50, Suite.Shares, "each check that compares samples has a share of its own");
        (Suite.DiscrepancyShareOf(Scale.Quick), Suite.DiscrepancyShareOf(Scale.Full)).Should().Be((1, 0.5));
    }

    [Fact]
    public void Known_variance_test_agrees_with_formulas_by_hand()
    {
        var test = new KnownVarianceTest(Rates, 0.5, 8);
        test.Add(new Observed(3), new Expected(2), 4);
        test.Add(new Observed(1), new Expected(3), 16);
        test.Add(new Observed(5), new Expected(2), 1);

        // x = ½, -½, 3; a bet gains ψ(λx) - ln(1 + λ²/2), ψ(x) = ±ln(1 + |x| + x²/2).
        var bet = Math.Sqrt(2 * Threshold / 8);
        double[] x = [0.5, -0.5, 3];
        Same(test.StandardErrors, 3 / Math.Sqrt(3));
        Same(test.FalseAlarmBound, Math.Min(1, 2 * Math.Exp(-x.Sum(value => Catoni(bet, value)))));
        test.MeanObserved.Should().Be(new Observed(3));
        Same(test.MeanExpected.Value, 7.0 / 3);

        // Three samples leave a ratio open upwards, and a ratio of positive numbers is not negative.
        var effect = test.Effect()!;
        (effect.Kind, effect.Lower, effect.Upper).Should().Be((EffectKind.Ratio, 0, double.PositiveInfinity));
        Same(effect.Estimate, 9 / 7.0);

        // The ends of the interval of thirty: an effect θ moves a mean by itself times it; a ratio above 1 scatters more by as much.
        (double Value, double Mean, double Deviation)[] samples = [(3, 2, 2), (1, 3, 4), (5, 4, 1)];
        var more = new KnownVarianceTest(Rates, 1e-3, 30);
        for (var i = 0; i < 30; i++)
        {
            more.Add(new Observed(samples[i % 3].Value), new Expected(samples[i % 3].Mean), samples[i % 3].Deviation * samples[i % 3].Deviation);
        }

        var plan = Math.Sqrt(2 * Threshold / 30);
        double Against(double ratio, int side) => 10 * samples.Sum(s => Catoni(plan, side * (s.Value - (s.Mean * ratio)) / s.Deviation / Math.Max(1, ratio)));
        more.Samples.Should().Be(30);
        Against(more.Effect()!.Lower, 1).Should().BeApproximately(Threshold, 1e-3);
        Against(more.Effect()!.Upper, -1).Should().BeApproximately(Threshold, 1e-3);

        // Bets shrink beyond the plan: the second sample of a plan of one has λ²/2 = L/2.
        var planned = new KnownVarianceTest(Rates, 1e-9, 1);
        planned.Add(new Observed(5), new Expected(2), 9);
        planned.Add(new Observed(8), new Expected(2), 9);
        Same(planned.FalseAlarmBound, Math.Min(1, 2 * Math.Exp(-(Catoni(Math.Sqrt(2 * Threshold), 1) + Catoni(Math.Sqrt(Threshold), 2)))));

        var mirrored = new KnownVarianceTest(Rates, 0.5, 2, EffectKind.Difference);
        mirrored.Add(new Observed(-20), new Expected(-2), 4, 1);
        Same(mirrored.FalseAlarmBound, Math.Min(1, 2 * Math.Exp(-Catoni(Math.Sqrt(Threshold), 9))));
        Same(mirrored.StandardErrors, -9);
        mirrored.Add(new Observed(-2), new Expected(double.NaN), 4);
        mirrored.Samples.Should().Be(1, "what is not finite is not counted");
        Same(mirrored.StandardErrors, -9);

        static double Catoni(double bet, double x) =>
            (Math.Sign(x) * Math.Log(1 + Math.Abs(bet * x) + (bet * x * bet * x / 2))) - Math.Log(1 + (bet * bet / 2));
    }

    [Fact]
    public void Bounded_test_agrees_with_formulas_by_hand()
    {
        var test = new BoundedTest(Rates, 0.5, 100);
        test.Add(new Observed(0.9), new Expected(0.5), 0.1, 1.5);
        test.Add(new Observed(-3), new Expected(0.5), 0.1, 0.6);
        test.Add(new Observed(0.3), new Expected(-0.5), -1, 1.5);

        // Ranges 1, 0.4 and 2; residuals 0.4, -8.75 clamped to -1, and 0.4.
        var bet = Math.Sqrt(2 * Threshold / 100);
        var (energy, sum) = ((2 * 0.16) + 1, -0.2);
        Same(test.StandardErrors, sum / Math.Sqrt(energy));

        // The running maximum: the bet downwards was best after the second sample.
        var downwards = Math.Log(1 - (0.4 * bet)) + Math.Log(1 + bet);
        var upwards = Math.Log(1 + (0.4 * bet));
        Same(test.FalseAlarmBound, Math.Min(1, 2 * Math.Exp(-Math.Max(downwards, upwards))));

        // Bets follow the energy beyond the plan, and are at most 0.45.
        var strong = new BoundedTest(Rates, 1e-9, 1);
        strong.StandardErrors.Should().Be(0, "nothing came");
        for (var i = 0; i < 5; i++)
        {
            strong.Add(new Observed(1), new Expected(0.2), 0, 1);
        }

        Same(strong.FalseAlarmBound, Math.Min(1, 2 * Math.Pow(1.45, -5)));
        strong.Add(new Observed(double.NaN), new Expected(0.2), 0, 1);
        Same(strong.StandardErrors, Math.Sqrt(5));
    }

    [Fact]
    public void Symmetry_test_agrees_with_formulas_by_hand()
    {
        var test = new SymmetryTest(Rates, 0.5, 30);
        test.StandardErrors.Should().Be(0, "nothing came");
        test.Effect().Should().BeNull();
        test.Add(new Observed(3), new Expected(1), 0.5);
        test.Add(new Observed(2), new Expected(5), 2);
        test.Add(new Observed(4), new Expected(1), 1, 2);

        // Residuals 4, -1.5 and 3, the last of weight 2; bets by the planned energy 30, reached by none of them before it came.
        var bet = Math.Sqrt(2 * Threshold / 30);
        double[] d = [4, -1.5, 6];
        Same(test.StandardErrors, 8.5 / Math.Sqrt(16 + 2.25 + 36));
        Same(test.FalseAlarmBound, Math.Min(1, 2 * Math.Exp(-d.Sum(value => Math.Log(1 + Math.Tanh(bet * value))))));

        // Beyond the plan the bet shrinks: the second sample comes after an energy of 100.
        var shrinking = new SymmetryTest(Rates, 1e-9, 1);
        shrinking.Add(new Observed(10), new Expected(0), 1);
        shrinking.Add(new Observed(1), new Expected(0), 1);
        Same(shrinking.FalseAlarmBound, Math.Min(1, 2 / (2 * (1 + Math.Tanh(Math.Sqrt(2 * Threshold / 100))))));

        // No sample gains more than ln 2, however far it lies.
        var far = new SymmetryTest(Rates, 1e-9, 1);
        far.Add(new Observed(1e200), new Expected(0), 1);
        Same(far.FalseAlarmBound, 1);
        far.Add(new Observed(double.NaN), new Expected(0), 1);
        far.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void A_tail_corrected_for_skewness_agrees_with_formulas_by_hand()
    {
        const long samples = 10_000;
        var tail = new CorrectedTail(samples, -0.2);
        var correction = (0.2 + (3 * Math.Sqrt(6.0 / samples))) / (3 * Math.Sqrt(samples));
        double Log(double t) => Math.Log(2 * StudentT.CDF(0, 1, samples - 1, -t)) + (correction * t * t * t);

        Same(tail.Bound(3), Math.Exp(Log(3)));
        Same(tail.Bound(3.02), Math.Exp(Log(3.02)));
        tail.Bound(double.NaN).Should().Be(1);
        tail.Bound(0).Should().Be(1);

        // The first of the steps of 0.05 from 1 on whose tail is below the rate.
        var critical = tail.Critical(1e-6);
        Log(critical).Should().BeLessThanOrEqualTo(Math.Log(1e-6));
        Log(critical - 0.05).Should().BeGreaterThan(Math.Log(1e-6));
        ((critical - 1) / 0.05).Should().BeApproximately(Math.Round((critical - 1) / 0.05), 1e-9);

        // With few skewed samples the correction outgrows the tail at some t: beyond, the bound stays at its least.
        var few = new CorrectedTail(30, 2);
        few.Bound(39).Should().Be(few.Bound(30)).And.BeGreaterThan(1e-6);
        few.Critical(1e-9).Should().Be(double.PositiveInfinity);
        tail.Bound(100).Should().Be(tail.Bound(40));
    }

    [Theory]
    [InlineData(1, 0.05, 12.706204736432095)]
    [InlineData(2, 0.05, 4.302652729911275)]
    [InlineData(3, 0.05, 3.182446305284263)]
    [InlineData(1, 1e-6, 636619.7723675814)]
    [InlineData(2, 1e-6, 999.99925)]
    [InlineData(3, 1e-6, 130.1546089)]
    public void Quantiles_of_Student_s_t_agree_with_values_by_hand(int freedom, double rate, double expected)
    {
        var t = StudentQuantile.TwoSided(rate, freedom);

        t.Should().BeApproximately(expected, 1e-6 * expected);
        (2 * StudentT.CDF(0, 1, freedom, -t)).Should().BeApproximately(rate, 1e-6 * rate);
    }

    [Fact]
    public void Distribution_test_agrees_with_formulas_by_hand()
    {
        // Five samples planned, so one look at 1, 2, 3, 5, 10 and 20 of them.
        var test = new DistributionTest(Rates, 1, 5);
        foreach (var value in new[] { 0.9, 0.3, 0.35, 1, 0 })
        {
            test.Add(new Observed(0), new Expected(value));
        }

        // Sorted 0, 0.3, 0.35, 0.9, 1 against steps of 0.2: the largest gap is 0.9 - 0.6, above the third. Half of α is for the look at the plan.
        var measurement = test.Conclude("x");
        var reach = Math.Sqrt(Math.Log(400) / 10);
        Same(measurement.Measured.Value, 0.3);
        Same(measurement.Deviation, 0.3 * 2 * Math.Sqrt(5));
        Same(measurement.Detectable, 0.3 + reach);
        measurement.Effect.Should().Be(new Effect(EffectKind.Distance, measurement.Measured.Value, 0, 1));
        (measurement.Quantity, measurement.Predicted, measurement.Samples, measurement.FalseFailRate, measurement.IsDeterministic)
            .Should()
            .Be(("x", new Expected(0), 5, 0.01, false));
        test.Add(new Observed(double.NaN), new Expected(0.5));
        (test.Conclude("x").Samples, test.Conclude("x").Remark).Should().Be((5, "a sample is not a finite number"));

        // The mirror image: the gap lies below.
        var mirrored = new DistributionTest(Rates, 1, 5);
        foreach (var value in new[] { 0.1, 0.7, 0.65, 0, 1 })
        {
            mirrored.Add(new Observed(0), new Expected(value));
        }

        Same(mirrored.Conclude("x").Measured.Value, 0.3);
        foreach (var wrong in new[] { -0.1, 1.1 })
        {
            var beyond = new DistributionTest(Rates, 1, 5);
            beyond.Add(new Observed(0), new Expected(wrong));
            beyond.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
        }

        // All at one half: D = ½ at each look; a sixteenth of α at an eighth of 160 samples, 2 exp(-2·20/4)·16 = 0.0015.
        var steps = new DistributionTest(Rates, 1e-9, 160);
        for (var i = 0; i < 20; i++)
        {
            steps.Add(new Observed(0), new Expected(0.5));
        }

        Same(steps.FalseAlarmBound, 32 * Math.Exp(-10));
        steps.Conclude("x").Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void Exact_comparison_agrees_with_values_by_hand()
    {
        var comparison = new ExactComparison();
        var empty = comparison.Conclude("x");
        (empty.Quantity, empty.Verdict, empty.Deviation, empty.Samples, empty.Tolerance, empty.IsDeterministic)
            .Should()
            .Be(("x", Verdict.Inconclusive, 0, 0, 0, true));
        comparison.Add(new Observed(2), new Expected(2), 0, "first");
        comparison.Add(new Observed(3), new Expected(2), 2, "second");
        comparison.Add(new Observed(5), new Expected(4), 2, "as bad, later");
        Conclusion().Should().Be(new Measurement("x at second", new Expected(2), new Observed(3), Verdict.Holds) { Deviation = 0.5, Samples = 3 });
        comparison.TypicalTolerance.Should().BeApproximately(2, 1e-12, "equality has no tolerance");
        comparison.Add(new Observed(4), new Expected(2), 2, "at the bound");
        Conclusion().Should().Be(new Measurement("x at at the bound", new Expected(2), new Observed(4), Verdict.Holds) { Deviation = 1, Samples = 4 });
        comparison.Add(new Observed(7), new Expected(4), 2, "beyond");
        comparison.Add(new Observed(70), new Expected(4), 2, "worse, but later");
        Conclusion().Should().Be(new Measurement("x at beyond", new Expected(4), new Observed(7), Verdict.Rejected) { Deviation = 1.5, Samples = 6 });
        comparison.Add(new Observed(4), new Expected(4), 128, "wide");
        comparison.Conclude("x").Tolerance.Should().Be(comparison.TypicalTolerance).And.BeApproximately(4, 1e-12, "of five times 2 and once 128");

        Deviation(new Observed(1e-300), new Expected(0), 0).Should().Be(double.PositiveInfinity, "a tolerance of zero asks for equality");
        Deviation(new Observed(double.NaN), new Expected(0), 1).Should().Be(double.PositiveInfinity);
        Deviation(new Observed(double.PositiveInfinity), new Expected(double.PositiveInfinity), 1).Should().Be(double.PositiveInfinity);
        Deviation(new Observed(0), new Expected(double.NaN), 1).Should().Be(double.PositiveInfinity);

        // A logarithm and its inverse may leave a last digit.
        Measurement Conclusion() => comparison.Conclude("x") with { Tolerance = 0 };

        static double Deviation(Observed observed, Expected expected, double tolerance)
        {
            var one = new ExactComparison();
            one.Add(observed, expected, tolerance, "there");
            return one.Conclude("x").Deviation;
        }
    }

    [Theory]
    [InlineData(0.5, 1, 0.25)]
    [InlineData(1, 1, 0)]
    [InlineData(1.5, 1.5, 0)]
    [InlineData(2, 2, 0)]
    [InlineData(3, 2, 0.5)]
    public void Comparison_between_bounds_agrees_with_values_by_hand(double value, double nearest, double deviation)
    {
        var comparison = new ExactComparison();
        comparison.AddBetween(new Observed(value), new Expected(1), new Expected(2), 2, "there");
        (comparison.Conclude("x") with { Tolerance = 0 })
            .Should()
            .Be(new Measurement("x at there", new Expected(nearest), new Observed(value), Verdict.Holds) { Deviation = deviation, Samples = 1 });
    }

    [Fact]
    public void Intervals_of_proportions_agree_with_formulas_by_hand()
    {
        // Clopper and Pearson: at 0 of n the upper end solves (1 - p)ⁿ = rate/2; at 1 of n the lower one 1 - (1 - p)ⁿ = rate/2.
        var (lower, upper) = new BinomialProportion(0, 20).Interval(0.1);
        lower.Should().Be(0);
        upper.Should().BeApproximately(1 - Math.Pow(0.05, 1.0 / 20), 1e-9);
        (lower, upper) = new BinomialProportion(20, 20).Interval(0.1);
        lower.Should().BeApproximately(Math.Pow(0.05, 1.0 / 20), 1e-9);
        upper.Should().Be(1);
        new BinomialProportion(1, 20).Interval(0.1).Lower.Should().BeApproximately(1 - Math.Pow(0.95, 1.0 / 20), 1e-9);
        new BinomialProportion(19, 20).Interval(0.1).Upper.Should().BeApproximately(Math.Pow(0.95, 1.0 / 20), 1e-9);

        var measurement = new BinomialProportion(15, 16).Conclude("x", Rates);
        (lower, upper) = new BinomialProportion(15, 16).Interval(0.01);
        measurement
            .Should()
            .Be(
                new Measurement("share of mappings: x", new Expected(0.5), new Observed(15.0 / 16), Verdict.Holds)
                {
                    Deviation = 7.0 / 16 * 2 * 4,
                    Samples = 16,
                    FalseFailRate = 0.01,
                    FalseAlarmBound = 1,
                    Detectable = 0.5,
                    Effect = new Effect(EffectKind.Share, 15.0 / 16, lower, upper),
                    Remark = "the claim is a share of more than one half, and the distance is counted from one half",
                }
            );

        // One of 16 is wrong for a share of one half or more with a probability of 17/2¹⁶, twice for both sides.
        new BinomialProportion(1, 16)
            .Conclude("x", Rates)
            .FalseAlarmBound.Should()
            .BeApproximately(2 * 17 / 65536.0, 1e-12);
        var nothing = new BinomialProportion(0, 0).Conclude("x", Rates);
        (nothing.Verdict, nothing.FalseAlarmBound, nothing.Effect).Should().Be((Verdict.Inconclusive, 1, null));
        foreach (var rate in new[] { 0, 1, double.NaN })
        {
            FluentActions
                .Invoking(() => new BinomialProportion(1, 2).Interval(rate))
                .Should()
                .Throw<ArgumentOutOfRangeException>()
                .WithParameterName("falseRate")
                .WithMessage("*expected a rate between 0 and 1*");
        }

        FluentActions.Invoking(() => new BinomialProportion(-1, 2).Interval(0.1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Successes");
        FluentActions.Invoking(() => new BinomialProportion(3, 2).Interval(0.1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Successes");
    }

    [Fact]
    public void Fields_of_a_measured_mean_agree_with_values_by_hand()
    {
        var test = new KnownVarianceTest(Rates, 0.5, 4);
        test.Add(new Observed(2), new Expected(2), 1);
        var one = test.Conclude("x");
        (one.Quantity, one.Predicted, one.Measured, one.Verdict, one.Samples, one.FalseFailRate, one.FalseAlarmBound, one.IsDeterministic)
            .Should()
            .Be(("x", new Expected(2), new Observed(2), Verdict.Inconclusive, 1, 0.01, 1, false));
        Same(one.Detectable, Math.Max(one.Effect!.Upper - 1, 1 - one.Effect.Lower));
        test.Add(new Observed(double.NaN), new Expected(2), 1);
        var invalid = test.Conclude("x");
        (invalid.Verdict, double.IsNaN(invalid.Deviation), invalid.Samples, invalid.Remark)
            .Should()
            .Be((Verdict.Rejected, true, 1, "a sample is not a finite number"));
        FluentActions.Invoking(() => new KnownVarianceTest(Rates, 0, 1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("discrepancy");
        FluentActions.Invoking(() => new DistributionTest(Rates, 0, 1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("discrepancy");
    }

    [Fact]
    public void Effects_are_written_in_words()
    {
        new Effect(EffectKind.Ratio, 1, 0.98171, 1.0111).ToString().Should().Be("0.982 to 1.011 times the prediction");
        new Effect(EffectKind.Difference, 0, -0.05, 0.0125).ToString().Should().Be("-0.0500 to +0.0125 apart");
        new Effect(EffectKind.Correlation, 0, -0.05, 0.0125).ToString().Should().Be("correlation -0.0500 to 0.0125");
        new Effect(EffectKind.Share, 1, 0.83, 1).ToString().Should().Be("83 to 100 % of the mappings");
        new Effect(EffectKind.Distance, 0.01, 0, 0.04).ToString().Should().Be("at most 0.0400 between the distributions");
        Enum.GetValues<EffectKind>().Select(kind => new Effect(kind, 0, 0, 0).Claimed).Should().Equal(1, 0, 0, 0.5, 0);
        FluentActions.Invoking(() => new Effect((EffectKind)9, 0, 0, 0).Claimed).Should().Throw<InvalidOperationException>();
    }

    private static void Same(double now, double expected) => now.Should().BeApproximately(expected, Rounding * Math.Max(1, Math.Abs(expected)));

    /// <summary>The interval of a rare event reaches farther up than down: the number that would decide follows from the farther end.</summary>
    [Theory]
    [InlineData(1.0725, 0.783, 1.522, 5000)]
    [InlineData(0.95, 0.49, 1.2, 5000)]
    public void Samples_that_would_decide_are_more_than_there_were(double estimate, double lower, double upper, long samples)
    {
        var needed = TestOfMean.Needed(new Effect(EffectKind.Ratio, estimate, lower, upper), samples, 0.5)!.Value;

        var (half, room) = (Math.Max(upper - estimate, estimate - lower), 0.5 - Math.Abs(estimate - 1));
        needed.Should().BeGreaterThan(samples).And.Be(Math.Ceiling(samples * half * half / room / room));
        TestOfMean.Needed(new Effect(EffectKind.Ratio, 1.6, 1.2, 2), samples, 0.5).Should().BeNull("an estimate beyond δ does not decide for the claim");
    }
}
