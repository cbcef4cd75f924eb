using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Files;

/// <summary>
/// Opens files without ever waiting. Unix can do that but .NET cannot: with .NET, opening a named pipe for reading waits for a writer.
/// </summary>
/// <remarks>
/// Only this class knows the numbers of fcntl.h and errno.h, which depend on the system and, for one flag, on the processor. Audit compiles the same file.
/// </remarks>
internal static partial class UnixOpen
{
    public const int NoSuchEntry = 2;
    public const int NoSuchDevice = 6;
    public const int NoPermission = 13;
    public const int NotAFolder = 20;

    private const int OnlyForWriting = 1;

    private static readonly bool IsLinux = OperatingSystem.IsLinux();

    /// <summary>The error for a link that must not be followed, or for links that form a circle.</summary>
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

    /// <summary>Opens a path for reading, whatever it leads to.</summary>
    /// <param name="path">The path.</param>
    /// <param name="followsLinks">Whether a link is followed.</param>
    /// <returns>A handle; it is invalid if the path could not be opened, and <see cref="Marshal.GetLastPInvokeError"/> has the reason.</returns>
    public static SafeFileHandle ForReading(string path, bool followsLinks) =>
        Open(path, WithoutWaiting | ClosedInChildren | (followsLinks ? 0 : WithoutFollowingLinks));

    /// <summary>Opens an existing device or pipe for writing.</summary>
    /// <param name="path">The path.</param>
    /// <returns>A handle; it is invalid if the path could not be opened, and <see cref="Marshal.GetLastPInvokeError"/> has the reason:
    /// <see cref="NoSuchDevice"/> for a pipe without a reader.</returns>
    public static SafeFileHandle ForWriting(string path) => Open(path, OnlyForWriting | WithoutWaiting | ClosedInChildren);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);
}
