using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every wrong implementation is rejected by the claim that names its defect.</summary>
public class MutantTests
{
    public static TheoryData<string> Names => [.. Breadth.OfEachKind(AllMutants.List, Mutant.KindOf).Select(mutant => mutant.ToString())];

    [Theory]
    [MemberData(nameof(Names))]
    public void Mutant_is_rejected_by_its_claim(string name)
    {
        var mutant = AllMutants.List.Single(candidate => candidate.ToString() == name);

        var outcome = SharedOutcomes.Judge(mutant, TestSeed.Value);

        outcome.Verdict.Should().Be(Verdict.Rejected, outcome.ToString());
        outcome.ToString().Should().StartWith($"{mutant.ClaimId} {mutant.Architecture}: rejected");
    }

    [Fact]
    public void There_are_at_least_thirty_mutants_with_unique_names() =>
        AllMutants.List.Select(mutant => mutant.Name).Should().OnlyHaveUniqueItems().And.HaveCountGreaterThanOrEqualTo(30);
}
