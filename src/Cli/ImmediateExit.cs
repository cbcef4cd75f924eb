using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Wellbehaved.Cli;

/// <summary>Ends the process without running anything more.</summary>
internal static class ImmediateExit
{
    /// <summary>Ends the process.</summary>
    /// <param name="status">The exit status; Windows gives -1 instead.</param>
    public static void With(int status)
    {
        if (!OperatingSystem.IsWindows())
        {
            End(status);
        }

        using var process = Process.GetCurrentProcess();
        process.Kill();
    }

#pragma warning disable SYSLIB1054 // An integer needs no marshalling, and so no unsafe code.
    [DllImport("libc", EntryPoint = "_exit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern void End(int status);
#pragma warning restore SYSLIB1054
}
