using System.Globalization;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

public sealed class InterruptionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("wellbehaved").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ctrl_C_ends_cleanly_and_leaves_no_file()
    {
        if (OperatingSystem.IsWindows())
        {
            // There is no signal to send to one process there.
            return;
        }

        string[] arguments = ["run", "--architecture", "bn_ff", "--total-depth", "100000", "--num-computations", "10", "--kernel-size", "1", "--num-channels", "256", "--batch-size", "64", "--num-sims", "100", "--out", Path.Combine(_folder, "result.npz")];
        using var process = CommandLine.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments]);
        try
        {
            var error = process.StandardError.ReadToEndAsync();
            await Task.Delay(TimeSpan.FromSeconds(2));
            process.HasExited.Should().BeFalse("the run takes minutes");
            CommandLine.Run("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);

            process.WaitForExit(TimeSpan.FromSeconds(30)).Should().BeTrue("an interrupted run ends at the next layer (a shell that starts the tests in the background without job control makes them deaf to the signal)");
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
