using System.Diagnostics;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// A command that is ended in the middle of its work leaves nothing unfinished: by Ctrl-C, by a request to end, and when its terminal is closed.
/// </summary>
public sealed class TerminationTests : IDisposable
{
    private const int LongToWrite = 65000;

    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<int> Signals => [Interruption.SigInt, Interruption.SigTerm, Interruption.SigHup];

    /// <summary>This command looks at no cancellation: it has only this file to write.</summary>
    [UnixTheory]
    [MemberData(nameof(Signals))]
    public void An_output_that_is_half_written_is_removed(int signal)
    {
        var network = Path.Combine(_folder, "net.json");
        File.WriteAllText(network, $$$"""{"name":"long","input":[4,4,3],"layers":[{"repeat":{"times":{{{LongToWrite}}},"unit":[{"conv":{"kernel":3}}]}}]}""");
        using var process = Interruption.Start("dotnet", [CommandLine.Uncounted, "network", network, "--onnx", Path.Combine(_folder, "net.onnx")]);

        Interruption.Await(process, () => Directory.EnumerateFiles(_folder, ".*.partial").Any(), "the output is being written");
        Interruption.Send(process, signal);

        EndsInterrupted(process);
        Directory.GetFiles(_folder).Should().Equal(network);
    }

    [UnixTheory]
    [MemberData(nameof(Signals))]
    public void An_audit_leaves_no_folder_of_requests_and_no_program(int signal)
    {
        var program = Path.Combine(_folder, "pid");
        using var process = Interruption.Start(
            "env",
            [$"TMPDIR={_folder}", "dotnet", CommandLine.Uncounted, "audit", "--command", $"echo $$ > '{program}'; exec sleep 3600", "--time-limit", "3600"]
        );

        Interruption.Await(process, () => File.Exists(program) && File.ReadAllText(program).EndsWith('\n'), "the program is started");
        Interruption.Send(process, signal);

        EndsInterrupted(process);
        Directory.GetDirectories(_folder).Where(folder => Path.GetFileName(folder).StartsWith("wellbehaved-", StringComparison.Ordinal)).Should().BeEmpty();
        RunningProcess.HasEnded(int.Parse(File.ReadAllText(program), System.Globalization.CultureInfo.InvariantCulture)).Should().BeTrue();
    }

    /// <summary>As <c>nohup</c> starts it.</summary>
    [LinuxFact]
    public void A_closed_terminal_does_not_end_a_command_that_was_started_to_outlive_it()
    {
        var output = Path.Combine(_folder, "net.npz");
        var call =
            $"dotnet '{CommandLine.Uncounted}' run --architecture vanilla --total-depth 2000 --num-channels 32 --kernel-size 1 --batch-size 8 "
            + $"--num-sims 4 --out '{output}'";
        using var process = Interruption.Start("sh", ["-c", $"trap '' HUP; exec {call}"]);

        Interruption.Await(process, () => File.Exists(output + ".journal"), "the run has begun");
        Interruption.SendUnheard(process, Interruption.SigHup);

        Interruption.Await(process, () => process.HasExited, "the run goes on and ends");
        process.ExitCode.Should().Be(0, process.StandardError.ReadToEnd());
        File.Exists(output).Should().BeTrue();
    }

    private static void EndsInterrupted(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        Interruption.Await(process, () => process.HasExited, "the command ends");
        process.ExitCode.Should().Be(130);
        error.GetAwaiter().GetResult().TrimEnd().Split('\n')[^1].Should().Be("wellbehaved: interrupted");
    }
}
