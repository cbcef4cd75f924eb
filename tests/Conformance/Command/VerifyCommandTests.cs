using System.Text.Json.Nodes;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

public class VerifyCommandTests
{
    [Fact]
    public void Verify_quick_holds_diagnoses_the_four_architectures_and_exits_with_0()
    {
        var output = ShownOutput.QuickVerification;

        output
            .Should()
            .NotContain("REJECTED")
            .And.NotContain("INCONCLUSIVE")
            .And.Contain("91 of 91 claims hold (168 of 168 checks), 0 rejected, 0 inconclusive, 2 not run at this scale");
        output
            .Should()
            .Contain("vanilla: Pathological signal")
            .And.Contain("vanilla_res: Pathological signal")
            .And.Contain("bn_ff: Pathological SNR")
            .And.Contain("bn_res: Well-behaved");
        foreach (var claim in ClaimLedger.Claims)
        {
            output.Should().MatchRegex($@"(?m)^({claim.Id} |not run at this scale: {claim.Id} )");
        }
    }

    [Fact]
    public void Verify_writes_json_of_the_claims_that_were_asked_for()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var file = Path.Combine(folder.FullName, "verdicts.json");
            var outcome = CommandLine.Run("verify", "--claim", "S2", "--claim", "D8", "--seed", "3", "--json", file);

            outcome.ExitStatus.Should().Be(0, outcome.Error);
            var report = JsonNode.Parse(File.ReadAllText(file))!;
            report["version"]!.GetValue<int>().Should().Be(VerificationReport.Version);
            report["verdict"]!.GetValue<string>().Should().Be("holds");
            report["seed"]!.GetValue<int>().Should().Be(3);
            var checks = report["checks"]!.AsArray();
            checks.Select(check => check!["claim"]!.GetValue<string>()).Distinct().Should().BeEquivalentTo("S2", "D8");
            checks
                .Should()
                .HaveCount(8)
                .And.OnlyContain(check => check!["measurements"]!.AsArray().Count > 0 && check["verdict"]!.GetValue<string>() == "holds");
            checks[0]!["replay"]!.GetValue<string>().Should().Be("wellbehaved verify --scale quick --claim D8 --seed 3");
            report["diagnoses"]!.AsObject().Should().BeEmpty("no deep experiment was needed");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_claim_of_another_scale_is_inconclusive_and_that_scale_is_named()
    {
        var outcome = CommandLine.Run("verify", "--claim", "P9");

        outcome.ExitStatus.Should().Be(3);
        outcome.Output.Should().Contain("not run at this scale: P9").And.Contain("verify --scale training").And.Contain("0 of 0 claims hold");
    }

    [Theory]
    [InlineData("P9")]
    [InlineData("D3", "--architecture", "vanilla")]
    public void A_claim_that_was_asked_for_and_not_judged_leaves_the_rest_inconclusive(string claim, params string[] options)
    {
        var outcome = CommandLine.Run(["verify", "--claim", "D8", "--claim", claim, .. options]);

        outcome.ExitStatus.Should().Be(3, outcome.Output);
        outcome.Output.Should().Contain("1 of 1 claim holds").And.Contain($"asked for by name and not judged, so the whole is inconclusive at best: {claim}");
    }

    [Fact]
    public void An_unknown_claim_is_refused_in_one_line_with_exit_status_2()
    {
        var outcome = CommandLine.Run("verify", "--claim", "S99");

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.Trim().Should().Be("wellbehaved: --claim: expected an id of the ledger (wellbehaved claims lists them), got 'S99'");
    }

    [Fact]
    public void The_claims_command_lists_the_ledger()
    {
        var outcome = CommandLine.Run("claims");

        outcome.ExitStatus.Should().Be(0);
        foreach (var claim in ClaimLedger.Claims)
        {
            outcome.Output.Should().Contain($"{claim.Id}  {claim.Statement}").And.Contain(claim.Source);
        }
    }

    [Fact]
    public void The_report_of_a_rejection_names_claim_place_and_replay()
    {
        using var wrong = AllMutants.List.First(mutant => mutant.ClaimId == "D7").Create();
        var run = VerificationRun.Execute(wrong, Scale.Quick, 5, ["D7"]);

        run.Verdict.Should().Be(Verdict.Rejected);
        run.ByClaim.Should().ContainSingle().Which.Should().Be(KeyValuePair.Create("D7", Verdict.Rejected));
        var report = JsonNode.Parse(VerificationReport.ToText(run))!;
        report["subject"]!.GetValue<string>().Should().Be(wrong.Description.Name);
        var rejected = report["checks"]!.AsArray().First(check => check!["verdict"]!.GetValue<string>() == "rejected")!;
        rejected["replay"]!
            .GetValue<string>()
            .Should()
            .Be($"wellbehaved verify --scale quick --claim D7 --seed 5 --architecture {rejected["architecture"]!.GetValue<string>()}");
        rejected["measurements"]![0]!["quantity"]!.GetValue<string>().Should().Contain("depth 1").And.Contain("ReLU");
    }
}
