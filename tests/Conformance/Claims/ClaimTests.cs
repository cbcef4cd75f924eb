using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every claim of the ledger that can be tested, on the reference implementation.</summary>
public class ClaimTests(ReferenceRun run) : IClassFixture<ReferenceRun>
{
    public static TheoryData<string> Checks => [.. Suite.Checks.Select(NameOf)];

    [Theory]
    [MemberData(nameof(Checks))]
    public void Claim_holds_on_the_reference(string check)
    {
        var outcome = run.OutcomeOf(Suite.Checks.Single(candidate => NameOf(candidate) == check));

        outcome.Verdict.Should().Be(Verdict.Holds, $"{outcome}; again: wellbehaved verify --claim {outcome.Check.ClaimId} --seed {TestSeed.Value}");
    }

    [Fact]
    public void Every_testable_claim_is_executed_and_holds()
    {
        foreach (var claim in ClaimLedger.Claims.Where(claim => claim.IsTestable).AtLeastOne())
        {
            foreach (var architecture in claim.Architectures)
            {
                var check = Suite.Checks.Single(check => check.ClaimId == claim.Id && check.Architecture == architecture);
                run.OutcomeOf(check)
                    .Measurements.Should()
                    .NotBeEmpty($"{check.ClaimId} {architecture} must measure something")
                    .And.OnlyContain(measurement => measurement.Samples > 0);
                run.OutcomeOf(check).Verdict.Should().Be(Verdict.Holds);
            }
        }
    }

    [Fact]
    public void False_alarms_add_up_to_less_than_one_in_a_million_runs()
    {
        var statistical = Suite
            .Checks.Select(run.OutcomeOf)
            .SelectMany(outcome => outcome.Measurements)
            .Where(measurement => !measurement.IsDeterministic)
            .ToArray();
        statistical.Should().NotBeEmpty();
        statistical.Sum(measurement => measurement.FalseFailRate).Should().BeLessThanOrEqualTo(1e-6);
    }

    private static string NameOf(Check check) => $"{check.ClaimId} {check.Architecture}: {ClaimLedger.Find(check.ClaimId)?.Statement}";
}
