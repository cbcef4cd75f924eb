using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Wellbehaved.Audit;

/// <summary>Finds and ends processes that a subject has left running, even daemons. This works where the system tells whose they are, which is Linux.</summary>
/// <remarks>
/// Children are ended with the subject on every system. A daemon is no longer their relative: its parent has ended, and it has a session of its own. On Linux
/// it still has the mark in its environment with which the subject was started. If it has erased the mark, it becomes a child of the process that adopts
/// orphans.
/// </remarks>
internal static partial class LeftoverProcesses
{
    /// <summary>The environment variable that marks a subject and everything that it starts.</summary>
    public const string Mark = "WELLBEHAVED_SUBJECT";

    /// <summary>The most rounds of ending processes, since a process may start another one while it is being ended.</summary>
    private const int MostRounds = 20;
    private const int AdoptOrphans = 36;
    private const int KillSignal = 9;

    /// <summary>The time that processes have to end by themselves; helpers of a runtime do so soon after the program that they helped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>On Linux, makes orphans of this process's children its own children.</summary>
    /// <returns>Whether the system supports this.</returns>
    public static bool Adopt() => OperatingSystem.IsLinux() && Control(AdoptOrphans, 1, 0, 0, 0) == 0;

    /// <summary>Ends all processes that have a mark.</summary>
    /// <param name="mark">The mark's value.</param>
    /// <returns>A line for each process that was ended or could not be ended.</returns>
    public static IReadOnlyList<string> EndMarked(string mark)
    {
        var bytes = Encoding.UTF8.GetBytes($"{Mark}={mark}\0");
        return End(process => Read(process, "environ").AsSpan().IndexOf(bytes) >= 0);
    }

    /// <summary>Ends all descendants of this process. The process must have started only subjects, and must have ended all of them.</summary>
    /// <returns>A line for each process that was ended or could not be ended.</returns>
    public static IReadOnlyList<string> EndChildren() => End(process => Status(process) is { State: not 'Z' } status && status.Parent == Environment.ProcessId);

    private static List<string> End(Func<int, bool> isLeftover)
    {
        var lines = new List<string>();
        if (!OperatingSystem.IsLinux())
        {
            return lines;
        }

        var tried = new HashSet<int> { Environment.ProcessId };
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < Grace && Found().Length > 0)
        {
            Thread.Sleep(Pause);
        }

        for (var round = 0; round < MostRounds && Found() is { Length: > 0 } found; round++)
        {
            foreach (var process in found)
            {
                tried.Add(process);
                var name = Encoding.UTF8.GetString(Read(process, "comm")).TrimEnd('\n');
                lines.Add(
                    Kill(process) is { } reason
                        ? $"the program has left process {process} ({name}) running, which could not be ended ({reason})"
                        : $"ended process {process} ({name}), which the program had left running"
                );
            }
        }

        return lines;

        int[] Found() => [.. Processes().Where(process => !tried.Contains(process) && isLeftover(process) && !IsBeingKilled(process))];
    }

    /// <summary>Whether the process is about to end, because it was killed a moment ago with the program whose child it was.</summary>
    private static bool IsBeingKilled(int process) =>
        Encoding
            .UTF8.GetString(Read(process, "status"))
            .Split('\n')
            .Where(line => line.StartsWith("SigPnd:", StringComparison.Ordinal) || line.StartsWith("ShdPnd:", StringComparison.Ordinal))
            .Any(line =>
                ulong.TryParse(line.AsSpan(7).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var pending)
                && (pending & (1UL << (KillSignal - 1))) != 0
            );

    private static string? Kill(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            // The process has ended by itself.
            return null;
        }
        catch (Win32Exception exception)
        {
            return exception.Message;
        }
    }

    private static IEnumerable<int> Processes() =>
        Directory
            .EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => char.IsAsciiDigit(name![0]))
            .Select(name => int.Parse(name!, NumberStyles.None, CultureInfo.InvariantCulture));

    /// <summary>State and parent of a process. They come after its name, which may contain anything.</summary>
    private static (char State, int Parent)? Status(int process)
    {
        var fields =
            Encoding.UTF8.GetString(Read(process, "stat")) is var text && text.LastIndexOf(')') is >= 0 and var end
                ? text[(end + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
                : [];
        return fields is [[var state], var parent, ..] && int.TryParse(parent, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (state, id)
            : null;
    }

    /// <summary>The content of a file on a process; empty if the process has ended or belongs to another user.</summary>
    private static byte[] Read(int process, string what)
    {
        try
        {
            return File.ReadAllBytes($"/proc/{process}/{what}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl")]
    private static partial int Control(int option, nint first, nint second, nint third, nint fourth);
}
