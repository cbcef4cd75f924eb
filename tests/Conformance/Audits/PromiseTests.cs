using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Reports promise only the false alarm rates that are proved, and say where a bound is asymptotic.</summary>
public class PromiseTests
{
    private const string Proved = "a correct implementation is rejected less than once in 1,000,000 runs";

    [Fact]
    public void The_promised_rate_in_words_equals_the_false_alarm_rate_of_the_suite() => (1 / Suite.FalseFailRate).Should().BeApproximately(1_000_000, 1e-6);

    [Fact]
    public void Promise_of_a_run_whose_bounds_are_all_theorems_has_no_reservation() => Promise.State(RunWith(0, 3)).Should().Be(Proved);

    [Fact]
    public void Promise_of_a_run_without_measurements_has_no_reservation() => Promise.State(RunWith(0, 0)).Should().Be(Proved);

    [Theory]
    [InlineData(1, 3, "of 4 measurements 1 has an asymptotic one")]
    [InlineData(2, 0, "of 2 measurements 2 have an asymptotic one")]
    public void Promise_counts_the_measurements_whose_bound_is_asymptotic(int asymptotic, int proved, string counted) =>
        Promise.State(RunWith(asymptotic, proved)).Should().StartWith(Proved + " where no bound is asymptotic").And.Contain(counted);

    private static VerificationRun RunWith(int asymptotic, int proved)
    {
        Measurement[] measurements =
        [
            .. Enumerable
                .Range(0, asymptotic + proved)
                .Select(i => new Measurement("mean", new Expected(1), new Observed(1), Verdict.Holds) { IsAsymptotic = i < asymptotic }),
        ];
        return new VerificationRun(
            "subject",
            Scale.Quick,
            1,
            [new CheckOutcome(new Check("S2", "vanilla", _ => measurements), Verdict.Holds, measurements, null)],
            [],
            []
        );
    }
}
