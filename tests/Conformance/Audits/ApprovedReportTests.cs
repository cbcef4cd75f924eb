using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Reports are compared letter by letter with approved files, since others read them by key, by column and by eye.</summary>
public class ApprovedReportTests
{
    public static TheoryData<string> Names => [.. SampleRuns.Reports.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_is_as_it_was_approved(string name)
    {
        var approved = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "approved", name)).ReplaceLineEndings("\n");

        SampleRuns.Reports[name]().ReplaceLineEndings("\n").Should().Be(approved, "a report that is meant to change is approved anew: bench -- reports FOLDER");
    }

    [Fact]
    public void Reports_refuse_null_arguments()
    {
        var (run, check) = (SampleRuns.Mixed, Suite.Checks[0]);
        foreach (
            var call in new Action[]
            {
                () => Badge.TextOf(null!),
                () => Badge.ToText(null!),
                () => MarkdownReport.ToText(null!),
                () => JunitReport.ToText(null!),
                () => VerificationReport.ToText(null!),
                () => VerificationReport.ReplayOf(null!, run.Outcomes[0]),
                () => RunSummary.Write(null!).Count().Should().Be(0),
            }
        )
        {
            Refusal.OfNull("run", call);
        }

        Refusal.OfNull("outcome", () => VerificationReport.ReplayOf(run, null!));
        Refusal.OfNull("diagnosis", () => DiagnosisReport.ToText(null!));
        Refusal.OfNull("check", () => VerdictLevels.LevelOf(null!));
        Refusal.OfNull("check", () => Signature.Covers(null!));
        Refusal.OfNull("check", () => Signature.NameOf(null!));
        Refusal.OfNull("check", () => Suite.Execute(null!, new ReferenceSubject(), Scale.Quick, 1));
        Refusal.OfNull("context", () => check.Execute(null!));
        Refusal.OfNull("subject", () => VerificationRun.Execute(null!, Scale.Quick, 1, []));
        Refusal.OfNull("table", () => Diagnosis.Diagnose(null!));
        Refusal.OfNull("table", () => MappingBehaviour.Read(null!));
        Refusal.OfNull("result", () => MomentTable.Read((Experiments.ExperimentResult)null!));
        Refusal.OfNull("file", () => MomentTable.Read((Experiments.ResultFile)null!));
        Refusal.OfNull("result", () => DepthCurves.Read(null!));
    }

    [Fact]
    public void Claims_and_architectures_select_the_checks_of_a_run()
    {
        using var reference = new ReferenceSubject();
        var advanced = 0L;
        var run = VerificationRun.Execute(reference, Scale.Quick, 3, ["D4", "P9"], ["bn_ff"], amount => Interlocked.Add(ref advanced, amount));

        run.Outcomes.Select(outcome => Signature.NameOf(outcome.Check)).Should().Equal("D4 bn_ff");
        run.NotRun.Select(claim => claim.Id).Should().Equal("P9");
        (run.Subject, run.SubjectVersion, run.Command, run.IsRecorded, run.Verdict)
            .Should()
            .Be(
                (reference.Description.Name, reference.Description.Version, "wellbehaved verify", false, Verdict.Inconclusive),
                "P9 was asked for, and is not run at this scale"
            );
        run.Diagnoses.Should().BeEmpty();
        advanced.Should().Be(500).And.Be(VerificationRun.Work(Scale.Quick, ["D4"], ["bn_ff"]));

        // A deep experiment is shared by the claims that read it.
        var options = DeepExperiments.OptionsOf("vanilla", Scale.Quick, 0);
        VerificationRun.Work(Scale.Quick, ["P1", "P5", "A3"], ["vanilla"]).Should().Be(((long)options.NumSims * options.TotalDepth) + 1500);
        VerificationRun.Work(Scale.Quick, ["S2", "W1"]).Should().Be(5 * 500);
        var other = DeepExperiments.OptionsOf("vanilla_res", Scale.Quick, 0);
        VerificationRun.Work(Scale.Quick, ["A3"]).Should().Be(((long)options.NumSims * options.TotalDepth) + ((long)other.NumSims * other.TotalDepth) + 1000);
        FluentActions
            .Invoking(() => VerificationRun.Work(Scale.Quick, ["D4", "X1"]))
            .Should()
            .Throw<Files.InvalidInputException>()
            .WithMessage("claims: expected an id of the ledger (wellbehaved claims lists them), got 'X1'*");
        SampleRuns.Mixed.Declined.Should().Equal("boundary symmetric", "boundary zero", "moments");
    }
}
