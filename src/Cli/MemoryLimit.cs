using System.Globalization;
using System.Runtime.InteropServices;

namespace Wellbehaved.Cli;

/// <summary>
/// Keeps the process from using more memory than there is: a request for too much memory fails at once, and the system need not kill some process.
/// </summary>
internal static class MemoryLimit
{
    /// <summary>RLIMIT_DATA of Linux, which limits private writable memory.</summary>
    private const int Data = 2;

    /// <summary>Limits this process to a number of bytes, and to what is free now. It is only for Linux; elsewhere the command watches the process.</summary>
    /// <param name="bytes">The number.</param>
    public static void To(long bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        var most = (ulong)Math.Min(bytes, Free() ?? long.MaxValue);
        if (GetLimit(Data, out var limit) == 0 && most < limit.Soft)
        {
            _ = SetLimit(Data, limit with { Soft = most });
        }
    }

    private static long? Free()
    {
        const string Key = "MemAvailable:";
        try
        {
            var line = File.ReadLines("/proc/meminfo").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
            return
                line is not null
                && long.TryParse(
                    line[Key.Length..].Replace("kB", "", StringComparison.Ordinal),
                    NumberStyles.Integer,
                    CultureInfo.InvariantCulture,
                    out var kibibytes
                )
                ? kibibytes * 1024
                : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

#pragma warning disable SYSLIB1054 // Structures of two integers need no marshalling, and so no unsafe code.
    [DllImport("libc", EntryPoint = "getrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetLimit(int resource, out Limit limit);

    [DllImport("libc", EntryPoint = "setrlimit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetLimit(int resource, in Limit limit);
#pragma warning restore SYSLIB1054

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Limit(ulong Soft, ulong Hard);
}
