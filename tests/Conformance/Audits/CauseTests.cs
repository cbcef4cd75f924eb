using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The investigation of a rejection names the cause that gives the same numbers as the subject, and no other cause.</summary>
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
    public void Investigation_names_a_known_mistake_by_its_numbers(string name, ulong seed)
    {
        var mutant = AllMutants.List.Single(mutant => mutant.Name == name);

        var explanations = KnownCauses.Explain(mutant, seed);

        KnownCauses.Judge(mutant, explanations).Should().Be("alone", string.Join(" | ", explanations.Select(explanation => explanation.Cause)));
        explanations.Should().OnlyContain(explanation => explanation.Architectures.Count > 0 && explanation.Evidence.Length > 0);
    }

    [Fact]
    public void A_mutant_without_known_cause_gets_no_wrong_explanation()
    {
        var unknown = AllMutants.List.Where(mutant => !KnownCauses.Words.ContainsKey(mutant.Name)).AtLeastOne();
        var step = Breadth.Choose(usual: 3, atNight: 1);
        foreach (var mutant in unknown.Where((_, i) => i % step == 0))
        {
            KnownCauses.Explain(mutant, TestSeed.Value).Should().NotContain(explanation => explanation.Kind == ExplanationKind.ExplainsTheNumbers, mutant.Name);
        }
    }

    [Fact]
    public void A_run_without_real_rejections_gets_no_explanation()
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
