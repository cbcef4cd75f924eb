using FluentAssertions;
using MathNet.Numerics.Distributions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// The exact tests keep their rates where these can be measured, use them up where they are exact, and are not misled by errors within the stated bounds.
/// </summary>
public class ExactTestTests
{
    private const int Runs = 20_000;

    /// <summary>Four and a half standard deviations of a binomial count: one in 10⁵ at a right rate.</summary>
    private const double Deviations = 4.5;

    [Theory]
    [InlineData(3, 0)]
    [InlineData(50, 0)]
    [InlineData(50, 0.02)]
    public void The_variance_test_rejects_at_its_rate(int n, double error)
    {
        var random = new Random(1);
        var bounds = Enumerable
            .Range(0, Runs)
            .Select(_ =>
            {
                var test = new VarianceTest(new ErrorRates(1e-2, 1e-3));
                var squares = Gaussian(random, n).Sum(x => x * x);
                var seen = squares * Math.Pow(1 + error, 2);
                test.Add(n, seen, seen * Math.Pow(error / (1 + error), 2));
                return test.Conclude("", 0.1).FalseAlarmBound;
            });
        AssertRates([.. bounds], isExact: error == 0);
    }

    [Theory]
    [InlineData(5, 1)]
    [InlineData(40, 1)]
    [InlineData(40, 30)]
    public void The_cosine_test_rejects_at_its_rate(int n, int pairs)
    {
        var random = new Random(2);
        var bounds = Enumerable
            .Range(0, Runs)
            .Select(_ =>
            {
                var test = new CosineTest(new ErrorRates(1e-2, 1e-3), pairs);

                // One vector is anything, and all pairs share it.
                double[] one = [.. Enumerable.Range(0, n).Select(i => i == 0 ? 5.0 : random.NextDouble())];
                for (var pair = 0; pair < pairs; pair++)
                {
                    var other = Gaussian(random, n);
                    test.Add(Cosine.FromSums(Dot(one, other), (Dot(one, one), Dot(other, other)), (0, 0), n), () => "");
                }

                return test.Conclude("", 0.9).FalseAlarmBound;
            });
        AssertRates([.. bounds], isExact: pairs == 1);
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(300, 0)]
    [InlineData(300, 0.05)]
    public void The_distribution_test_rejects_at_its_rate(int n, double error)
    {
        var random = new Random(3);
        var bounds = Enumerable
            .Range(0, Runs / 4)
            .Select(_ =>
            {
                var test = new BlurredDistributionTest(new ErrorRates(1e-2, 1e-3));
                foreach (var value in Gaussian(random, n))
                {
                    test.Add(new Observed(value + error), error);
                }

                return test.Conclude("", 0.9).FalseAlarmBound;
            });
        AssertRates([.. bounds], isExact: false);
    }

    [Fact]
    public void A_few_large_errors_blur_a_distribution_by_their_share()
    {
        var test = new BlurredDistributionTest(new ErrorRates(1e-6, 1e-3));
        for (var i = 0; i < 1000; i++)
        {
            test.Add(new Observed(i < 10 ? 100 : Normal.InvCDF(0, 1, (i + 0.5) / 1000)), i < 10 ? 1000 : 1e-9);
        }

        var effect = test.Conclude("", 0.9).Effect!;
        (effect.Upper - effect.Estimate).Should().BeApproximately(0.01 + Math.Sqrt(Math.Log(2e6) / 2000), 1e-6);
    }

    [Theory]
    [InlineData(0.0, 30)]
    [InlineData(0.5, 30)]
    [InlineData(-0.9, 30)]
    [InlineData(0.3, 300)]
    public void The_interval_of_a_correlation_covers_it(double correlation, int n)
    {
        var random = new Random(4);
        var missed = 0;
        for (var run = 0; run < Runs; run++)
        {
            var one = Gaussian(random, n);
            double[] other = [.. one.Zip(Gaussian(random, n), (a, g) => (correlation * a) + (Math.Sqrt(1 - (correlation * correlation)) * g))];
            var (lower, upper) = Cosine.FromSums(Dot(one, other), (Dot(one, one), Dot(other, other)), (0, 0), n).Interval(0.01);
            missed += lower <= correlation && correlation <= upper ? 0 : 1;
        }

        ((double)missed / Runs).Should().BeLessThanOrEqualTo(0.01);
    }

    [Fact]
    public void Errors_turn_vectors_by_no_more_than_the_stated_angle()
    {
        var random = new Random(5);
        for (var run = 0; run < 1000; run++)
        {
            var (one, other) = (Gaussian(random, 4), Gaussian(random, 4));
            var (e, f) = (Gaussian(random, 4), Gaussian(random, 4));
            double[] seen = [.. one.Zip(e, (x, y) => x + (0.1 * y))];
            double[] alsoSeen = [.. other.Zip(f, (x, y) => x + (0.1 * y))];
            var truth = Dot(one, other) / Math.Sqrt(Dot(one, one) * Dot(other, other));

            var cosine = Cosine.FromSums(Dot(seen, alsoSeen), (Dot(seen, seen), Dot(alsoSeen, alsoSeen)), (0.01 * Dot(e, e), 0.01 * Dot(f, f)), 4);

            Math.Abs(cosine.Value - truth).Should().BeLessThanOrEqualTo(cosine.Error);
        }
    }

    [Fact]
    public void Tails_of_two_degrees_of_freedom_are_exponentials()
    {
        foreach (var x in new[] { 1e-6, 0.5, 3, 40 })
        {
            ChiSquareTail.Above(x, 2).Should().BeApproximately(Math.Exp(-x / 2), 1e-12 * Math.Exp(-x / 2) + 1e-15);
            ChiSquareTail.Below(x, 2).Should().BeApproximately(-Math.Exp(-x / 2) + 1, 1e-12);
        }

        (ChiSquareTail.Below(0, 2), ChiSquareTail.Above(0, 2), ChiSquareTail.Above(double.PositiveInfinity, 2)).Should().Be((0, 1, 0));
    }

    [Theory]
    [InlineData(1, 1e-3)]
    [InlineData(20, 1e-9)]
    [InlineData(900_000, 1e-10)]
    public void Quantiles_of_chi_square_are_the_inverse_of_its_tails(int freedom, double probability)
    {
        var (lower, upper) = (ChiSquareTail.Lower(probability, freedom), ChiSquareTail.Upper(probability, freedom));
        ChiSquareTail.Below(lower, freedom).Should().BeApproximately(probability, 1e-5 * probability);
        ChiSquareTail.Above(upper, freedom).Should().BeApproximately(probability, 1e-5 * probability);

        // Wilson and Hilferty's cube root is normal to a few parts in a thousand of its deviations.
        if (freedom >= 1000)
        {
            var z = Normal.InvCDF(0, 1, probability);
            var third = 2 / (9.0 * freedom);
            lower.Should().BeApproximately(freedom * Math.Pow(1 - third + (z * Math.Sqrt(third)), 3), 0.01 * Math.Sqrt(2 * freedom));
            upper.Should().BeApproximately(freedom * Math.Pow(1 - third - (z * Math.Sqrt(third)), 3), 0.01 * Math.Sqrt(2 * freedom));
        }
    }

    [Fact]
    public void The_tail_of_a_cosine_is_that_of_its_law()
    {
        // On a sphere in three dimensions each coordinate is uniform.
        CosineTail.Probability(0.25, 3).Should().BeApproximately(0.75, 1e-12);
        CosineTail.Probability(-1, 3).Should().Be(0);
        CosineTail.Probability(0, 3).Should().Be(1);
        CosineTail.Probability(0.9, 2).Should().Be(1, "the bound is a theorem from three dimensions on");

        // In many dimensions √n times a coordinate is normal.
        foreach (var z in new[] { 1.0, 3, 6.5 })
        {
            CosineTail.Probability(z / Math.Sqrt(900_000), 900_000).Should().BeApproximately(2 * Normal.CDF(0, 1, -z), 0.002 * Normal.CDF(0, 1, -z));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(64)]
    [InlineData(331_776)]
    public void The_bound_of_a_cosine_is_above_its_tail_and_is_inverted(long dimensions)
    {
        foreach (var probability in new[] { 0.5, 1e-3, 1e-9, 1e-14 })
        {
            var critical = CosineTail.Critical(probability, dimensions);

            // In three dimensions the square of the cosine is one but for 1e-14, of which a double keeps two digits.
            Math.Exp(CosineTail.LogBound(critical, dimensions)).Should().BeApproximately(probability, 0.02 * probability);
            CosineTail.Probability(critical, dimensions).Should().BeLessThanOrEqualTo(probability * 1.02).And.BeGreaterThan(probability / 30);
        }
    }

    [Fact]
    public void Tests_without_samples_are_inconclusive_and_reject_numbers_that_are_not_finite()
    {
        var rates = new ErrorRates(1e-6, 1e-3);
        new VarianceTest(rates).Conclude("", 0.1).Verdict.Should().Be(Verdict.Inconclusive);
        new BlurredDistributionTest(rates).Conclude("", 0.1).Verdict.Should().Be(Verdict.Inconclusive);
        new CosineTest(rates, 1).Conclude("", 0.1).Verdict.Should().Be(Verdict.Inconclusive);

        var (variance, distribution, cosine) = (new VarianceTest(rates), new BlurredDistributionTest(rates), new CosineTest(rates, 1));
        variance.Add(3, double.NaN, 0);
        distribution.Add(new Observed(double.NaN), 0);
        cosine.Add(Cosine.FromSums(double.NaN, (1, 1), (0, 0), 10), () => "");
        variance.Conclude("", 0.1).Verdict.Should().Be(Verdict.Rejected);
        distribution.Conclude("", 0.1).Verdict.Should().Be(Verdict.Rejected);
        cosine.Conclude("", 0.1).Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void Errors_as_large_as_the_numbers_are_inconclusive()
    {
        var rates = new ErrorRates(1e-6, 1e-3);
        var (variance, distribution, cosine) = (new VarianceTest(rates), new BlurredDistributionTest(rates), new CosineTest(rates, 1));
        variance.Add(1_000_000, 1_000_000, 1_000_000);
        cosine.Add(Cosine.FromSums(0, (1e6, 1e6), (1e6, 1e6), 1_000_000), () => "");
        for (var i = 0; i < 100_000; i++)
        {
            distribution.Add(new Observed(Normal.InvCDF(0, 1, (i + 0.5) / 100_000)), 1);
        }

        variance.Conclude("", 0.1).Verdict.Should().Be(Verdict.Inconclusive);
        distribution.Conclude("", 0.1).Verdict.Should().Be(Verdict.Inconclusive);
        cosine.Conclude("", 0.1).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private static void AssertRates(double[] bounds, bool isExact)
    {
        foreach (var rate in new[] { 1e-2, 1e-3 })
        {
            var (count, mean) = (bounds.Count(bound => bound <= rate), bounds.Length * rate);
            ((double)count).Should().BeLessThanOrEqualTo(mean + (Deviations * Math.Sqrt(mean)), $"α = {rate}");
            if (isExact)
            {
                ((double)count).Should().BeGreaterThanOrEqualTo(mean - (Deviations * Math.Sqrt(mean)), $"α = {rate} is used up");
            }
        }
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private static double[] Gaussian(Random random, int n)
    {
        var values = new double[n];
        for (var i = 0; i < n; i++)
        {
            values[i] = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        }

        return values;
    }
}
