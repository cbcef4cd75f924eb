using System.Globalization;
using System.Runtime.InteropServices;

namespace Wellbehaved.Cli;

/// <summary>Whether whoever started the process wants it to hear a signal: <c>nohup</c> lets work go on when the terminal is closed.</summary>
internal static class SignalDisposition
{
    private const string Ignored = "SigIgn:";

    private static readonly ulong AtStart = Read();

    /// <summary>Whether a signal was not ignored when the process was started. Where the system does not say, .NET decides.</summary>
    /// <param name="signal">The signal.</param>
    public static bool IsHeard(PosixSignal signal) => NumberOf(signal) is not { } number || (AtStart & (1UL << (number - 1))) == 0;

    private static int? NumberOf(PosixSignal signal) =>
        signal switch
        {
            PosixSignal.SIGHUP => 1,
            PosixSignal.SIGINT => 2,
            PosixSignal.SIGQUIT => 3,
            PosixSignal.SIGTERM => 15,
            _ => null,
        };

    private static ulong Read()
    {
        if (!OperatingSystem.IsLinux())
        {
            return 0;
        }

        try
        {
            var line = File.ReadLines("/proc/self/status").FirstOrDefault(line => line.StartsWith(Ignored, StringComparison.Ordinal));
            return ulong.TryParse(line?[Ignored.Length..].Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask) ? mask : 0;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return 0;
        }
    }
}
