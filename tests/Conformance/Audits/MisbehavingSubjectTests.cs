using System.Globalization;
using System.Text.RegularExpressions;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The auditor neither crashes nor hangs on a subject that misbehaves, and reports what is wrong.</summary>
public class MisbehavingSubjectTests
{
    /// <summary>Seconds for an answer: enough for Python to start on any machine. None of those that are given it wait for it to pass.</summary>
    private const string Patience = "300";

    [NumPyTheory]
    [InlineData("crash-mid-way", "the process ended with exit status 1 before it answered; the last line on its standard error: out of luck")]
    [InlineData("half-a-line", "the process ended with exit status 0 in the middle of a line")]
    [InlineData("wrong-id", "expected the answer to request ")]
    [InlineData("garbage", "expected an answer as the protocol defines it, got 'loading weights...'")]
    [InlineData("a-gigabyte", "an answer is longer than 1048576 bytes")]
    [InlineData("a-gigabyte-of-errors", "the process ended with exit status 1 before it answered; the last line on its standard error: xxx")]
    [InlineData("not-utf-8", "an answer is not UTF-8")]
    [InlineData("truncated-npz", "output file: expected a NumPy archive")]
    [InlineData("no-file", "expected the output file that the request names, found none")]
    [InlineData("huge-file", "expected an output file of at most ")]
    [InlineData("endless-file", "expected an output file of at most ")]
    [InlineData("link-to-another-file", "expected the output file that the request names, found none")]
    [InlineData("wrong-shape", "expected 'signal' of shape (1, ")]
    [InlineData("missing-array", "expected an array 'signal'")]
    [InlineData("unknown-array", "found 'extra' beside them")]
    [InlineData("text-in-the-array", "output file")]
    [InlineData("unknown-field", "is not a key of this answer")]
    [InlineData("error-without-reason", "expected status done, or declined or error with a reason")]
    [InlineData("accepts-unknown-fields", "expected an error for a request with an unknown field, got an answer")]
    [InlineData("describes-a-resnet", "expected architectures among vanilla, vanilla_res, bn_ff, bn_res, got 'resnet'")]
    [InlineData("an-infinite-epsilon", "describes itself: expected finite epsilons of at least 0, got ")]
    [InlineData("swaps-file-and-pipe", "output file")]
    [InlineData("removes-the-folder", "expected the output file that the request names, found none")]
    [InlineData("folder-in-the-place-of-the-output", "expected the output file that the request names, found a folder")]
    public void A_broken_adapter_is_reported_as_broken(string way, string finding)
    {
        var outcome = Audited.Run(Audited.Misbehaving(way), "--smoke", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("adapter BROKEN: ").And.Contain(finding).And.Contain("so the implementation behind it was not judged");
        outcome.Error.Should().NotContain("Unhandled").And.NotContain("   at ");
    }

    [NumPyTheory]
    [InlineData("another-seed-each-time", "I10", "what one set of weights leaves of two inputs")]
    [InlineData("the-same-weights-each-time", "I3", "")]
    public void A_seeding_fault_rejects_a_claim_and_does_not_count_as_a_broken_adapter(string way, string claim, string quantity)
    {
        var outcome = Audited.Run(Audited.Misbehaving(way), "--claim", claim, "--architecture", "vanilla", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(1, outcome.Output + outcome.Error);
        outcome.Output.Should().NotContain("BROKEN").And.MatchRegex($"(?m)^{claim} vanilla: rejected: .*{quantity}");
    }

    [NumPyFact]
    public void The_smoke_test_finds_a_seeding_fault()
    {
        var outcome = Audited.Run(Audited.Misbehaving("another-seed-each-time"), "--smoke", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(1, outcome.Output + outcome.Error);
        outcome.Output.Should().MatchRegex("(?m)^I10 .*rejected");
    }

    [NumPyFact]
    public void A_folder_in_place_of_the_input_file_does_not_disturb_the_audit()
    {
        var outcome = Audited.Run(
            Audited.Misbehaving("folder-in-the-place-of-the-input"),
            "--claim",
            "O1",
            "--architecture",
            "vanilla",
            "--time-limit",
            Patience
        );

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        outcome.Error.Should().NotContain("could not remove");
    }

    [NumPyTheory]
    [InlineData("leaves-a-daemon")]
    [InlineData("leaves-a-hidden-daemon")]
    public void A_daemon_that_a_subject_leaves_running_is_ended_and_reported(string way)
    {
        if (!OperatingSystem.IsLinux())
        {
            // Nothing else tells whose a process without a parent is.
            return;
        }

        var outcome = Audited.Run(Audited.Misbehaving(way), "--smoke", "--processes", "1", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(0, outcome.Output + outcome.Error);
        var ended = Regex.Match(outcome.Error, @"note: ended process ([0-9]+) \(sleep\), which the program had left running");
        ended.Success.Should().BeTrue(outcome.Error);
        RunningProcess.HasEnded(int.Parse(ended.Groups[1].Value, CultureInfo.InvariantCulture)).Should().BeTrue();
    }

    [NumPyFact]
    public void A_declined_deep_request_is_reported_as_declined()
    {
        var outcome = Audited.Run(Audited.Misbehaving("declines-deep-nets"), "--claim", "P1", "A3", "--architecture", "vanilla", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("declined, so not judged: nets deeper than 20 layers").And.MatchRegex("(?m)^P1 .* declined ");
        outcome.Output.Should().NotContain("AggregateException").And.NotContain("INCONCLUSIVE");
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \t")]
    [InlineData("\n")]
    public void An_empty_command_starts_no_program_and_is_a_wrong_call(string command)
    {
        var outcome = Audited.Run(command);

        outcome.ExitStatus.Should().Be(2, outcome.Output + outcome.Error);
        outcome.Output.Should().BeEmpty();
        outcome.Error.TrimEnd().Should().Be("wellbehaved: --command: expected a command that starts a program, but the program did not start: it is empty");
    }

    [NumPyTheory]
    [InlineData("no_such_program_of_that_name", "no_such_program_of_that_name")]
    [InlineData("python3 no_such_file.py", "no_such_file.py")]
    [InlineData("python3 -c 'import no_such_module'", "ModuleNotFoundError: No module named")]
    public void A_program_that_does_not_start_is_a_wrong_call_and_its_last_lines_are_shown(string command, string words)
    {
        var folder = Directory.CreateTempSubdirectory("wellbehaved");
        try
        {
            var junit = Path.Combine(folder.FullName, "verdicts.xml");
            var outcome = Audited.Run(command, "--time-limit", Patience, "--junit", junit);

            outcome.ExitStatus.Should().Be(2, outcome.Output + outcome.Error);
            outcome.Output.Should().BeEmpty();
            outcome
                .Error.TrimEnd()
                .Should()
                .StartWith("wellbehaved: --command: expected a command that starts a program, but the program did not start: it ended with exit status ")
                .And.Contain(words)
                .And.NotContain("\n")
                .And.NotContain("docs/audit-protocol.md");
            File.Exists(junit).Should().BeFalse("nothing was audited");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [NumPyFact]
    public void The_error_of_a_program_with_a_missing_import_is_shown()
    {
        var outcome = Audited.Run(Audited.Misbehaving("crash-at-start"), "--smoke", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(2, outcome.Output + outcome.Error);
        outcome
            .Error.TrimEnd()
            .Should()
            .EndWith("the program did not start: it ended with exit status 1 before it answered anything; its last lines: cannot import jax");
    }

    [NumPyTheory]
    [InlineData("silent-at-start", "no answer within 5 s")]
    [InlineData("hang", "no answer within 5 s")]
    [InlineData("half-a-line-and-hang", " within 5 s")]
    public void A_hanging_subject_is_stopped_after_the_time_limit_with_its_children(string way, string finding)
    {
        // A minute of sleep is what it would take otherwise; how long the audit takes is the machine's.
        var outcome = Audited.Run(Audited.Misbehaving(way), "--smoke", "--time-limit", "5");

        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("adapter BROKEN: ").And.Contain(finding);
        if (OperatingSystem.IsLinux())
        {
            CommandLine.Run("pgrep", ["-f", $"misbehaving.py' {way} "]).Output.Should().BeEmpty("it must not outlive the audit");
            CommandLine.Run("pgrep", ["-f", $"misbehaving.py {way} "]).Output.Should().BeEmpty("its children must not either");
        }
    }

    [NumPyFact]
    public void A_crash_in_the_midst_of_the_audit_is_inconclusive_and_reported()
    {
        var outcome = Audited.Run(Audited.Misbehaving("crash-late"), "--claim", "O1", "O2", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain("INCONCLUSIVE").And.Contain("adapter: propagate: the process ended with exit status 1").And.NotContain("REJECTED");
    }

    [NumPyFact]
    public void An_error_that_a_subject_reports_affects_only_its_request()
    {
        var outcome = Audited.Run(Audited.Misbehaving("reports-errors"), "--claim", "O1", "I3", "--architecture", "vanilla", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome
            .Output.Should()
            .MatchRegex(@"(?m)^O1 \w+: inconclusive: adapter: the subject reports an error: LinAlgError")
            .And.NotContain("not asked any more");
        outcome.Output.Should().MatchRegex(@"(?m)^I3 .* holds ", "the process is sound");
    }

    [NumPyFact]
    public void NaN_from_a_subject_rejects_claims_and_does_not_count_as_a_broken_adapter()
    {
        var outcome = Audited.Run(Audited.Misbehaving("nan"), "--claim", "O1", "--architecture", "vanilla", "--time-limit", Patience);

        outcome.ExitStatus.Should().Be(1, outcome.Output + outcome.Error);
        outcome.Output.Should().MatchRegex(@"(?m)^O1 \w+: rejected: ").And.Contain("NaN").And.NotContain("BROKEN");
    }

    [NumPyTheory]
    [InlineData("declines-batch-norm", "declined, so not judged: no batch norm here", 0)]
    [InlineData("declines-everything", "declined, so not judged: not today", 3)]
    [InlineData("fully-connected-only", "boundary periodic", 0)]
    [InlineData("single-architecture", "architecture bn_ff", 0)]
    [InlineData("only-given-weights", "weights of its own", 0)]
    [InlineData("no-moments", "declined, so not judged: moment chi, ", 0)]
    public void Declined_requests_are_not_judged_and_are_listed(string way, string declined, int statusIfAllowed)
    {
        string[] claims = ["--claim", "O1", "--claim", "D1", "--claim", "D3", "--claim", "I3", "--architecture", "vanilla", "bn_ff", "--time-limit", Patience];
        var outcome = Audited.Run(Audited.Misbehaving(way), claims);

        outcome.ExitStatus.Should().Be(3, outcome.Output + outcome.Error);
        outcome.Output.Should().Contain(declined).And.Contain("with --allow-declined it is 0").And.NotContain("REJECTED").And.NotContain("INCONCLUSIVE");
        outcome.Output.Should().NotContain("4 of 4 claims hold");

        // Whatever else was asked. What the status is made of is one thing to test in all of these; at night it is tested in each.
        if (Breadth.Choose(usual: way is "declines-everything" or "fully-connected-only", atNight: true))
        {
            Audited
                .Run(
                    Audited.Misbehaving(way),
                    "--claim",
                    "D1",
                    "--claim",
                    "I3",
                    "--architecture",
                    "vanilla",
                    "bn_ff",
                    "--time-limit",
                    Patience,
                    "--allow-declined"
                )
                .ExitStatus.Should()
                .Be(statusIfAllowed);
        }
    }
}
