using FluentAssertions;
using MathNet.Numerics.Distributions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The guarantee of each tool at rates that can be measured: how often a true claim ever looks as wrong as that, however long one waits.</summary>
public class FalseAlarmTests
{
    private const int Runs = 10_000;
    private const int Samples = 150;
    private static readonly double[] Levels = [1e-2, 1e-3, 1e-4];

    /// <summary>A discrepancy that no interval gets inside of, so that no run ends before its samples do.</summary>
    private const double Unreachable = 1e-12;

    public static TheoryData<string> Laws => [.. SampledLaw.Mean.Select(law => law.Name)];

    [Theory]
    [MemberData(nameof(Laws))]
    public void The_false_alarm_bound_of_a_true_mean_falls_below_a_level_at_most_at_that_rate(string name)
    {
        var law = SampledLaw.Named(name);
        var bounds = new double[Runs];
        Parallel.For(0, Runs, run => bounds[run] = law.Run(new ErrorRates(Levels[^1], 0.1), Unreachable, Samples, 0, run).FalseAlarmBound);

        foreach (var level in Levels)
        {
            bounds.Count(bound => bound <= level).Should().BeLessThanOrEqualTo(Most(level), $"at most {level} of {Runs} runs of {name}");
        }
    }

    [Fact]
    public void The_false_alarm_bound_of_a_true_distribution_falls_below_a_level_at_most_at_that_rate()
    {
        var bounds = new double[Runs];
        Parallel.For(
            0,
            Runs,
            run =>
            {
                var (test, random) = (new DistributionTest(new ErrorRates(Levels[^1], 0.1), Unreachable, Samples / 4), new Random(run));
                for (var i = 0; i < Samples && !test.IsDecided; i++)
                {
                    var value = random.NextDouble();
                    test.Add(new Observed(value), new Expected(value));
                }

                bounds[run] = test.FalseAlarmBound;
            }
        );

        foreach (var level in Levels)
        {
            bounds.Count(bound => bound <= level).Should().BeLessThanOrEqualTo(Most(level), $"at most {level} of {Runs} runs");
        }
    }

    [Fact]
    public void A_test_with_half_of_the_true_variance_exceeds_its_false_alarm_levels()
    {
        var bounds = new double[Runs];
        Parallel.For(
            0,
            Runs,
            run =>
            {
                var (test, random) = (new KnownVarianceTest(new ErrorRates(Levels[^1], 0.1), Unreachable, 500), new Random(run));
                for (var i = 0; i < Samples && !test.IsDecided; i++)
                {
                    test.Add(new Observed(1 + random.Next(2) - 0.5), new Expected(1), 0.125);
                }

                bounds[run] = test.FalseAlarmBound;
            }
        );

        bounds.Count(bound => bound <= Levels[0]).Should().BeGreaterThan(Most(Levels[0]));
    }

    /// <summary>The count that a true rate exceeds once in a million.</summary>
    private static int Most(double level) => Enumerable.Range(0, Runs).First(count => Binomial.CDF(level, Runs, count) >= 1 - 1e-6);
}
