using FluentAssertions;
using Wellbehaved.Cli;

namespace Wellbehaved.Tests.Conformance;

public sealed class FailureTests
{
    /// <summary>A process that is ending and is asked to end again waits for itself: coverage's handler once threw, and an audit never returned.</summary>
    [UnixTheory]
    [InlineData("S2", 0)]
    [InlineData("nonsense", 2)]
    public void An_exit_handler_that_throws_does_not_change_the_exit_status(string claim, int status)
    {
        var outcome = CommandLine.Run(
            "env",
            [
                $"DOTNET_STARTUP_HOOKS={typeof(FailureTests).Assembly.Location}",
                "dotnet",
                Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"),
                "claims",
                claim,
            ]
        );

        outcome.ExitStatus.Should().Be(status);
        outcome.Error.Should().Contain(StartupHook.Words, "the handler ran");
    }

    [Fact]
    public void An_unexpected_exception_prints_one_line_that_asks_for_a_report_and_saves_its_trace()
    {
        var (status, line) = Reported(Thrown(new InvalidOperationException("Sequence contains\nno elements.")));

        status.Should().Be(70);
        line.Should()
            .StartWith(
                "wellbehaved: a defect of wellbehaved, not an error in your call: InvalidOperationException: Sequence contains no elements; please "
                    + "report it with "
            )
            .And.NotContain("   at ");
        var trace = line[(line.LastIndexOf(' ') + 1)..];
        File.ReadAllText(trace).Should().Contain("no elements").And.Contain(nameof(Thrown));
        File.Delete(trace);
    }

    [Fact]
    public void Of_exceptions_from_several_threads_the_one_about_user_input_is_shown()
    {
        var (status, line) = Reported(
            new AggregateException(
                new InvalidOperationException("mine"),
                new AggregateException(new InvalidInputException("--epsilon", "expected b"), new InvalidInputException("--epsilon", "expected a"))
            )
        );

        (status, line).Should().Be((2, "wellbehaved: --epsilon: expected a"));
    }

    [Fact]
    public void Each_kind_of_failure_has_its_status()
    {
        Reported(new InvalidInputException("--out", "expected a file")).Should().Be((2, "wellbehaved: --out: expected a file"));
        Reported(new OperationCanceledException()).Should().Be((130, "wellbehaved: interrupted"));
        Reported(new AggregateException(new OperationCanceledException())).Status.Should().Be(130);
        Reported(new InsufficientMemoryException()).Status.Should().Be(2);
        Reported(new IOException("No space left on device : 'stdout'"))
            .Should()
            .Be((2, "wellbehaved: expected files that can be read and an output that can be written (No space left on device : 'stdout')"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\0")]
    [InlineData("no\0where.npz")]
    public async Task An_invalid_file_name_is_a_wrong_call(string name)
    {
        (await Entry.RunAsync(["diagnose", name])).Should().Be(2);
        (await Entry.RunAsync(["merge", name, "--out", name])).Should().Be(2);
        (await Entry.RunAsync(["merge", name, "--out", "merged.npz"])).Should().Be(2);
        (await Entry.RunAsync(["diagnose", name, "--json", "a.json"])).Should().Be(2);
        (await Entry.RunAsync(["predict", "--network", name, "--batch-size", "4", "--json", "a.json"])).Should().Be(2);
        (await Entry.RunAsync(["status", name])).Should().Be(2);
        (await Entry.RunAsync(["plot", name, "--out", "a.svg"])).Should().Be(2);
    }

    [UnixFact]
    public void A_full_output_device_is_no_defect_of_the_program()
    {
        var outcome = CommandLine.Run("bash", ["-c", "exec dotnet \"$0\" claims > /dev/full", Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll")]);

        outcome.ExitStatus.Should().Be(2);
        outcome.Error.TrimEnd().Should().StartWith("wellbehaved: expected").And.NotContain("\n");
    }

    private static (int Status, string Line) Reported(Exception exception)
    {
        using var error = new StringWriter();
        var status = Failure.Report(exception, error);
        return (status, error.ToString().TrimEnd().Should().NotContain("\n").And.Subject!);
    }

    private static InvalidOperationException Thrown(InvalidOperationException exception)
    {
        try
        {
            throw exception;
        }
        catch (InvalidOperationException caught)
        {
            return caught;
        }
    }
}
