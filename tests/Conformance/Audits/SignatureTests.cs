using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The checks that a defect fails tell which defect it is.</summary>
public class SignatureTests
{
    public static TheoryData<string> Defects => ["noise not masked by the ReLU", "noise centred by batch norm", "weights reused between simulations", "χ without the square root", "zero padding called periodic"];

    [Fact]
    public void Every_mutant_has_its_signature_and_fails_its_own_claim()
    {
        KnownDefects.Signatures.Select(signature => signature.Defect).Should().BeEquivalentTo(AllMutants.List.Select(mutant => mutant.Name));
        foreach (var mutant in AllMutants.List.Where(mutant => Signature.Covers(mutant.Check)))
        {
            KnownDefects.Signatures.Single(signature => signature.Defect == mutant.Name).Rejects.Should().Contain($"{mutant.ClaimId} {mutant.Architecture}");
        }
    }

    [Theory]
    [MemberData(nameof(Defects))]
    public void A_run_on_another_seed_resembles_its_defect(string defect)
    {
        using var subject = AllMutants.List.Single(mutant => mutant.Name == defect).Create();
        var run = VerificationRun.Of(subject, Scale.Quick, TestSeed.Value, [.. Suite.Checks.Where(Signature.Covers).Select(check => check.ClaimId).Distinct()]);

        var best = run.LikelyCauses;

        best.Should().NotBeEmpty();
        best.Where(cause => cause.Resemblance == best[0].Resemblance).Select(cause => cause.Signature.Defect).Should().Contain(defect);
        RunSummary.Of(run).Last().Should().StartWith("most likely: ").And.Contain(defect);
    }

    [Fact]
    public void Nothing_is_guessed_where_nothing_was_rejected_or_nothing_is_like_it()
    {
        var passed = Suite.Checks.Select(check => new CheckOutcome(check, Verdict.Holds, [], null)).ToArray();
        Signature.Match(passed, KnownDefects.Signatures).Should().BeEmpty();
        var odd = Suite.Checks.Select(check => new CheckOutcome(check, check.ClaimId is "D2" or "W3" or "S1" or "D6" ? Verdict.Rejected : Verdict.Holds, [], null)).ToArray();
        Signature.Match(odd, KnownDefects.Signatures).Should().BeEmpty();
        var few = passed.Where(outcome => outcome.Check.ClaimId == "O1").Select(outcome => outcome with { Verdict = Verdict.Rejected }).ToArray();
        Signature.Match(few, KnownDefects.Signatures).Should().BeEmpty("one claim fits many defects");
    }
}
