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
    public void Error_rates()
    {
        Same(Rates.Threshold, Threshold);
        Same(Rates.PowerMargin, Margin);
        Rates.SharedBy(4).Should().Be(new ErrorRates(0.0025, 0.1));
        Same(KnownVarianceTest.CriticalValue(Rates), Math.Sqrt(2 * Threshold));
        KnownVarianceTest.SamplesFor(Rates, 3, 0.5).Should().Be((long)Math.Ceiling(Math.Pow((Math.Sqrt(2 * Threshold) + Margin) * 6, 2)));
        DistributionTest.SamplesFor(Rates, 0.2).Should().Be((long)Math.Ceiling(Math.Pow((Math.Sqrt(Threshold / 2) + (Margin / 2)) / 0.2, 2)));
        Suite.RatesOf(Scale.Quick).Should().Be(new ErrorRates(1e-6 / Suite.Checks.Length, 1e-3));
        Suite.RatesOf(Scale.Full).Should().Be(new ErrorRates(1e-6 / Suite.Checks.Length, 1e-9));
    }

    [Fact]
    public void Known_variance()
    {
        var test = new KnownVarianceTest(Rates, 8);
        test.Add(new Observed(3), new Expected(2), 4);
        test.Add(new Observed(1), new Expected(3), 16);
        test.Add(new Observed(5), new Expected(2), 1);

        // x = ½, -½, 3; influence ψ(λx) = ±ln(1 + |λx| + (λx)²/2).
        var bet = Math.Sqrt(2 * Threshold / 8);
        double[] x = [0.5, -0.5, 3];
        double Influence(double y) => Math.Sign(y) * Math.Log(1 + Math.Abs(y) + (y * y / 2));
        var (sum, price) = (x.Sum(value => Influence(bet * value)), 3 * bet * bet / 2);
        Same(test.StandardErrors, 3 / Math.Sqrt(3));
        Same(test.FalseAlarmBound, Math.Min(1, 2 * Math.Exp(-(sum - price))));
        Same(test.Detectable, (Math.Sqrt(2 * Threshold) + Margin) * Math.Sqrt(3) / ((2.0 / 2) + (3.0 / 4) + (2.0 / 1)));
        test.MeanObserved.Should().Be(new Observed(3));
        Same(test.MeanExpected.Value, 7.0 / 3);

        var mirrored = new KnownVarianceTest(Rates, 2);
        mirrored.Add(new Observed(-20), new Expected(-2), 4);
        var strong = Math.Sqrt(Threshold);
        Same(mirrored.FalseAlarmBound, Math.Min(1, 2 * Math.Exp((strong * strong / 2) - Math.Log(1 + (9 * strong) + (81 * strong * strong / 2)))));
        Same(mirrored.StandardErrors, -9);
        mirrored.Add(new Observed(-2), new Expected(double.NaN), 4);
        mirrored.Samples.Should().Be(1, "what is not finite is not counted");
        Same(mirrored.StandardErrors, -9);
    }

    [Fact]
    public void Bounded()
    {
        var test = new BoundedTest(Rates, 100);
        test.Add(new Observed(0.9), new Expected(0.5), 0.1, 1.5);
        test.Add(new Observed(-3), new Expected(0.5), 0.1, 0.6);
        test.Add(new Observed(0.3), new Expected(-0.5), -1, 1.5);

        // Ranges 1, 0.4 and 2; residuals 0.4, -8.75 clamped to -1, and 0.4.
        var bet = Math.Sqrt(2 * Threshold / 100);
        var (price, energy, sum) = (-Math.Log(1 - bet) - bet, (2 * 0.16) + 1, -0.2);
        Same(test.StandardErrors, sum / Math.Sqrt(energy));
        Same(test.FalseAlarmBound, Math.Min(1, 2 * Math.Exp((price * energy) - (bet * 0.2))));
        Same(test.Detectable, (((Threshold + (price * energy)) / bet) + (Margin * Math.Sqrt(energy))) / (0.5 + 1.25 + 0.25));

        var strong = new BoundedTest(Rates, 1);
        strong.StandardErrors.Should().Be(0, "nothing came");
        for (var i = 0; i < 20; i++)
        {
            strong.Add(new Observed(1), new Expected(0.2), 0, 1);
        }

        // The bet is at most ½.
        Same(strong.FalseAlarmBound, 2 * Math.Exp((20 * (Math.Log(2) - 0.5)) - 10));
        strong.Add(new Observed(double.PositiveInfinity), new Expected(0.2), 0, 1);
        Same(strong.StandardErrors, Math.Sqrt(20));
    }

    [Fact]
    public void Symmetry()
    {
        var test = new SymmetryTest(Rates, 30);
        test.StandardErrors.Should().Be(0, "nothing came");
        test.Detectable.Should().Be(double.PositiveInfinity);
        test.Add(new Observed(3), new Expected(1), 0.5);
        test.Add(new Observed(2), new Expected(5), 2);
        test.Add(new Observed(4), new Expected(1), 1);

        // Residuals 4, -1.5 and 3 with V = 27.25 and ρ² = 30/(2 ln 200).
        var (sum, energy, prior) = (5.5, 27.25, 30 / (2 * Threshold));
        var mixture = 0.5 * Math.Log((energy + prior) / prior);
        Same(test.StandardErrors, sum / Math.Sqrt(energy));
        Same(test.FalseAlarmBound, Math.Min(1, Math.Exp(mixture - (sum * sum / (2 * (energy + prior))))));
        Same(test.Detectable, (Math.Sqrt(2 * (energy + prior) * (Math.Log(100) + mixture)) + (Margin * Math.Sqrt(energy))) / 3);

        var strong = new SymmetryTest(Rates, 30);
        for (var i = 0; i < 50; i++)
        {
            strong.Add(new Observed(1), new Expected(0), 1);
        }

        Same(strong.FalseAlarmBound, Math.Exp((0.5 * Math.Log((50 + prior) / prior)) - (2500 / (2 * (50 + prior)))));
        strong.Add(new Observed(double.NaN), new Expected(0), 1);
        Same(strong.StandardErrors, Math.Sqrt(50));
    }

    [Fact]
    public void Student()
    {
        var test = new StudentTest(Rates);
        (test.FalseAlarmBound, test.Detectable, double.IsNaN(test.StandardErrors)).Should().Be((1, double.PositiveInfinity, true));
        test.Add(new Observed(3), new Expected(1), 2);
        (test.FalseAlarmBound, test.Detectable, double.IsNaN(test.StandardErrors)).Should().Be((1, double.PositiveInfinity, true), "one sample has no spread");
        test.Add(new Observed(5), new Expected(1), 2);
        Same(test.StandardErrors, 1.5 / 0.5);
        foreach (var value in new[] { 2, 4, 1, 9, 3, 7 })
        {
            test.Add(new Observed(value), new Expected(1), 2);
        }

        double[] residuals = [1, 2, 0.5, 1.5, 0, 4, 1, 3];
        var mean = residuals.Average();
        var (second, third) = (residuals.Average(value => Math.Pow(value - mean, 2)), residuals.Average(value => Math.Pow(value - mean, 3)));
        var error = Math.Sqrt(second * 8 / 7 / 8);
        var tail = new CorrectedTail(8, third / Math.Pow(second, 1.5));
        Same(test.StandardErrors, mean / error);
        Same(test.FalseAlarmBound, tail.Of(mean / error));
        Same(test.Detectable, (tail.Critical(0.01) + Margin) * error);
    }

    [Fact]
    public void A_tail_corrected_for_skewness()
    {
        const long samples = 10_000;
        var tail = new CorrectedTail(samples, -0.2);
        var correction = (0.2 + (3 * Math.Sqrt(6.0 / samples))) / (3 * Math.Sqrt(samples));
        double Log(double t) => Math.Log(2 * StudentT.CDF(0, 1, samples - 1, -t)) + (correction * t * t * t);

        Same(tail.Of(3), Math.Exp(Log(3)));
        Same(tail.Of(3.02), Math.Exp(Log(3.02)));
        tail.Of(double.NaN).Should().Be(1);
        tail.Of(0).Should().Be(1);

        // The first of the steps of 0.05 from 1 on whose tail is below the rate.
        var critical = tail.Critical(1e-6);
        Log(critical).Should().BeLessThanOrEqualTo(Math.Log(1e-6));
        Log(critical - 0.05).Should().BeGreaterThan(Math.Log(1e-6));
        ((critical - 1) / 0.05).Should().BeApproximately(Math.Round((critical - 1) / 0.05), 1e-9);

        // With few skewed samples the correction outgrows the tail at some t: beyond, the bound stays at its least.
        var few = new CorrectedTail(30, 2);
        few.Of(39).Should().Be(few.Of(30)).And.BeGreaterThan(1e-6);
        few.Critical(1e-9).Should().Be(double.PositiveInfinity);
        tail.Of(100).Should().Be(tail.Of(40));
    }

    [Theory]
    [InlineData(1, 0.05, 12.706204736432095)]
    [InlineData(2, 0.05, 4.302652729911275)]
    [InlineData(3, 0.05, 3.182446305284263)]
    [InlineData(1, 1e-6, 636619.7723675814)]
    [InlineData(2, 1e-6, 999.99925)]
    [InlineData(3, 1e-6, 130.1546089)]
    public void Quantiles_of_Student_s_t(int freedom, double rate, double expected)
    {
        var t = StudentQuantile.TwoSided(rate, freedom);

        t.Should().BeApproximately(expected, 1e-6 * expected);
        (2 * StudentT.CDF(0, 1, freedom, -t)).Should().BeApproximately(rate, 1e-6 * rate);
    }

    [Fact]
    public void Distribution()
    {
        var test = new DistributionTest(Rates);
        foreach (var value in new[] { 0.9, 0.3, 0.35, 1, 0 })
        {
            test.Add(new Observed(0), new Expected(value));
        }

        // Sorted 0, 0.3, 0.35, 0.9, 1 against steps of 0.2: the largest gap is 0.9 - 0.6, above the third.
        var measurement = test.Conclude("x", 1);
        Same(measurement.Measured.Value, 0.3);
        Same(measurement.Deviation, 0.3 * 2 * Math.Sqrt(5));
        Same(measurement.Detectable, (Math.Sqrt(Threshold / 2) + (Margin / 2)) / Math.Sqrt(5));
        (measurement.Quantity, measurement.Predicted, measurement.Samples, measurement.FalseFailRate, measurement.Remark, measurement.IsDeterministic).Should().Be(("x", new Expected(0), 5, 0.01, null, false));
        test.Add(new Observed(double.NaN), new Expected(0.5));
        test.Conclude("x", 1).Samples.Should().Be(5);

        // The mirror image: the gap lies below.
        var mirrored = new DistributionTest(Rates);
        foreach (var value in new[] { 0.1, 0.7, 0.65, 0, 1 })
        {
            mirrored.Add(new Observed(0), new Expected(value));
        }

        Same(mirrored.Conclude("x", 1).Measured.Value, 0.3);
        test.Conclude("x", 1).Remark.Should().Be("a sample is not a finite number");
        new DistributionTest(Rates).Conclude("x", 1).Detectable.Should().Be(double.PositiveInfinity);
        foreach (var wrong in new[] { -0.1, 1.1 })
        {
            var beyond = new DistributionTest(Rates);
            beyond.Add(new Observed(0), new Expected(wrong));
            beyond.Conclude("x", 1).Verdict.Should().Be(Verdict.Rejected);
        }

        var (steps, enough) = (new DistributionTest(Rates), (Threshold / 2 / 0.25) + 0.01);
        for (var i = 0; i < enough; i++)
        {
            steps.Add(new Observed(0), new Expected(0.5));
        }

        steps.Conclude("x", 1).Verdict.Should().Be(Verdict.Rejected, "2 exp(-2n/4) is just below α");
    }

    [Fact]
    public void Ladder()
    {
        var ladder = new Extrapolation(Rates);
        double[][] rungs = [[1, 2, 4, 9], [3, 5, 4], [2, 2.5, 3, 4, 8]];
        for (var rung = 0; rung < 3; rung++)
        {
            foreach (var value in rungs[rung])
            {
                ladder.Add(rung, new Observed(value), new Expected(1));
            }
        }

        double[] weights = [1.0 / 3, -2, 8.0 / 3];
        var estimate = rungs.Select((rung, i) => weights[i] * (rung.Average() - 1)).Sum();
        double Variance(double[] rung) => rung.Sum(value => Math.Pow(value - rung.Average(), 2)) / (rung.Length - 1);
        double[] variances = [.. rungs.Select((rung, i) => weights[i] * weights[i] * Variance(rung) / rung.Length)];
        var error = Math.Sqrt(variances.Sum());
        var freedom = Math.Pow(variances.Sum(), 2) / variances.Select((variance, i) => variance * variance / (rungs[i].Length - 1)).Sum();
        var skewness = rungs.Select((rung, i) => Math.Pow(Math.Abs(weights[i]) * Math.Sqrt(Variance(rung)), 3) / Math.Pow(rung.Length, 2) * (Math.Abs(MathNet.Numerics.Statistics.Statistics.Skewness(rung)) + (3 * Math.Sqrt(6.0 / rung.Length)))).Sum() / Math.Pow(error, 3);

        var measurement = ladder.Conclude("x", 1);
        Same(measurement.Measured.Value, 1 + estimate);
        Same(measurement.Deviation, estimate / error);
        (measurement.Quantity, measurement.Predicted, measurement.Samples, measurement.FalseFailRate, measurement.Remark).Should().Be(("x", new Expected(1), 12, 0.01, null));
        measurement.Detectable.Should().Be(double.PositiveInfinity, "so few samples of such skewness {0} and {1} degrees of freedom decide nothing", skewness, freedom);

        ladder.Add(1, new Observed(double.NaN), new Expected(1));
        var invalid = ladder.Conclude("x", 1);
        (invalid.Verdict, invalid.Samples, invalid.Remark, invalid.Detectable).Should().Be((Verdict.Rejected, 12, "a sample is not a finite number", double.PositiveInfinity));
        var short1 = new Extrapolation(Rates);
        short1.Add(0, new Observed(1), new Expected(1));
        var few = short1.Conclude("x", 1);
        (few.Verdict, few.Samples, few.Remark, few.FalseFailRate).Should().Be((Verdict.Inconclusive, 1, "too few samples", 0.01));
    }

    [Theory]
    [InlineData(2000, 0.01)]
    [InlineData(200, 0.01)]
    [InlineData(200, 0.1)]
    [InlineData(40, 0.2)]
    [InlineData(20, 0.3)]
    public void Ladder_of_samples_that_decide(int count, double rate)
    {
        // Symmetric samples ±s: no skewness but its margin; Welch's degrees of freedom. Half of the samples are of one sign. From so many that both are
        // nearly nothing to as few as still decide at some rate, where they move the critical value by steps of its grid.
        var rates = new ErrorRates(rate, 0.1);
        var ladder = new Extrapolation(rates);
        double[] spread = [1, 0.5, 0.2], weights = [1.0 / 3, -2, 8.0 / 3];
        for (var i = 0; i < 3 * count; i++)
        {
            ladder.Add(i % 3, new Observed(i / 3 % 2 == 0 ? spread[i % 3] : -spread[i % 3]), new Expected(0));
        }

        double[] variances = [.. spread.Select((s, i) => weights[i] * weights[i] * s * s / (count - 1))];
        var error = Math.Sqrt(variances.Sum());
        var freedom = (count - 1) * Math.Pow(variances.Sum(), 2) / variances.Sum(variance => variance * variance);
        var deviations = spread.Select((s, i) => Math.Pow(Math.Abs(weights[i]) * s * Math.Sqrt(count / (count - 1.0)), 3)).Sum();
        var skewness = deviations / Math.Pow(count, 2) * 3 * Math.Sqrt(6.0 / count) / Math.Pow(error, 3);
        var critical = Enumerable.Range(20, 780).Select(step => 0.05 * step).First(t => Math.Log(2 * StudentT.CDF(0, 1, freedom, -t)) + (skewness * t * t * t / 3) <= Math.Log(rate));

        var measurement = ladder.Conclude("x", 1e9);
        measurement.Detectable.Should().BeApproximately((critical + Margin) * error, 1e-9, "critical values lie on a grid of 0.05");
        measurement.Verdict.Should().Be(Verdict.Holds);
        ladder.Conclude("x", 0.9 * measurement.Detectable).Verdict.Should().Be(Verdict.Inconclusive);
        ladder.Conclude("x", measurement.Detectable).Verdict.Should().Be(Verdict.Holds);
    }

    [Fact]
    public void A_ladder_needs_three_samples_on_each_rung()
    {
        var ladder = new Extrapolation(Rates);
        for (var i = 0; i < 8; i++)
        {
            ladder.Add(i % 3, new Observed(i), new Expected(1));
        }

        ladder.Conclude("x", 1).Remark.Should().Be("too few samples", "the last rung has two");
        ladder.Add(2, new Observed(5), new Expected(1));
        ladder.Conclude("x", 1).Remark.Should().BeNull();
    }

    [Fact]
    public void Student_s_test_of_samples_that_decide()
    {
        // ±1 about 0.5, in units of 4: deviation √(n/(n-1))/4, no skewness; so many that its margin leaves a critical value.
        const int count = 400;
        var (test, still) = (new StudentTest(Rates), new StudentTest(Rates));
        for (var i = 0; i < count; i++)
        {
            test.Add(new Observed((i % 2 == 0 ? 1 : -1) + 2.5), new Expected(2), 4);
            still.Add(new Observed(3), new Expected(3));
        }

        var error = Math.Sqrt(count / (count - 1.0)) / 4 / Math.Sqrt(count);
        var critical = new CorrectedTail(count, 0).Critical(0.01);
        critical.Should().BeInRange(2.5, 3.5, "Student's is 2.6");
        Same(test.Detectable, (critical + Margin) * error);
        Same(test.StandardErrors, 0.125 / error);
        test.Conclude("x", 1).Verdict.Should().Be(Verdict.Rejected);

        // Samples that never differ from what they should be: nothing to see, and anything would have been.
        (still.Detectable, still.Conclude("x", 1e-9).Verdict).Should().Be((0, Verdict.Holds));
    }

    [Fact]
    public void Exact()
    {
        var comparison = new ExactComparison();
        var empty = comparison.Conclude("x");
        (empty.Quantity, empty.Verdict, empty.Deviation, empty.Samples, empty.Tolerance, empty.IsDeterministic).Should().Be(("x", Verdict.Inconclusive, 0, 0, 0, true));
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
    public void Between_bounds(double value, double nearest, double deviation)
    {
        var comparison = new ExactComparison();
        comparison.AddBetween(new Observed(value), new Expected(1), new Expected(2), 2, "there");
        (comparison.Conclude("x") with { Tolerance = 0 }).Should().Be(new Measurement("x at there", new Expected(nearest), new Observed(value), Verdict.Holds) { Deviation = deviation, Samples = 1 });
    }

    [Fact]
    public void Proportions()
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
        measurement.Should().Be(new Measurement("share of mappings: x", new Expected(0.5), new Observed(15.0 / 16), Verdict.Holds)
        {
            Deviation = 7.0 / 16 * 2 * 4,
            Samples = 16,
            FalseFailRate = 0.01,
            FalseAlarmBound = 1,
            Detectable = 0.5,
            Effect = new Effect(EffectKind.Share, 15.0 / 16, lower, upper),
            Remark = "the claim is a share of more than one half, and the distance is counted from one half",
        });

        // One of 16 is wrong for a share of one half or more with a probability of 17/2¹⁶, twice for both sides.
        new BinomialProportion(1, 16).Conclude("x", Rates).FalseAlarmBound.Should().BeApproximately(2 * 17 / 65536.0, 1e-12);
        var nothing = new BinomialProportion(0, 0).Conclude("x", Rates);
        (nothing.Verdict, nothing.FalseAlarmBound, nothing.Effect).Should().Be((Verdict.Inconclusive, 1, null));
        foreach (var rate in new[] { 0, 1, double.NaN })
        {
            FluentActions.Invoking(() => new BinomialProportion(1, 2).Interval(rate)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("falseRate").WithMessage("*expected a rate between 0 and 1*");
        }

        FluentActions.Invoking(() => new BinomialProportion(-1, 2).Interval(0.1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Successes");
        FluentActions.Invoking(() => new BinomialProportion(3, 2).Interval(0.1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("Successes");
    }

    [Fact]
    public void What_a_mean_says_of_itself()
    {
        var test = new KnownVarianceTest(Rates, 4);
        var nothing = test.Conclude("x", 1);
        (nothing.Verdict, nothing.Detectable, double.IsNaN(nothing.Deviation), double.IsNaN(nothing.Measured.Value), double.IsNaN(nothing.Predicted.Value)).Should().Be((Verdict.Inconclusive, double.PositiveInfinity, true, true, true));
        test.Add(new Observed(2), new Expected(2), 1);
        var one = test.Conclude("x", test.Detectable);
        one.Should().Be(new Measurement("x", new Expected(2), new Observed(2), Verdict.Holds) { Samples = 1, FalseFailRate = 0.01, Detectable = test.Detectable });
        test.Conclude("x", 0.99 * test.Detectable).Verdict.Should().Be(Verdict.Inconclusive);
        test.Add(new Observed(double.NaN), new Expected(2), 1);
        var invalid = test.Conclude("x", 1e9);
        (invalid.Verdict, double.IsNaN(invalid.Deviation), invalid.Samples, invalid.Remark).Should().Be((Verdict.Rejected, true, 1, "a sample is not a finite number"));
        FluentActions.Invoking(() => test.Conclude("x", 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("discrepancy");
        FluentActions.Invoking(() => new Extrapolation(Rates).Conclude("x", 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("discrepancy");
        FluentActions.Invoking(() => new DistributionTest(Rates).Conclude("x", 0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("discrepancy");
    }

    private static void Same(double now, double expected) => now.Should().BeApproximately(expected, Rounding * Math.Max(1, Math.Abs(expected)));
}
