using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>
/// Gives spoilt inputs to the real commands: in a process of its own, one after the other, so that what one does to the process is seen, be it its end.
/// </summary>
public static partial class CommandFuzzing
{
    /// <summary>What <c>Wellbehaved.Tests.Conformance.dll</c> is told to fuzz.</summary>
    internal const string Word = "fuzz-commands";

    private const int InputsPerLine = 1000;
    private const string NameOfSeed = "seed";

    /// <summary>Bytes that an input may ask for without changing what is measured of the commands that follow.</summary>
    private const double MuchMemory = 1 << 26;

    /// <summary>Has another process try inputs.</summary>
    /// <param name="from">The first seed.</param>
    /// <param name="to">The seed after the last one.</param>
    /// <param name="keep">A folder that keeps the inputs of findings; null if none does.</param>
    /// <param name="say">Receives each line that the process prints: how far it is, and what it found.</param>
    /// <returns>The findings; one more if the process ended unexpectedly.</returns>
    public static IReadOnlyList<string> RunApart(int from, int to, string? keep, Action<string> say)
    {
        ArgumentNullException.ThrowIfNull(say);
        var runtime = Path.Combine(
            AppContext.BaseDirectory,
            Path.ChangeExtension(Path.GetFileName(Environment.GetCommandLineArgs()[0]), ".runtimeconfig.json")
        );
        var program = typeof(CommandFuzzing).Assembly.Location;
        string[] arguments =
        [
            .. File.Exists(Path.ChangeExtension(program, ".runtimeconfig.json")) ? [] : new[] { "exec", "--runtimeconfig", runtime },
            program,
            Word,
            $"{from}",
            $"{to}",
            .. keep is null ? [] : new[] { keep },
        ];
        using var process =
            Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException("dotnet did not start");

        // An interruption is for the other process, which ends after the input that it tries.
        using var patience = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        var error = process.StandardError.ReadToEndAsync();
        var findings = new List<string>();
        var root = string.Empty;
        using var limit = new CommandLimit(process, () => Present(Volatile.Read(ref root)), CommandLimit.MostTime, CommandLimit.MostByTheClock);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            say(line);
            if (FindingPattern().IsMatch(line))
            {
                findings.Add(line);
            }
            else if (FolderPattern().Match(line) is { Success: true } folder)
            {
                Volatile.Write(ref root, folder.Groups["folder"].Value);
            }
        }

        process.WaitForExit();
        if (limit.End() is { } reason)
        {
            findings.Add($"seed {reason}");
        }
        else if (process.ExitCode is not (0 or 1))
        {
            findings.Add($"seed {Present(root) ?? "unknown"}: the process ended with status {process.ExitCode}: {error.Result}");
        }

        return findings;
    }

    /// <summary>Which input and which command are tried, as the other process notes it; null before the first, or amidst a note.</summary>
    private static string? Present(string root)
    {
        try
        {
            return root.Length > 0 && File.ReadAllText(Path.Combine(root, NameOfSeed)) is { Length: > 0 } note ? note : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Tries inputs in this process.</summary>
    /// <returns>Exit status: 0 without a finding, 1 with some.</returns>
    internal static int Run(string[] arguments)
    {
        var (from, to) = (int.Parse(arguments[0], CultureInfo.InvariantCulture), int.Parse(arguments[1], CultureInfo.InvariantCulture));
        var keep = arguments.ElementAtOrDefault(2);
        var interrupted = false;
        using var interruption = PosixSignalRegistration.Create(
            PosixSignal.SIGINT,
            context =>
            {
                context.Cancel = true;
                Volatile.Write(ref interrupted, true);
            }
        );
        using var inputs = new CommandInputs();
        Console.WriteLine($"in {inputs.Root}");
        var (tried, commands, findings, slowest, largest) = (0, 0, 0, TimeSpan.Zero, 0L);
        var statuses = new int[4];
        var watch = Stopwatch.StartNew();
        PeakMemory.Reset();
        for (var seed = from; seed < to && !Volatile.Read(ref interrupted); seed++)
        {
            File.WriteAllText(Path.Combine(inputs.Root, NameOfSeed), $"{seed}");
            var input = inputs.Make(seed);
            if (!TryAll(input, seed, isClean: input.Memory > MuchMemory))
            {
                // This command may have taken it, or those before it, of whose memory the process keeps what it likes: once more, each from a clean start.
                TryAll(inputs.Make(seed), seed, isClean: true);
            }

            tried++;
            if (tried % InputsPerLine == 0 || seed == to - 1)
            {
                Summarize();
            }
        }

        if (tried % InputsPerLine != 0 && tried < to - from)
        {
            Summarize();
        }

        return findings == 0 ? 0 : 1;

        // False as soon as a command seems to have taken too much memory that is not its own for sure.
        bool TryAll(CommandInput input, int seed, bool isClean)
        {
            foreach (var command in input.Commands)
            {
                if (isClean)
                {
                    PeakMemory.Reset();
                }

                File.WriteAllText(Path.Combine(inputs.Root, NameOfSeed), $"{seed}, {input.Kind}: wellbehaved {string.Join(' ', command)}");
                var outcome = CommandWatch.Run(command, inputs.Folder, input.Memory);
                if (Volatile.Read(ref interrupted))
                {
                    return true;
                }

                if (outcome.IsMemory && !isClean)
                {
                    return false;
                }

                commands++;
                slowest = outcome.Time > slowest ? outcome.Time : slowest;
                largest = Math.Max(largest, outcome.Memory);
                if (outcome.Status is >= 0 and <= 3)
                {
                    statuses[outcome.Status]++;
                }

                if (outcome.Failure is { } failure)
                {
                    findings++;
                    Console.WriteLine($"seed {seed}, {input.Kind}: {Escaped($"wellbehaved {string.Join(' ', command)}: {failure}")}");
                    Keep(inputs.Folder, keep, seed);
                }
            }

            if (isClean)
            {
                PeakMemory.Reset();
            }

            return true;
        }

        void Summarize() =>
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{tried} inputs through {commands} commands (exit status 0: {statuses[0]}, 1: {statuses[1]}, 2: {statuses[2]}, 3: "
                        + $"{statuses[3]}), {findings} findings; at most {slowest.TotalSeconds:F1} s and {largest >> 20} MiB; "
                        + $"{watch.Elapsed.TotalMinutes:F1} min"
                )
            );
    }

    private static string Escaped(string text) => ForeignText.OnOneLine(ForeignText.Beginning(text, 3000));

    private static void Keep(string folder, string? keep, int seed)
    {
        if (keep is null)
        {
            return;
        }

        var target = Path.Combine(keep, $"{seed}");
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy, overwrite: true);
        }
    }

    [GeneratedRegex("^seed [0-9]+, ")]
    private static partial Regex FindingPattern();

    [GeneratedRegex("^in (?<folder>.+)$")]
    private static partial Regex FolderPattern();
}
