using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Recorded moments outside a claim's scope do not refute it.</summary>
public class RecordedScopeTests
{
    public static TheoryData<string> Bounded =>
        [.. ClaimLedger.Claims.Where(claim => claim.Scope?.Boundaries is not null && claim.Id[0] is 'A' or 'P').Select(claim => claim.Id)];

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_claim_is_rejected_only_on_boundaries_within_its_scope(string id)
    {
        Verdicts(new RecordedExperiment(64, 32, 3, "periodic")).Should().Be((Verdict.Rejected, null));
        Verdicts(new RecordedExperiment(64, 32, 3, "symmetric")).Verdict.Should().Be(Verdict.Rejected);
        Verdicts(new RecordedExperiment(64, 32, 1)).Verdict.Should().Be(Verdict.Rejected, "fully connected nets have no boundary");
        Verdicts(new RecordedExperiment(64, 32, 1, "zero_padding")).Verdict.Should().Be(Verdict.Rejected);

        var outside = Verdicts(new RecordedExperiment(64, 32, 3, "zero_padding"));
        outside.Verdict.Should().BeNull();
        outside
            .Reason.Should()
            .StartWith("outside the claim's scope: it speaks about fully connected nets and periodic or symmetric boundaries")
            .And.EndWith("the file has zero padding");

        var unknown = Verdicts(new RecordedExperiment(64, 32));
        unknown.Verdict.Should().BeNull("the file may have zero padding");
        unknown.Reason.Should().Contain("give Boundary, or KernelSize 1");

        (Verdict? Verdict, string? Reason) Verdicts(RecordedExperiment experiment) => Judged(id, experiment, shows: false);
    }

    [Theory]
    [MemberData(nameof(Bounded))]
    public void A_claim_holds_even_if_the_boundary_of_the_file_is_unknown(string id) =>
        Judged(id, new RecordedExperiment(64, 32), shows: true).Verdict.Should().Be(Verdict.Holds);

    [Fact]
    public void Noise_that_differentiates_batch_statistics_is_outside_most_scopes()
    {
        var full = new RecordedExperiment(64, 32, 1) { Noise = "full" };
        foreach (var claim in ClaimLedger.Claims.Where(claim => claim.Scope?.Noise is not null).AtLeastOne())
        {
            claim
                .Scope!.WhyOutside(full)
                .Should()
                .Be("outside the claim's scope: it speaks about noise in the sense of Noise mapping, and the file has Noise full");
            claim.Scope.WhyOutside(full with { Noise = "mapping" }).Should().BeNull();
            claim.Scope.WhyOutside(full with { Noise = null }).Should().BeNull();
        }

        var file = MadeUpResultFile.Write(
            [1],
            [
                (
                    "chi_loc1",
                    [
                        [1],
                    ]
                ),
            ],
            configuration: """{"num_channels": 8, "batch_size": 4, "kernel_size": 1, "noise": "full"}"""
        );
        new RecordedExperiment().CompletedBy(file).Noise.Should().Be("full");
    }

    [Fact]
    public void A_batch_of_two_points_is_outside_the_scope_of_claims_on_directions()
    {
        Judged("P1", new RecordedExperiment(64, 2, 1), shows: false)
            .Should()
            .Be((null, "outside the claim's scope: it speaks about batches of at least 3 points, and the file has 2"));
        Judged("P1", new RecordedExperiment(64, 3, 1), shows: false).Verdict.Should().Be(Verdict.Rejected);
    }

    [Fact]
    public void A_summary_says_what_was_not_judged_and_why()
    {
        var run = Run("vanilla", new RecordedExperiment(64, 32, 3, "zero_padding"), shows: false);

        run.Verdict.Should().NotBe(Verdict.Rejected);
        RunSummary.Write(run).Should().Contain(sentence => sentence.StartsWith("not judged: ") && sentence.Contains("A3 P1: outside the claim's scope: "));
    }

    private static (Verdict? Verdict, string? Reason) Judged(string id, RecordedExperiment experiment, bool shows)
    {
        var run = Run(ClaimLedger.Find(id)!.Architectures[0], experiment, shows);
        return (
            run.Outcomes.SingleOrDefault(outcome => outcome.Check.ClaimId == id)?.Verdict,
            run.NotJudged.Where(pair => pair.Key == id).Select(pair => pair.Value).SingleOrDefault()
        );
    }

    /// <summary>200 mappings at depth 64 of which all or none collapse, slow down and double.</summary>
    private static VerificationRun Run(string architecture, RecordedExperiment experiment, bool shows)
    {
        var path = Path.GetTempFileName();
        try
        {
            var share = shows ? 1 : 0;
            File.WriteAllLines(
                path,
                new[] { "mapping_collapses", "mapping_slows", "mapping_doubles" }
                    .Select(name => $"{name},64,200,{share},0,0,{share},{share},{share},{share}")
                    .Prepend("quantity,depth,count,mean,deviation,skewness,least,greatest,p16,p84")
            );
            return ResultAudit.Judge("x", RecordedFigures.Read(path), Architecture.Named(architecture), experiment);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
