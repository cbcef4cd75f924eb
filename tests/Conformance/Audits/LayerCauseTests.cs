using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The investigation names a mistake in a layer by its numbers, and no other mistake.</summary>
public class LayerCauseTests
{
    /// <summary>Mistakes that show with given parameters: of each claim one, and all at night.</summary>
    public static TheoryData<string> Names =>
        [
            .. Breadth
                .OfEachKind(LayerMutants.List.Where(mutant => SignatureOf(mutant) is { Numbers.Count: > 0 }), mutant => mutant.ClaimId)
                .Select(mutant => mutant.Name),
        ];

    [Fact]
    public void Every_wrong_interpreter_has_a_signature_and_fails_its_own_claim()
    {
        LayerSignature
            .Known.Select(signature => signature.Defect)
            .Should()
            .OnlyHaveUniqueItems()
            .And.BeSubsetOf(LayerMutants.List.Select(mutant => mutant.Name));
        LayerMutants
            .List.Where(mutant => mutant.ClaimId[0] == 'O' && mutant.ClaimId != "O13")
            .Should()
            .OnlyContain(
                mutant => SignatureOf(mutant)!.Numbers.Count > 0,
                "with given parameters a wrong operation shows, unless it is wrong where it is rare"
            );
        foreach (var mutant in LayerMutants.List.Where(mutant => SignatureOf(mutant) is not null).AtLeastOne())
        {
            SignatureOf(mutant)!.Rejects.Should().Contain(Signature.NameOf(mutant.Check), mutant.Name);
        }

        LayerSignature.ToText(LayerSignature.Known).Should().Be(Repository.Text("data/layer_signatures.json").ReplaceLineEndings("\n"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_known_mistake_in_a_layer_is_named_by_its_numbers(string name)
    {
        var mutant = LayerMutants.List.Single(mutant => mutant.Name == name);
        using var subject = mutant.Create();

        var explanation = LayerCauses.Explain(subject, Rejected(mutant.ClaimId)).Should().ContainSingle().Subject;

        explanation.Kind.Should().Be(ExplanationKind.ExplainsTheNumbers);
        explanation.Cause.Split("; or ").Should().Contain(name).And.HaveCountLessThan(4);
        (explanation.Part, explanation.Architectures.Single()).Should().Be(($"layers ({mutant.ClaimId})", Suite.Composed));
    }

    [Fact]
    public void An_unknown_mistake_stays_unexplained_and_a_correct_subject_gets_no_cause()
    {
        using var odd = new LayerInterpreter("odd", new LayerRules { Value = (function, u) => 1.07 * WrittenOutFunction.Value(function, u) });
        using var right = new LayerInterpreter("by the rules", new LayerRules());
        using var reference = new ReferenceSubject();

        LayerCauses.Explain(odd, Rejected("O6")).Should().ContainSingle().Which.Kind.Should().Be(ExplanationKind.Unexplained);
        LayerCauses.Explain(right, Rejected("O6")).Should().BeEmpty();
        LayerCauses.Explain(reference, Rejected("O5", "O8", "O12")).Should().BeEmpty("all of its numbers are right, whatever is said of it");
        LayerCauses
            .Explain(
                odd,
                [.. Suite.Checks.Where(check => check.Architecture == Suite.Composed).Select(check => new CheckOutcome(check, Verdict.Holds, [], null))]
            )
            .Should()
            .BeEmpty("nothing was rejected");
    }

    [Fact]
    public void A_mistake_in_own_parameters_is_named_by_the_checks_that_fail()
    {
        var known = LayerSignature.Known.Where(signature => signature.Numbers.Count == 0).MaxBy(signature => signature.Rejects.Count)!;
        CheckOutcome[] outcomes =
        [
            .. Suite
                .Checks.Where(check => check.Architecture == Suite.Composed)
                .Select(check => new CheckOutcome(check, known.Rejects.Contains(Signature.NameOf(check)) ? Verdict.Rejected : Verdict.Holds, [], null)),
        ];

        LayerSignature.Match(outcomes).First().Resemblance.Should().Be(1);
        LayerSignature.Match(outcomes).TakeWhile(match => match.Resemblance == 1).Select(match => match.Signature.Defect).Should().Contain(known.Defect);
        LayerSignature.Match(outcomes[..5]).Should().BeEmpty("five claims say too little");
    }

    private static LayerSignature? SignatureOf(Mutant mutant) => LayerSignature.Known.SingleOrDefault(signature => signature.Defect == mutant.Name);

    private static CheckOutcome[] Rejected(params string[] claims) =>
        [
            .. Suite
                .Checks.Where(check => check.Architecture == Suite.Composed && claims.Contains(check.ClaimId))
                .Select(check => new CheckOutcome(check, Verdict.Rejected, [], null)),
        ];
}
