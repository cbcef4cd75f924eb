using System.Text.Json.Nodes;
using System.Xml.Linq;
using FluentAssertions;
using Wellbehaved.Audit;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Every report counts skipped, declined and untestable apart, and none of them as passed.</summary>
public class ReportTests
{
    private static readonly CheckOutcome Holds = Outcome("S2", Verdict.Holds);
    private static readonly CheckOutcome Rejected = Outcome("I1", Verdict.Rejected);
    private static readonly CheckOutcome Inconclusive = Outcome("O1", Verdict.Inconclusive) with
    {
        Measurements = [],
        Failure = "IOException: <disk> \u0001 | full",
    };
    private static readonly CheckOutcome Declined = Outcome("D1", Verdict.Declined) with
    {
        Measurements = [],
        Failure = "declined: moments",
        Declined = ["moments"],
    };
    private static readonly CheckOutcome InPart = Holds with { Declined = ["boundary symmetric"] };

    [Fact]
    public void Junit_maps_each_verdict_to_its_element()
    {
        var suite = XDocument
            .Parse(
                JunitReport.ToText(
                    Run(Holds, InPart, Rejected, Inconclusive, Declined) with
                    {
                        AdapterFailures = ["propagate: half a line"],
                        NotJudged = [KeyValuePair.Create("D8", "no tensors")],
                    }
                )
            )
            .Root!.Element("testsuite")!;

        (Of("tests"), Of("failures"), Of("errors"), Of("skipped")).Should().Be((8, 1, 2, 3));
        suite
            .Elements("testcase")
            .Single(test => test.Element("failure") is not null)
            .Element("failure")!
            .Value.Should()
            .Contain($"again: wellbehaved verify --scale quick --claim I1 --seed 7 --architecture {Rejected.Check.Architecture}");
        suite.Elements("testcase").Single(test => test.Element("system-out") is not null).Value.Should().Contain("holds in part; declined: boundary symmetric");

        int Of(string name) => int.Parse(suite.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_badge_shows_the_worst_verdict_and_counts_claims_without_percentages()
    {
        Badge.TextOf(Run(Holds, Holds)).Should().Be("1 of 1 claim");
        Badge.TextOf(Run(Holds, Rejected, Inconclusive)).Should().Be("rejected: I1");
        Badge.TextOf(Run(Rejected, Outcome("O2", Verdict.Rejected))).Should().Be("rejected: I1, O2");
        Badge.TextOf(Run(Holds, Inconclusive)).Should().Be("inconclusive");
        Badge.TextOf(Run(Holds, Declined)).Should().Be("1 of 2 claims, others declined wholly or in part");
        Badge.TextOf(Run(InPart)).Should().Be("0 of 1 claim, others declined wholly or in part");
        Badge.TextOf(Run()).Should().Be("inconclusive", "nothing was executed");
        JsonNode.Parse(Badge.ToText(Run(Rejected)))!["color"]!.GetValue<string>().Should().Be("red");
        JsonNode.Parse(Badge.ToText(Run(Declined)))!["color"]!.GetValue<string>().Should().Be("yellowgreen");
        JsonNode.Parse(Badge.ToText(Run()))!["color"]!.GetValue<string>().Should().Be("lightgrey");
    }

    [Fact]
    public void The_Markdown_page_lists_the_outcomes_that_need_attention_and_escapes_foreign_text()
    {
        var page = MarkdownReport.ToText(Run(Holds, InPart, Rejected, Inconclusive, Declined));

        page.Should().StartWith("# subject: rejected: I1").And.Contain("wellbehaved verify --scale quick --claim I1 --seed 7");
        page.Should()
            .Contain("&lt;disk&gt; \\\\u0001 \\| full", "it must not break the table")
            .And.Contain("holds, in part (declined: boundary symmetric)")
            .And.Contain("| declined |")
            .And.Contain("Not testable: P9");
    }

    [Fact]
    public void The_summary_counts_checks_that_hold_in_part_and_not_checks_that_were_declined() =>
        RunSummary
            .Write(Run(Holds, InPart, InPart, Declined))
            .Should()
            .Contain("declined, so not judged: boundary symmetric, moments; checks that hold in part only: 2");

    [Fact]
    public void The_summary_names_the_likely_cause_and_its_resemblance()
    {
        // All but one of the checks that the widest known defect fails.
        var widest = KnownDefects.Signatures.MaxBy(signature => signature.Rejects.Count)!;
        var failed = widest.Rejects.Skip(1).ToHashSet();
        var run = Failing(failed);
        var best = run.LikelyCauses.TakeWhile(cause => cause.Resemblance == run.LikelyCauses[0].Resemblance).ToArray();

        best.Should().Contain((widest, failed.Count / (failed.Count + 1.0)));
        RunSummary
            .Write(run)
            .First()
            .Should()
            .Be(
                best.Length == 1
                    ? $"the failed checks resemble those of one known mistake, which others may share: {best[0].Signature.Defect}"
                    : $"the failed checks resemble those of {best.Length} known mistakes equally: "
                        + $"{string.Join("; or ", best.Select(cause => cause.Signature.Defect))}"
            );
        var causes = JsonNode.Parse(VerificationReport.ToText(run))!["likely_causes"]!.AsArray();
        causes
            .Select(cause => (cause!["defect"]!.GetValue<string>(), cause["resemblance"]!.GetValue<double>()))
            .Should()
            .Equal(run.LikelyCauses.Select(cause => (cause.Signature.Defect, cause.Resemblance)));

        causes.Select(cause => cause!["alone"]!.GetValue<bool>()).Should().Equal(run.LikelyCauses.Select((_, i) => i == 0 && best.Length == 1));
        JsonNode.Parse(VerificationReport.ToText(run))!["explanations"].Should().BeNull("nobody asked the subject again");

        // Two defects that fail the same checks are told apart by nobody.
        var twins = KnownDefects.Signatures.GroupBy(signature => string.Join('|', signature.Rejects)).Where(group => group.Count() > 1).ToArray();
        foreach (var group in twins)
        {
            RunSummary
                .Write(Failing(group.First().Rejects))
                .First()
                .Should()
                .Be(
                    $"the failed checks resemble those of {group.Count()} known mistakes equally: "
                        + $"{string.Join("; or ", group.Select(signature => signature.Defect))}"
                );
        }
    }

    [Fact]
    public void Every_report_shows_explanations_and_a_resemblance_only_without_an_explanation()
    {
        var failing = Failing(KnownDefects.Signatures[0].Rejects);
        var explained = failing with
        {
            Explanations =
            [
                Explanation.WithEvidence("ReLU", "a <leak>", "gives all").On(["vanilla", "bn_ff"]),
                Explanation.None("batch norm", "neither").On(["bn_ff"]),
            ],
        };

        RunSummary
            .Write(explained)
            .Take(2)
            .Should()
            .Equal(
                "explains the numbers: ReLU: a <leak> (gives all; on vanilla, bn_ff)",
                "not explained: batch norm: neither (no known cause gives these numbers; on bn_ff)"
            );
        MarkdownReport.ToText(explained).Should().Contain("explains the numbers: ReLU: a &lt;leak&gt;");
        Figures.HtmlReport.ToText(explained).Should().Contain("explains the numbers: ReLU: a &lt;leak&gt;");
        var first = JsonNode.Parse(VerificationReport.ToText(explained))!["explanations"]![0]!;
        (
            first["part"]!.GetValue<string>(),
            first["cause"]!.GetValue<string>(),
            first["evidence"]!.GetValue<string>(),
            first["explains_the_numbers"]!.GetValue<bool>()
        )
            .Should()
            .Be(("ReLU", "a <leak>", "gives all", true));
        first["architectures"]!.AsArray().Select(name => name!.GetValue<string>()).Should().Equal("vanilla", "bn_ff");
        RunSummary.Write(failing with { Explanations = [] }).First().Should().StartWith("no known cause explains the numbers; the failed checks resemble");
        RunSummary.Write(Failing(["O1 vanilla"]) with { Explanations = [] }).First().Should().Be("no known cause explains the numbers");
    }

    [Fact]
    public void The_signature_file_equals_the_known_defects() =>
        KnownDefects
            .ToText(KnownDefects.Signatures)
            .Should()
            .Be(File.ReadAllText(Path.Combine(Repository.Root, "data", "signatures.json")).ReplaceLineEndings("\n"));

    [Fact]
    public void The_json_report_lists_declined_checks_separately()
    {
        var report = JsonNode.Parse(VerificationReport.ToText(Run(Holds, Declined)))!;

        report["verdict"]!.GetValue<string>().Should().Be("declined");
        report["declined"]!.AsArray().Select(reason => reason!.GetValue<string>()).Should().Equal("moments");
        report["checks"]![1]!["level"]!.GetValue<string>().Should().Be("given_weights");
    }

    [Theory]
    [InlineData("O1", nameof(VerdictLevel.GivenWeights))]
    [InlineData("D7", nameof(VerdictLevel.GivenWeights))]
    [InlineData("I2", nameof(VerdictLevel.Initialisation))]
    [InlineData("S2", nameof(VerdictLevel.Statistics))]
    [InlineData("P3", nameof(VerdictLevel.Statistics))]
    public void Each_check_has_its_level(string claim, string level) =>
        VerdictLevels.LevelOf(Suite.Checks.First(check => check.ClaimId == claim)).ToString().Should().Be(level);

    [Fact]
    public void A_declined_check_an_adapter_failure_or_an_empty_run_does_not_pass()
    {
        Run().Verdict.Should().Be(Verdict.Inconclusive);
        (Run(Holds) with { AdapterFailures = ["half a line"] }).Verdict.Should().Be(Verdict.Inconclusive);
        Run(Holds, Declined).Verdict.Should().Be(Verdict.Declined);
        Run(InPart).Verdict.Should().Be(Verdict.Declined);
        Run(Declined).HoldsButForDeclined.Should().BeFalse("nothing was executed");
        Run(InPart).HoldsButForDeclined.Should().BeTrue();
        Run(Holds, Declined).HoldsButForDeclined.Should().BeTrue("one holds");
        Run(Holds, Rejected, Declined).Verdict.Should().Be(Verdict.Rejected);
        Run(Holds, Inconclusive, Declined).Verdict.Should().Be(Verdict.Inconclusive);
    }

    private static VerificationRun Run(params CheckOutcome[] outcomes) =>
        new("subject", Scale.Quick, 7, outcomes, [], [.. ClaimLedger.Claims.Where(claim => claim.Id == "P9")]);

    /// <summary>All checks, of which those of the given names are rejected.</summary>
    private static VerificationRun Failing(IReadOnlyCollection<string> names) =>
        Run([
            .. Suite.Checks.Select(check =>
                Outcome(check.ClaimId, names.Contains(Signature.NameOf(check)) ? Verdict.Rejected : Verdict.Holds) with
                {
                    Check = check,
                }
            ),
        ]);

    private static CheckOutcome Outcome(string claim, Verdict verdict) =>
        new(
            Suite.Checks.First(check => check.ClaimId == claim),
            verdict,
            [
                new Measurement("ν₂", new Expected(1), new Observed(2), verdict)
                {
                    Samples = 3,
                    Deviation = 9,
                    FalseFailRate = 1e-9,
                },
            ],
            null
        );
}
