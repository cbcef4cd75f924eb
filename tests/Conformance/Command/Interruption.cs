using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using FluentAssertions;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Commands that are interrupted as Ctrl-C interrupts them: when they can hear it, and wherever the tests were started.</summary>
internal static partial class Interruption
{
    public const int SigHup = 1;
    public const int SigInt = 2;
    public const int SigTerm = 15;
    private const nint Default = 0;
    private const nint Ignored = 1;

    /// <summary>Larger than what any system keeps of a signal; the handler comes first on all of them.</summary>
    private const int LargestAction = 512;

    /// <summary>Ends what hangs; no test passes or fails by how long anything takes.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);
    private static readonly Lock Gate = new();

    /// <summary>
    /// Starts a program that Ctrl-C and a closed terminal end, even where a shell has started the tests in the background, or <c>nohup</c>: either makes them
    /// and all that they start deaf to it.
    /// </summary>
    public static Process Start(string program, IEnumerable<string> arguments)
    {
        lock (Gate)
        {
            int[] ignored = [.. new[] { SigInt, SigHup }.Where(IsIgnored)];
            foreach (var signal in ignored)
            {
                _ = Signal(signal, Default);
            }

            try
            {
                return CommandLine.Start(program, arguments);
            }
            finally
            {
                foreach (var signal in ignored)
                {
                    _ = Signal(signal, Ignored);
                }
            }
        }
    }

    /// <summary>Sends what Ctrl-C sends, once the program listens: before that it would end it at once.</summary>
    public static void Interrupt(Process process) => Send(process, SigInt);

    /// <summary>Sends a signal, once the program listens.</summary>
    public static void Send(Process process, int signal)
    {
        Await(process, () => Listens(process, signal), "the command handles the signal from its start on");
        SendUnheard(process, signal);
    }

    /// <summary>Sends a signal that the program was started to ignore.</summary>
    public static void SendUnheard(Process process, int signal) => Kill(process.Id, signal).Should().Be(0);

    /// <summary>Waits until something is seen.</summary>
    public static void Await(Process process, Func<bool> condition, string because)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            clock.Elapsed.Should().BeLessThan(Limit, because);
            (process.HasExited && !condition())
                .Should()
                .BeFalse("it ended with exit status {0}, but {1}", process.HasExited ? process.ExitCode : null, because);
            Thread.Sleep(20);
        }
    }

    /// <summary>Whether a program has asked to be told of the signal: where the system says so, on Linux.</summary>
    private static bool Listens(Process process, int signal)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        var caught = File.ReadLines($"/proc/{process.Id}/status").Single(line => line.StartsWith("SigCgt:", StringComparison.Ordinal))[7..].Trim();
        return (ulong.Parse(caught, NumberStyles.HexNumber, CultureInfo.InvariantCulture) & (1UL << (signal - 1))) != 0;
    }

    private static unsafe bool IsIgnored(int signal)
    {
        var action = stackalloc byte[LargestAction];
        return GetAction(signal, null, action) == 0 && *(nint*)action == Ignored;
    }

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint handler);

    [LibraryImport("libc", EntryPoint = "sigaction")]
    private static unsafe partial int GetAction(int signal, void* action, byte* former);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
