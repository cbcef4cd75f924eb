using System.Diagnostics;
using System.Text;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs the built command as a user would, in a process of its own.</summary>
internal static class CommandLine
{
    /// <summary>Ends what hangs. Ten times what the longest command takes on two free cores: how fast commands are is no question of tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    public sealed record Outcome(int ExitStatus, string Output, string Error);

    public static Outcome Run(params string[] arguments) => Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments]);

    public static Outcome Run(string program, IEnumerable<string> arguments)
    {
        using var process = Start(program, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {Limit}");
        }

        return new Outcome(process.ExitCode, output.Result, error.Result);
    }

    public static Process Start(string program, IEnumerable<string> words)
    {
        string[] arguments = [.. words];
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (program == "dotnet" && !arguments.Any(argument => argument is "verify" or "audit"))
        {
            // Most of what a short command takes is the compilation of loops at their best, which pays where they run for long.
            start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
