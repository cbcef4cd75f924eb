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
}
