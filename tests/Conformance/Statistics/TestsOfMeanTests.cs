using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Each statistical tool: right where it should be, red at its discrepancy, and never green on nothing.</summary>
public class TestsOfMeanTests
{
    private const double Discrepancy = 0.1;
    private static readonly ErrorRates Strict = new(1e-9, 1e-3);

    /// <summary>Samples of mean 1 + shift with heavy or skewed tails, as each tool allows them, and enough of them.</summary>
    public static TheoryData<string> Tools => ["known variance", "symmetry", "bounded", "student"];

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_true_mean_holds(string tool)
    {
        var measurement = Run(tool, Strict, Samples(tool), 0, 1).Conclude("x", Discrepancy);

        measurement.Verdict.Should().Be(Verdict.Holds);
        measurement.Samples.Should().Be(Samples(tool));
        measurement.Measured.Value.Should().BeApproximately(measurement.Predicted.Value, Discrepancy);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void A_mean_wrong_by_the_discrepancy_is_rejected_upwards_and_downwards(string tool)
    {
        foreach (var shift in new[] { Discrepancy, -Discrepancy })
        {
            // β = 1e-3: of 60 runs at most a few may pass; one in fifteen would be far beyond chance.
            var rejected = Enumerable.Range(0, 60).Count(seed => Run(tool, Strict, Samples(tool), shift, seed).Conclude("x", Discrepancy).Verdict == Verdict.Rejected);
            rejected.Should().BeGreaterThanOrEqualTo(57);
        }
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void False_alarms_stay_below_their_rate(string tool)
    {
        // At α = 5 %, of 2000 runs 100 ± 10 may alarm; 140 would be four standard deviations too many.
        var rates = new ErrorRates(0.05, 0.1);
        Enumerable.Range(0, 2000).Count(seed => Run(tool, rates, 200, 0, seed).FalseAlarmBound <= rates.FalseFail).Should().BeLessThan(140);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void Few_samples_are_inconclusive_and_none_too(string tool)
    {
        Run(tool, Strict, 20, 0, 1).Conclude("x", Discrepancy).Verdict.Should().Be(Verdict.Inconclusive);
        var nothing = Run(tool, Strict, 0, 0, 1).Conclude("x", Discrepancy);
        nothing.Verdict.Should().Be(Verdict.Inconclusive);
        nothing.Samples.Should().Be(0);
    }

    [Theory]
    [MemberData(nameof(Tools))]
    public void What_is_not_finite_is_rejected_and_said(string tool)
    {
        foreach (var number in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
        {
            var test = Run(tool, Strict, Samples(tool), 0, 1);
            Add(test, new Observed(number));
            var measurement = test.Conclude("x", Discrepancy);
            measurement.Verdict.Should().Be(Verdict.Rejected);
            measurement.Remark.Should().Be("a sample is not a finite number");
        }
    }

    [Fact]
    public void No_tool_can_compare_two_observations_or_two_expectations()
    {
        // By type: what came is an Observed, what must come an Expected, and neither converts into the other.
        foreach (var tool in new[] { typeof(KnownVarianceTest), typeof(SymmetryTest), typeof(BoundedTest), typeof(StudentTest), typeof(DistributionTest), typeof(ExactComparison), typeof(Extrapolation) })
        {
            foreach (var method in tool.GetMethods().Where(method => method.Name.StartsWith("Add", StringComparison.Ordinal)))
            {
                var types = method.GetParameters().Select(parameter => parameter.ParameterType).ToArray();
                types.Count(type => type == typeof(Observed)).Should().Be(1, $"{tool.Name}.{method.Name}");
                types.Count(type => type == typeof(Expected)).Should().BeGreaterThanOrEqualTo(1, $"{tool.Name}.{method.Name}");
            }
        }

        typeof(Observed).GetMethods().Concat(typeof(Expected).GetMethods()).Should().NotContain(method => method.Name == "op_Implicit" || method.Name == "op_Explicit");
    }

    [Fact]
    public void Sample_sizes_follow_from_rates_and_discrepancy()
    {
        var quarter = KnownVarianceTest.SamplesFor(Strict, 0.25, 0.1);
        KnownVarianceTest.SamplesFor(Strict, 0.5, 0.1).Should().BeInRange((4 * quarter) - 4, 4 * quarter, "samples go as the square of the deviation, rounded up");
        KnownVarianceTest.SamplesFor(Strict, 0.5, 0.1).Should().BeLessThan(KnownVarianceTest.SamplesFor(Strict with { FalsePass = 1e-9 }, 0.5, 0.1));
        KnownVarianceTest.CriticalValue(Strict).Should().BeApproximately(Math.Sqrt(2 * Math.Log(2e9)), 1e-12);
    }

    [Fact]
    public void A_skewed_statistic_is_not_given_a_Gaussian_tail()
    {
        // Twenty-five draws of a lognormal: Student alone would reject at 1e-9 for some samples; the corrected tail never claims to.
        var test = new StudentTest(new ErrorRates(1e-9, 1e-3));
        var random = new Random(3);
        for (var i = 0; i < 25; i++)
        {
            test.Add(new Observed(Math.Exp(2 * Normal(random))), new Expected(Math.Exp(2)));
        }

        test.Detectable.Should().Be(double.PositiveInfinity);
        test.Conclude("x", 1e9).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private static int Samples(string tool) => tool switch
    {
        "known variance" => (int)KnownVarianceTest.SamplesFor(Strict, 1.32, Discrepancy),
        "symmetry" => 14_000,
        "bounded" => 3_000,
        _ => 10_000,
    };

    private static TestOfMean Run(string tool, ErrorRates rates, int samples, double shift, int seed)
    {
        var random = new Random(1000 + seed);
        var planned = Math.Max(samples, 1);
        TestOfMean test = tool switch
        {
            "known variance" => new KnownVarianceTest(rates, planned),
            "symmetry" => new SymmetryTest(rates, planned),
            "bounded" => new BoundedTest(rates, planned * 0.09),
            _ => new StudentTest(rates),
        };
        for (var i = 0; i < samples; i++)
        {
            Add(test, Draw(tool, random, shift));
        }

        return test;
    }

    private static void Add(TestOfMean test, Observed observed)
    {
        switch (test)
        {
            case KnownVarianceTest known:
                known.Add(observed, new Expected(1), Math.E - 1);
                break;
            case SymmetryTest symmetry:
                symmetry.Add(observed, new Expected(0), 1);
                break;
            case BoundedTest bounded:
                bounded.Add(observed, new Expected(0.5), 0, 1);
                break;
            case StudentTest student:
                student.Add(observed, new Expected(1));
                break;
        }
    }

    private static Observed Draw(string tool, Random random, double shift) => tool switch
    {
        // Lognormal of mean 1 and variance e - 1: fourth moments of millions.
        "known variance" => new Observed((1 + shift) * Math.Exp(Normal(random) - 0.5)),
        "symmetry" => new Observed(shift + (Math.Sqrt(0.5) * Normal(random) * Normal(random) * (random.Next(2) == 0 ? 1 : -1))),
        "bounded" => new Observed(Math.Clamp((0.5 * (1 + shift)) + (0.15 * ((2 * random.NextDouble()) - 1)), 0, 1)),
        _ => new Observed(1 + shift + (0.7 * (-Math.Log(1 - random.NextDouble()) - 1))),
    };

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
