using FluentAssertions;
using MathNet.Numerics.Distributions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>S6 of recorded files: a δ_φ that is grossly wrong is rejected by a theorem, also with few simulations.</summary>
public class RecordedActivationTests
{
    private const int Simulations = 24,
        Computed = 20;

    private static readonly Lazy<Dictionary<string, double[][]>> Recorded = new(() =>
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_ff",
            TotalDepth = 5 * Computed,
            KernelSize = 1,
            NumChannels = 32,
            BatchSize = 24,
            NumSims = Simulations,
            NumComputations = Computed,
            Epsilon = 0,
        };
        return Experiment
            .Prepare(options)
            .Run()
            .ToArrays()
            .Arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToDoubles().Chunk(Computed).ToArray());
    });

    [Fact]
    public void S6_a_right_file_is_not_rejected() => S6(1, 1, noise: true).Should().NotContain(measurement => measurement.Verdict == Verdict.Rejected);

    [Theory]
    [InlineData(1.15, true)]
    [InlineData(0.85, true)]
    [InlineData(1.4, false)]
    public void S6_a_gross_error_is_rejected_by_a_theorem(double factor, bool noise)
    {
        // χ after the ReLU times a factor. Where μ₂(dx) is not recorded the theorem sees δ_φ⁻² from below only.
        S6(factor, 1, noise)
            .Should()
            .Contain(measurement =>
                measurement.Verdict == Verdict.Rejected && !measurement.IsAsymptotic && measurement.FalseAlarmBound <= measurement.FalseFailRate
            );
        S6(factor, 0, noise)
            .Should()
            .NotContain(measurement => measurement.Verdict == Verdict.Rejected, "a simulation without χ at a depth leaves nothing for a theorem about all");
    }

    [Fact]
    public void The_bound_of_a_ratio_of_shares_rejects_at_most_at_its_rate()
    {
        // Channels of which one carries all noise: A is that channel's coin, between 0.05 and 0.95. N shares of the signal, ν₁ = 0.8 in each channel.
        const int channels = 8,
            terms = 10,
            runs = 4000;
        const double nu1 = 0.8,
            beta = 0.5 * (1 - (0.5 * nu1 * nu1));
        var random = new Random(3);
        var tail = ExactTail.OfSquaredChiRatio(channels, terms, nu1, 1);
        var alarms = Enumerable.Range(0, runs).Select(_ => tail.FalseAlarm(Enumerable.Range(0, terms).Average(_ => Ratio()))).ToArray();
        foreach (var rate in new[] { 0.1, 0.01 })
        {
            alarms.Count(alarm => alarm <= rate).Should().BeLessThanOrEqualTo((int)((rate * runs) + (4 * Math.Sqrt(rate * runs))));
        }

        // The claim itself, and all above, is no alarm; a mean of half of it is one with enough layers.
        tail.FalseAlarm(1 - (0.5 * nu1)).Should().Be(1);
        tail.FalseAlarm(100).Should().Be(1);
        ExactTail.OfSquaredChiRatio(128, 480, nu1, 1).FalseAlarm(0.3).Should().BeLessThan(1e-8);
        ExactTail.OfSquaredChiRatio(128, 480, nu1, 0.5).FalseAlarm(0.3).Should().BeGreaterThan(ExactTail.OfSquaredChiRatio(128, 480, nu1, 1).FalseAlarm(0.3));

        double Ratio()
        {
            // The channel with the noise keeps most of the signal where it keeps most of the noise, the worst for the tangent.
            var heads = Binomial.Sample(random, 0.5, channels - 1);
            var first = random.Next(2) == 0;
            var kept = (((heads + (first ? 1 : 0)) * 1.2 * beta) + ((channels - heads - (first ? 1 : 0)) * 0.8 * beta)) / channels;
            return kept / (first ? 0.95 : 0.05);
        }
    }

    [Fact]
    public void The_bound_of_a_share_rejects_at_most_at_its_rate_and_detects_impossible_shares()
    {
        // The widest law: each channel keeps all of its variance or nothing.
        const int channels = 8,
            terms = 10,
            runs = 4000;
        var random = new Random(4);
        var tail = ExactTail.OfNormalisedVariance(0.5, 0.5, channels, terms, 1);
        var alarms = Enumerable
            .Range(0, runs)
            .Select(_ => tail.FalseAlarm(Binomial.Sample(random, 0.5, channels * terms) / (double)(channels * terms)))
            .ToArray();
        foreach (var rate in new[] { 0.1, 0.01 })
        {
            alarms.Count(alarm => alarm <= rate).Should().BeInRange(1, (int)((rate * runs) + (4 * Math.Sqrt(rate * runs))));
        }

        tail.FalseAlarm(0.5).Should().Be(1);
        var (lower, upper) = ExactTail.OfNormalisedVariance(0.3, 0.4, channels, terms, 1).Interval!(0.35, 0.01);
        ExactTail.OfNormalisedVariance(lower, lower, channels, terms, 1).FalseAlarm(0.35).Should().BeApproximately(0.01, 1e-12);
        ExactTail.OfNormalisedVariance(upper, upper, channels, terms, 1).FalseAlarm(0.35).Should().BeApproximately(0.01, 1e-12);
    }

    private static IReadOnlyList<Measurement> S6(double factor, double first, bool noise)
    {
        var arrays = Recorded.Value.Where(pair => noise || !pair.Key.Contains("mu2_noise", StringComparison.Ordinal)).ToDictionary();
        foreach (var name in new[] { "chi_loc4", "log_chi_loc4" })
        {
            arrays[name] =
            [
                .. arrays[name]
                    .Select(
                        (row, s) =>
                            row.Select(
                                    (value, d) =>
                                        s == 0 && d == 0 && first == 0 ? double.NaN
                                        : name.StartsWith("log", StringComparison.Ordinal) ? value + Math.Log(factor)
                                        : factor * value
                                )
                                .ToArray()
                    ),
            ];
        }

        var file = MadeUpResultFile.Write([.. Enumerable.Range(1, Computed).Select(i => 5L * i)], [.. arrays.Select(pair => (pair.Key, pair.Value))]);
        return ResultAudit
            .Judge("bn_ff", file, "bn_ff", new RecordedExperiment(32, 24, 1))
            .Outcomes.Single(outcome => outcome.Check.ClaimId == "S6")
            .Measurements;
    }
}
