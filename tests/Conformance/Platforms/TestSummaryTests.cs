using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>The last lines of <c>.ci/run</c>, from result files as the test platform writes them.</summary>
public sealed class TestSummaryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [UnixFact]
    public void Skipped_tests_are_counted_by_their_reason_and_the_last_line_counts_all()
    {
        Write("one", total: 4, passed: 3, failed: 0, Skipped("a browser &amp; a &quot;font&quot;"));
        Write("two", total: 7, passed: 4, failed: 0, Skipped("no NumPy"), Skipped("a browser &amp; a &quot;font&quot;"), Skipped(null));

        var outcome = Summary();

        outcome.ExitStatus.Should().Be(0);
        var lines = outcome.Output.TrimEnd().Split('\n');
        lines[0].Should().Be("2 skipped: a browser & a \"font\"");
        lines[1..3].Should().BeEquivalentTo("1 skipped: no NumPy", "1 skipped: no reason given");
        lines[3..].Should().Equal("7 passed, 0 failed, 4 skipped");
    }

    [UnixFact]
    public void A_failed_test_fails_the_summary_and_is_named_with_its_message()
    {
        Write("one", total: 4, passed: 3, failed: 1, Failed("Holds(claim: &quot;O1&quot;)", "expected &lt;3&gt;,&#xD;&#xA;got 4"));
        Write("two", total: 2, passed: 1, failed: 1, "<UnitTestResult testName=\"Silent\" outcome=\"Failed\"></UnitTestResult>");

        var outcome = Summary();

        outcome.ExitStatus.Should().NotBe(0);
        var lines = outcome.Output.TrimEnd().Split('\n');
        lines[..2].Should().BeEquivalentTo("failed: Holds(claim: \"O1\"): expected <3>, got 4", "failed: Silent: no message");
        lines[2..].Should().Equal("4 passed, 2 failed, 0 skipped");
    }

    [UnixFact]
    public void A_run_without_results_fails_the_summary() =>
        Summary().Should().Match<CommandLine.Outcome>(outcome => outcome.ExitStatus != 0 && outcome.Output == "0 passed, 0 failed, 0 skipped\n");

    private static string Skipped(string? reason) =>
        "<UnitTestResult testName=\"T\" "
        + $"outcome=\"NotExecuted\">{(reason is null ? string.Empty : $"\r\n  <Output><StdOut>{reason}</StdOut></Output>\r\n")}</UnitTestResult>";

    private static string Failed(string name, string message) =>
        $"<UnitTestResult testName=\"{name}\" outcome=\"Failed\">\r\n<Output><ErrorInfo><Message>{message}</Message><StackTrace>at "
        + "T</StackTrace></ErrorInfo></Output></UnitTestResult>";

    private CommandLine.Outcome Summary() => CommandLine.Run("bash", [Path.Combine(Repository.Root, ".ci", "summary"), _folder]);

    private void Write(string name, int total, int passed, int failed, params string[] results) =>
        File.WriteAllText(
            Path.Combine(_folder, name + ".trx"),
            "<TestRun>\r\n<Results>\r\n<UnitTestResult testName=\"P\" "
                + $"outcome=\"Passed\"><Output><StdOut>said</StdOut></Output></UnitTestResult>\r\n{string.Join("\r\n", results)}</Results>\r\n<ResultSummary "
                + $"outcome=\"Completed\">\r\n<Counters total=\"{total}\" executed=\"{passed + failed}\" passed=\"{passed}\" failed=\"{failed}\" "
                + "error=\"0\" /></ResultSummary></TestRun>"
        );
}
