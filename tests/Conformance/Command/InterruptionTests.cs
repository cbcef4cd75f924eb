using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class InterruptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>On Windows there is no signal to send to one process.</summary>
    [UnixFact]
    public async Task Ctrl_C_ends_cleanly_and_leaves_no_file()
    {
        string[] arguments =
        [
            "run",
            "--architecture",
            "bn_ff",
            "--total-depth",
            "100000",
            "--num-computations",
            "10",
            "--kernel-size",
            "1",
            "--num-channels",
            "256",
            "--batch-size",
            "64",
            "--num-sims",
            "100",
            "--out",
            Path.Combine(_folder, "result.npz"),
        ];
        using var process = Interruption.Start("dotnet", [CommandLine.Uncounted, .. arguments]);
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            Interruption.Await(process, () => File.Exists(Path.Combine(_folder, "result.npz.journal")), "a run opens its journal");
            Interruption.Interrupt(process);

            Interruption.Await(process, () => process.HasExited, "an interrupted run ends at the next layer");
            process.ExitCode.Should().Be(130);
            (await error).TrimEnd().Split('\n')[^1].Should().Be("wellbehaved: interrupted", "lines of progress may come before it on a busy machine");
            Directory.GetFiles(_folder).Should().BeEmpty();
        }
        finally
        {
            process.Kill();
        }
    }

    /// <summary>A terminal that is closed sends this to all that runs in it.</summary>
    [UnixFact]
    public void A_closed_terminal_ends_an_audit_that_leaves_no_folder_behind()
    {
        using var process = Interruption.Start(
            "env",
            [$"TMPDIR={_folder}", "dotnet", CommandLine.Uncounted, "audit", "--command", "sleep 4711", "--time-limit", "600"]
        );
        try
        {
            Interruption.Await(process, () => Mine().Length > 0, "an audit makes a folder for what it exchanges");
            Interruption.Send(process, Interruption.SigHup);

            Interruption.Await(process, () => process.HasExited, "it ends as after Ctrl-C");
            process.ExitCode.Should().Be(130);
            Mine().Should().BeEmpty();
        }
        finally
        {
            process.Kill();
        }

        string[] Mine() => [.. Directory.GetDirectories(_folder).Where(path => Path.GetFileName(path).StartsWith("wellbehaved", StringComparison.Ordinal))];
    }

    [LinuxFact]
    public void A_command_that_was_told_to_ignore_a_closed_terminal_goes_on()
    {
        var line = $"trap '' HUP; exec dotnet '{CommandLine.Uncounted}' audit --command 'sleep 4711' --time-limit 600";
        using var process = Interruption.Start("env", [$"TMPDIR={_folder}", "sh", "-c", line]);
        try
        {
            Interruption.Await(process, () => Directory.GetDirectories(_folder).Length > 0, "an audit makes a folder for what it exchanges");
            Interruption.SendUnheard(process, Interruption.SigHup);

            // The two signals arrive in any order; only the second one is heard.
            Interruption.Interrupt(process);
            Interruption.Await(process, () => process.HasExited, "Ctrl-C ends it all the same");
            process.ExitCode.Should().Be(130);
        }
        finally
        {
            process.Kill();
        }
    }
}
