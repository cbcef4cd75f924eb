using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>A command that does not end is ended after a limit of work and time, and reported.</summary>
public class CommandLimitTests
{
    [UnixFact]
    public void A_command_that_works_for_ever_is_ended_and_named()
    {
        using var process = CommandLine.Start("sh", ["-c", "while :; do :; done"]);
        using var limit = new CommandLimit(process, () => "seed 7, diagnose x.npz", TimeSpan.FromSeconds(0.5), CommandLimit.MostByTheClock);

        process.WaitForExit();
        limit.End().Should().Be("seed 7, diagnose x.npz: did not end within 0.5 seconds of processors");
    }

    [UnixFact]
    public void A_command_that_waits_for_ever_is_ended_and_named()
    {
        using var process = CommandLine.Start("sleep", ["1000000"]);
        using var limit = new CommandLimit(process, () => "seed 8, plot x.npz", CommandLimit.MostTime, TimeSpan.FromSeconds(0.5));

        process.WaitForExit();
        limit.End().Should().StartWith("seed 8, plot x.npz: did not end within 0.5 seconds, of which processors worked for 0");
    }

    [UnixFact]
    public void Many_short_commands_are_not_ended_by_the_time_limit()
    {
        // Each question is answered by another command, so none has worked for long.
        var commands = 0;
        using var process = CommandLine.Start("sh", ["-c", "i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done"]);
        using var limit = new CommandLimit(process, () => $"{commands++}", TimeSpan.FromMilliseconds(1), CommandLimit.MostByTheClock);

        process.WaitForExit();
        (process.ExitCode, limit.End()).Should().Be((0, null));
    }
}
