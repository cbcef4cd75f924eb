using System.Globalization;
using System.Runtime.InteropServices;

namespace Wellbehaved.Cli;

/// <summary>Ends a command as Ctrl-C does when its terminal is closed, so that temporary folders, programs and locks do not stay.</summary>
/// <remarks>A process that was told to ignore that, as by <c>nohup</c>, goes on.</remarks>
internal sealed class HangUp : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration? _registration;

    public HangUp() =>
        _registration = IsIgnored()
            ? null
            : PosixSignalRegistration.Create(
                PosixSignal.SIGHUP,
                signal =>
                {
                    signal.Cancel = true;
                    _source.Cancel();
                }
            );

    /// <summary>Is cancelled when the terminal is closed.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration?.Dispose();
        _source.Dispose();
    }

    /// <summary>Whether the process was started with the signal ignored; Linux tells, other systems keep their handling.</summary>
    private static bool IsIgnored()
    {
        const string line = "SigIgn:";
        try
        {
            return OperatingSystem.IsLinux()
                && File.ReadLines("/proc/self/status").FirstOrDefault(status => status.StartsWith(line, StringComparison.Ordinal)) is { } mask
                && ulong.TryParse(mask.AsSpan(line.Length).Trim(), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var bits)
                && (bits & 1) != 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
