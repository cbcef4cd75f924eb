using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Wellbehaved.Audit;

/// <summary>Processes that a subject has left running, wherever they went: ended where the system tells whose they are, which is Linux.</summary>
/// <remarks>
/// Children are ended with the subject on every system. A daemon has left their family: its parent has ended, and its session is its own. On Linux it still
/// carries the mark that the subject was started with in its environment; and one that has wiped that off becomes a child of the process that adopts orphans.
/// </remarks>
internal static partial class LeftoverProcesses
{
    /// <summary>The variable that marks a subject and all that it starts.</summary>
    public const string Mark = "WELLBEHAVED_SUBJECT";

    /// <summary>A process may start another while it is being ended.</summary>
    private const int MostRounds = 20;
    private const int AdoptOrphans = 36;
    private const int KillSignal = 9;

    /// <summary>Helpers of a runtime end by themselves soon after the program that they helped.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Lets orphans of this process's children become its own children, on Linux.</summary>
    /// <returns>Whether the system does that.</returns>
    public static bool Adopt() => OperatingSystem.IsLinux() && Control(AdoptOrphans, 1, 0, 0, 0) == 0;

    /// <summary>Ends all processes that carry a mark.</summary>
    /// <param name="mark">The mark's value.</param>
    /// <returns>What was ended, or could not be, a line each.</returns>
    public static IReadOnlyList<string> EndMarked(string mark)
    {
        var bytes = Encoding.UTF8.GetBytes($"{Mark}={mark}\0");
        return End(process => Read(process, "environ").AsSpan().IndexOf(bytes) >= 0);
    }

    /// <summary>Ends all children of this process and theirs; for a process that starts no others than subjects, all of which it has ended.</summary>
    /// <returns>What was ended, or could not be, a line each.</returns>
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

    /// <summary>Whether it goes as soon as the system comes to it, since it was killed a moment ago with the program whose child it was.</summary>
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
            // It has ended on its own.
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

    /// <summary>State and parent, which come after the name, in which anything may stand.</summary>
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

    /// <summary>What the system says of a process; nothing if it has ended or is somebody else's.</summary>
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
