using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The set of checks that fail identifies the defect.</summary>
public class SignatureTests
{
    /// <summary>How checks that fail are matched is the same for all; that each is named by its numbers is a test of causes.</summary>
    public static TheoryData<string> Defects =>
        Breadth.Choose<TheoryData<string>>(
            usual: ["weights reused between simulations", "zero padding called periodic"],
            atNight:
            [
                "noise not masked by the ReLU",
                "noise centred by batch norm",
                "weights reused between simulations",
                "χ without the square root",
                "zero padding called periodic",
            ]
        );

    [Fact]
    public void Every_mutant_has_its_signature_and_fails_its_own_claim()
    {
        var known = KnownDefects.Signatures.Select(signature => signature.Defect).ToArray();
        known.Should().OnlyHaveUniqueItems().And.BeSubsetOf(AllMutants.List.Select(mutant => mutant.Name));
        known
            .Should()
            .Contain(
                AllMutants.List.Where(mutant => Signature.Covers(mutant.Check)).Select(mutant => mutant.Name),
                "only what deep experiments alone show has no signature"
            );
        foreach (var mutant in AllMutants.List.Where(mutant => Signature.Covers(mutant.Check)).AtLeastOne())
        {
            KnownDefects.Signatures.Single(signature => signature.Defect == mutant.Name).Rejects.Should().Contain($"{mutant.ClaimId} {mutant.Architecture}");
        }
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_mutant_on_another_seed_is_recognised_by_its_signature(string defect)
    {
        using var subject = AllMutants.List.Single(mutant => mutant.Name == defect).Create();
        var run = VerificationRun.Execute(
            subject,
            Scale.Quick,
            TestSeed.Value,
            [.. Suite.Checks.Where(Signature.Covers).Select(check => check.ClaimId).Distinct()]
        );

        var best = run.LikelyCauses;

        best.Should().NotBeEmpty();
        best.Where(cause => cause.Resemblance == best[0].Resemblance).Select(cause => cause.Signature.Defect).Should().Contain(defect);

        // Its own numbers say more, and alone.
        KnownCauses.Judge(AllMutants.List.Single(mutant => mutant.Name == defect), run.Explanations!).Should().Be("alone");
        RunSummary.Write(run).First().Should().StartWith("explains the numbers: ").And.Contain(KnownCauses.Words[defect]);
    }

    [Fact]
    public void No_cause_is_suggested_without_rejections_or_without_a_similar_defect()
    {
        var passed = Suite.Checks.Select(check => new CheckOutcome(check, Verdict.Holds, [], null)).ToArray();
        Signature.Match(passed, KnownDefects.Signatures).Should().BeEmpty();
        var odd = Suite
            .Checks.Select(check => new CheckOutcome(check, check.ClaimId is "D2" or "W3" or "S1" or "D6" ? Verdict.Rejected : Verdict.Holds, [], null))
            .ToArray();
        Signature.Match(odd, KnownDefects.Signatures).Should().BeEmpty();
        var few = passed.Where(outcome => outcome.Check.ClaimId == "O1").Select(outcome => outcome with { Verdict = Verdict.Rejected }).ToArray();
        Signature.Match(few, KnownDefects.Signatures).Should().BeEmpty("one claim fits many defects");
    }

    [Fact]
    public void Resemblance_is_counted_over_the_decided_checks()
    {
        // Thirteen claims on one architecture: O1, O2, D1 … as the suite has them.
        var checks = Suite.Checks.Where(check => check.Architecture == "vanilla" && Signature.Covers(check)).Take(13).ToArray();
        string Name(int check) => Signature.NameOf(checks[check]);
        CheckOutcome[] Of(int claims, params int[] rejected) =>
            [.. checks.Take(claims).Select((check, i) => new CheckOutcome(check, rejected.Contains(i) ? Verdict.Rejected : Verdict.Holds, [], null))];
        var four = new Signature("four", [Name(0), Name(1), Name(2), Name(3)]);
        var five = new Signature("five", [Name(0), Name(1), Name(2), Name(3), Name(4)]);

        Signature.Match(Of(12, 0, 1, 2), [four]).Should().Equal((four, 0.75));
        Signature.Match(Of(11, 0, 1, 2), [four]).Should().BeEmpty("eleven claims say too little");
        Signature.Match(Of(12, 0, 1), [four]).Should().BeEmpty();
        Signature.Match(Of(12, 0, 1, 2, 3), [five, four]).Should().Equal((four, 1), (five, 0.8));
        Signature
            .Match([.. Of(13, 0, 1, 2, 3).Select((outcome, i) => i == 4 ? outcome with { Verdict = Verdict.Inconclusive } : outcome)], [five])
            .Should()
            .Equal([(five, 1)], "what was not decided counts neither way");

        // Deep experiments count neither way either.
        var deep = Suite.Checks.Where(check => !Signature.Covers(check) && check.Architecture != Suite.Composed).ToArray();
        deep.Select(check => check.ClaimId).Distinct().Should().BeEquivalentTo("A3", "P1", "P2", "P3", "P4", "P5", "P6", "P7");
        Signature
            .Match([.. Of(12, 0, 1, 2, 3), .. deep.Select(check => new CheckOutcome(check, Verdict.Rejected, [], null))], [four])
            .Should()
            .Equal((four, 1));
        Signature.Match([.. Of(11, 0, 1, 2, 3), .. deep.Select(check => new CheckOutcome(check, Verdict.Holds, [], null))], [four]).Should().BeEmpty();
    }
}
