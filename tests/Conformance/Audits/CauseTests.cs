using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The cause of a rejection is named where it gives the subject's numbers, and no other one is.</summary>
public class CauseTests
{
    public static TheoryData<string, ulong> Named
    {
        get
        {
            var data = new TheoryData<string, ulong>();
            foreach (var (mutant, i) in KnownCauses.Words.Keys.Select((mutant, i) => (mutant, i)))
            {
                // Another seed for each, and another one still in the campaign of all.
                data.Add(mutant, (ulong)(7 + (i % 3)));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Named))]
    public void A_known_mistake_is_named_by_its_numbers(string name, ulong seed)
    {
        var mutant = AllMutants.List.Single(mutant => mutant.Name == name);

        var explanations = KnownCauses.Explain(mutant, seed);

        KnownCauses.Judge(mutant, explanations).Should().Be("alone", string.Join(" | ", explanations));
        explanations.Should().OnlyContain(explanation => explanation.Architectures.Count > 0 && explanation.Evidence.Length > 0);
    }

    [Fact]
    public void No_mutant_is_explained_wrongly()
    {
        foreach (var mutant in AllMutants.List.Where(mutant => !KnownCauses.Words.ContainsKey(mutant.Name)).AtLeastOne())
        {
            KnownCauses.Explain(mutant, TestSeed.Value).Should().NotContain(explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers, mutant.Name);
        }
    }

    [Fact]
    public void Nothing_is_explained_where_nothing_was_rejected()
    {
        using var subject = new ReferenceSubject();
        var deep = new DeepExperiments(subject, Scale.Quick, 0);
        CheckOutcome[] held = [.. Suite.Checks.Select(check => new CheckOutcome(check, Verdict.Holds, [], null))];

        Investigation.Investigate(subject, Scale.Quick, 0, held, deep).Should().BeEmpty();
        Investigation
            .Investigate(subject, Scale.Quick, 0, [.. held.Select(outcome => outcome with { Verdict = Verdict.Rejected })], deep)
            .Should()
            .BeEmpty("all numbers of the reference are what they should be, whatever is said of it");
    }
}
