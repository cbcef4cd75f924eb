using FluentAssertions;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Recorded moments outside a claim's scope do not refute it.</summary>
public class RecordedScopeTests
{
    private static readonly string[] Counted =
    [
        "mapping_collapses",
        "mapping_drowns",
        "mapping_slows",
        "mapping_doubles",
        "mapping_multiplies",
        "mapping_dilutes",
        "mapping_grows_as_power",
    ];

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
        new RecordedExperiment().CompletedBy("x.npz", file).Noise.Should().Be("full");
    }

    [Fact]
    public void A_batch_of_two_points_is_outside_the_scope_of_claims_on_directions()
    {
        Judged("P1", new RecordedExperiment(64, 2, 1), shows: false)
            .Should()
            .Be((null, "outside the claim's scope: it speaks about batches of at least 3 points, and the file has 2"));
        Judged("P1", new RecordedExperiment(64, 3, 1), shows: false).Verdict.Should().Be(Verdict.Rejected);
    }

    [Theory]
    [InlineData(null, 1, 0.0, "give BatchSize")]
    [InlineData(null, 1, 1.0, "give BatchSize")]
    [InlineData(null, 1, 1.00002, "give BatchSize", "that is the rounding of a moment")]
    [InlineData(null, 1, 1.2, null, "two points vary along one line")]
    [InlineData(null, null, 0.0, "give BatchSize and KernelSize")]
    [InlineData(null, null, 5.0, null)]
    [InlineData(2, null, 1.0, "give KernelSize", "it may be fully connected")]
    [InlineData(2, null, 1.2, null)]
    [InlineData(3, null, 1.0, null, "each image has a position at least")]
    [InlineData(null, 3, 1.0, null, "each image has many positions")]
    public void A_file_refutes_a_claim_on_batches_only_if_it_is_known_to_have_enough_points(
        int? batch,
        int? kernelSize,
        double largestRank,
        string? missing,
        string because = ""
    )
    {
        var rows = largestRank == 0 ? [] : new[] { $"reff_signal_loc3,64,200,1,0,0,1,{largestRank:R},1,1" };
        foreach (var (claim, architecture) in new[] { ("P4", "bn_res"), ("P7", "bn_res"), ("P5", "bn_ff") })
        {
            var run = Run(architecture, new RecordedExperiment(64, batch, kernelSize), shows: false, rows);

            var reason = run.NotJudged.Where(pair => pair.Key == claim).Select(pair => pair.Value).SingleOrDefault();
            if (missing is null)
            {
                reason.Should().BeNull(because);
                run.Outcomes.Single(outcome => outcome.Check.ClaimId == claim).Verdict.Should().Be(Verdict.Rejected, because);
            }
            else
            {
                reason
                    .Should()
                    .Be(
                        "the file contradicts its law, but it speaks about batches of at least 3 points, and the file does not say that it has so many: "
                            + missing,
                        because
                    );
            }
        }
    }

    [Fact]
    public void A_file_that_neither_boundary_nor_batch_is_known_of_is_told_to_give_both() =>
        Judged("P1", new RecordedExperiment(64), shows: false)
            .Reason.Should()
            .Contain("give Boundary, or KernelSize 1")
            .And.EndWith("give BatchSize and KernelSize");

    /// <summary>As the author's files are: moments alone. Over two points every rank is 1, whatever the network.</summary>
    [Fact]
    public void A_correct_file_of_two_points_whose_batch_is_unknown_is_not_rejected()
    {
        var options = new ExperimentOptions
        {
            Architecture = "bn_res",
            TotalDepth = 64,
            KernelSize = 1,
            NumChannels = 16,
            BatchSize = 2,
            NumSims = 48,
            NumComputations = 16,
            Dataset = "gaussian",
        };
        var arrays = Experiment.Prepare(options).Run().ToArrays().Arrays.Where(pair => pair.Key.Contains("_loc", StringComparison.Ordinal));
        var file = MadeUpResultFile.Write(
            [.. Enumerable.Range(1, 16).Select(i => 4L * i)],
            [.. arrays.Select(pair => (pair.Key, pair.Value.ToDoubles().Chunk(16).ToArray()))]
        );

        var run = ResultAudit.Judge("x", file, "bn_res", new RecordedExperiment());

        run.Outcomes.Should().NotContain(outcome => outcome.Verdict == Verdict.Rejected);
        run.NotJudged.Should().Contain(pair => pair.Key == "P4" && pair.Value.StartsWith("the file contradicts its law, but it speaks about batches"));
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

    /// <summary>200 mappings at depth 64 of which all or none have what A3 and P1 to P7 count, and further rows of the table.</summary>
    private static VerificationRun Run(string architecture, RecordedExperiment experiment, bool shows, params string[] rows)
    {
        var path = Path.GetTempFileName();
        try
        {
            var share = shows ? 1 : 0;
            File.WriteAllLines(
                path,
                Counted
                    .Select(name => $"{name},64,200,{share},0,0,{share},{share},{share},{share}")
                    .Concat(rows)
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
