using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Files;

/// <summary>
/// Opens a file for reading in the way that never waits, which Unix has and nothing in .NET offers: whoever opens a named pipe otherwise waits for its writer.
/// </summary>
/// <remarks>
/// The one place that knows the numbers of fcntl.h and errno.h, which differ by system and, of one flag, by processor. Audit compiles the same file.
/// </remarks>
internal static partial class UnixOpen
{
    public const int NoSuchEntry = 2;
    public const int NoSuchDevice = 6;
    public const int NoPermission = 13;
    public const int NotAFolder = 20;

    private const int OnlyForWriting = 1;

    private static readonly bool IsLinux = OperatingSystem.IsLinux();

    /// <summary>What is said of a link that is not to be followed, or of links in a circle.</summary>
    public static int TooManyLinks => IsLinux ? 40 : 62;

    private static int WithoutWaiting => IsLinux ? 0x800 : 0x4;

    private static int ClosedInChildren =>
        IsLinux ? 0x80000
        : OperatingSystem.IsFreeBSD() ? 0x100000
        : 0x1000000;

    private static int WithoutFollowingLinks =>
        !IsLinux
            ? 0x100
            : RuntimeInformation.ProcessArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.Arm
                or System.Runtime.InteropServices.Architecture.Arm64
                or System.Runtime.InteropServices.Architecture.Armv6
                or System.Runtime.InteropServices.Architecture.Ppc64le => 0x8000,
                _ => 0x20000,
            };

    /// <summary>Opens whatever lies at a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followsLinks">Whether a link stands for what it names.</param>
    /// <returns>What was opened; if nothing was, an invalid handle, and <see cref="Marshal.GetLastPInvokeError"/> has the reason.</returns>
    public static SafeFileHandle ForReading(string path, bool followsLinks) =>
        Open(path, WithoutWaiting | ClosedInChildren | (followsLinks ? 0 : WithoutFollowingLinks));

    /// <summary>Opens a device or a pipe that is there for writing.</summary>
    /// <param name="path">The path.</param>
    /// <returns>What was opened; if nothing was, an invalid handle, and <see cref="Marshal.GetLastPInvokeError"/> has the reason: <see cref="NoSuchDevice"/>
    /// for a pipe that nobody reads.</returns>
    public static SafeFileHandle ForWriting(string path) => Open(path, OnlyForWriting | WithoutWaiting | ClosedInChildren);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
