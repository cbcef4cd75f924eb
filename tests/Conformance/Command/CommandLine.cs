using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Runs the built command as a user would: in a process of its own, or, where that makes no difference to what is tested, in this one.</summary>
/// <remarks>At night all commands have a process of their own.</remarks>
internal static partial class CommandLine
{
    /// <summary>
    /// Commands that leave nothing behind but files and what they print. An audit of a program is none: it ends whatever its own process has started.
    /// </summary>
    private static readonly string[] Sociable = ["run", "train", "merge", "status", "predict", "diagnose", "plot", "network", "claims"];

    /// <summary>Options with which a verification or an audit is short.</summary>
    private static readonly string[] SomeChecks = ["--claim", "--network", "--smoke"];

    /// <summary>Help names the program that was started.</summary>
    private static readonly string[] AboutTheProgram = ["--help", "-h", "-?", "/?", "--version"];

    /// <summary>Streams and devices of the process that writes to them.</summary>
    private static readonly string[] OfTheProcess = ["/dev/", "/proc/"];

    /// <summary>Ends what hangs. Ten times what the longest command takes on two free cores: how fast commands are is no question of tests.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    /// <summary>The build of the command whose lines are not counted, for tests that kill it or start it in a session of its own.</summary>
    /// <remarks>
    /// A program whose lines are counted writes its counts as it ends, under a lock that all programs of this folder and session share. One that is killed at
    /// that moment leaves a broken lock (measured: one of 60 kills about the end of a command broke the next program), and one of another session, such as
    /// those that <c>script</c> and notebooks start, has another lock and writes to the same file at the same time: either ends in an exception, in whatever
    /// test it is.
    /// </remarks>
    public static string Uncounted { get; } =
        Path.Combine(
            Repository.Root,
            "src",
            "Cli",
            Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "Conformance"), AppContext.BaseDirectory),
            "wellbehaved.dll"
        );

    /// <summary>How a command ended, and what it wrote.</summary>
    /// <param name="ExitStatus">Its exit status.</param>
    /// <param name="Output">Standard output.</param>
    /// <param name="Error">
    /// Standard error, without the lines of progress: these come after so many seconds, of which a busy machine takes any number for any work.
    /// </param>
    public sealed record Outcome(int ExitStatus, string Output, string Error);

    public static Outcome Run(params string[] arguments)
    {
        if (Breadth.Choose(usual: NeedsNoProcess(arguments), atNight: false))
        {
            var (status, output, error) = CommandHere.Run(arguments);
            return new Outcome(status, output, WithoutProgress(error));
        }

        return RunProcess(arguments);
    }

    /// <summary>The same always in a process of its own.</summary>
    public static Outcome RunProcess(params string[] arguments) => Run("dotnet", [Path.Combine(AppContext.BaseDirectory, "wellbehaved.dll"), .. arguments]);

    public static Outcome Run(string program, IEnumerable<string> arguments, params (string Name, string Value)[] environment)
    {
        using var process = Start(program, arguments, environment);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Limit))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} did not end within {Limit}");
        }

        return new Outcome(process.ExitCode, output.Result, WithoutProgress(error.Result));
    }

    public static Process Start(string program, IEnumerable<string> words, params (string Name, string Value)[] environment)
    {
        string[] arguments = [.. words];
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        if (program == "dotnet" && (!arguments.Any(argument => argument is "verify" or "audit") || arguments.Any(SomeChecks.Contains)))
        {
            // Most of what a short command takes is the compilation of loops at their best, which pays where they run for long.
            start.Environment["DOTNET_TC_QuickJitForLoops"] = "1";
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    private static string WithoutProgress(string error) => ProgressLine().Replace(error, string.Empty);

    [GeneratedRegex(@"^.+: \d+ %(, time left \d+:\d\d:\d\d)?\n", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex ProgressLine();

    private static bool NeedsNoProcess(string[] arguments) =>
        arguments is [var command, ..]
        && (
            Sociable.Contains(command)
            || (command == "verify" && Array.Exists(arguments, SomeChecks.Contains))
            || (command == "audit" && arguments.Contains("--results") && !arguments.Contains("--command"))
        )
        && !arguments.Any(AboutTheProgram.Contains)
        && !Array.Exists(arguments, argument => OfTheProcess.Any(device => argument.Contains(device, StringComparison.Ordinal)));
}
