using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Networks;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every wrong interpreter of described layers is rejected by the claim that names its defect; the correct one passes every claim.</summary>
public class LayerMutantTests
{
    public static TheoryData<string> Names => [.. Breadth.OfEachKind(LayerMutants.List, Mutant.KindOf).Select(mutant => mutant.ToString())];

    public static TheoryData<string> Claims => [.. LayerMutants.List.Select(mutant => mutant.ClaimId).Distinct()];

    [Theory]
    [MemberData(nameof(Names))]
    public void Wrong_interpreter_is_rejected_by_its_claim(string name)
    {
        var mutant = LayerMutants.List.Single(candidate => candidate.ToString() == name);
        using var subject = mutant.Create();

        var outcome = Judge(mutant.Check, subject, isDecided: verdict => verdict == Verdict.Rejected);

        outcome.Verdict.Should().Be(Verdict.Rejected, outcome.ToString());
    }

    [Theory]
    [MemberData(nameof(Claims))]
    public void Correct_interpreter_passes_every_claim(string claim)
    {
        using var subject = new LayerInterpreter("by the rules", new LayerRules());

        var check = Suite.Checks.Single(check => check.ClaimId == claim && check.Architecture == Suite.Composed);

        var outcome = Judge(check, subject, isDecided: verdict => verdict != Verdict.Inconclusive);

        outcome.Verdict.Should().Be(Verdict.Holds, outcome.ToString());
        outcome.Declined.Should().BeEmpty();
    }

    /// <summary>The identity has nothing that could be wrong, and the mutants of the four architectures are wrong about the ReLU.</summary>
    [Fact]
    public void Every_activation_has_a_wrong_version()
    {
        double[] arguments = [-2.5, -0.7, 0.4, 1.9];
        var wrong = Enum.GetValues<FunctionKind>()
            .Select(kind => new Function(kind, kind == FunctionKind.LeakyRelu ? 0.2 : 0))
            .Where(function =>
                LayerMutants.Activations.Any(mutant =>
                    Array.Exists(
                        arguments,
                        u =>
                            mutant.Rules.Value(function, u) != WrittenOutFunction.Value(function, u)
                            || mutant.Rules.Derivative(function, u) != WrittenOutFunction.Derivative(function, u)
                    )
                )
            )
            .Select(function => function.Kind);

        wrong.Should().BeEquivalentTo(Enum.GetValues<FunctionKind>().Except([FunctionKind.Linear, FunctionKind.Relu]));
    }

    [Fact]
    public void Names_of_wrong_implementations_are_unique() =>
        LayerMutants.List.Concat(AllMutants.List).Select(mutant => mutant.Name).Should().OnlyHaveUniqueItems();

    /// <summary>By a tenth of the samples, at the same rate of false alarms, and by all of them if these do not decide; at night by all of them.</summary>
    private static CheckOutcome Judge(Check check, ISubject subject, Predicate<Verdict> isDecided)
    {
        var outcome = Suite.Execute(check, subject, Scale.Quick, TestSeed.Value, sampleShare: Breadth.Choose(usual: 0.1, atNight: 1.0));
        return isDecided(outcome.Verdict) ? outcome : Suite.Execute(check, subject, Scale.Quick, TestSeed.Value);
    }
}
