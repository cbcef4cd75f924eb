using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Files;

/// <summary>
/// Distinguishes regular files from devices and pipes, which .NET does not: for .NET a device has the length of an empty file, but can be read without end.
/// </summary>
/// <remarks>
/// The layout of <c>struct stat</c> depends on the system and the processor; the runtime library of .NET has one layout for all of them, which is used here. On
/// Windows the kind of a file is known from its handle.
/// </remarks>
internal static partial class UnixFileType
{
    private const string RuntimeLibrary = "libSystem.Native";

    /// <summary>More bytes than the status needs, which holds flags, mode, owners, size, times and identity.</summary>
    private const int LengthOfStatus = 512;

    /// <summary>
    /// The device follows four numbers of 32 bits, the size and four times, each with its nanoseconds; the device that a file is, and its number.
    /// </summary>
    private const int OffsetOfDevice = (4 * sizeof(int)) + (9 * sizeof(long)),
        OffsetOfNumber = OffsetOfDevice + (2 * sizeof(long));

    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;
    private const int MayWrite = 2;

    /// <summary>Whether the opened object is a regular file, and neither a device nor a pipe.</summary>
    public static bool IsRegular(SafeFileHandle opened)
    {
        Span<byte> status = stackalloc byte[LengthOfStatus];
        return FStat(opened, ref MemoryMarshal.GetReference(status)) == 0 && TypeOf(status) == Regular;
    }

    /// <summary>Whether a path leads, also through links, to something that is neither a file nor a folder: a device, a pipe, a socket.</summary>
    public static bool IsDeviceOrPipe(string path)
    {
        Span<byte> status = stackalloc byte[LengthOfStatus];
        return Stat(path, ref MemoryMarshal.GetReference(status)) == 0 && TypeOf(status) is not (Regular or Folder);
    }

    /// <summary>Whether this process may write to the path. Nothing is opened, since a pipe's reader would notice that.</summary>
    public static bool IsWritable(string path) => Access(path, MayWrite) == 0;

    /// <summary>Lets writing block on a handle that was opened without blocking, since a pipe takes only as much as its reader reads.</summary>
    public static void LetWait(SafeFileHandle opened) => _ = SetIsNonBlocking(opened, 0);

    /// <summary>The device and the number of the file that a path leads to; null where there is none. All names of a file have the same two.</summary>
    public static (ulong Device, ulong Number)? NumberOf(string path)
    {
        Span<byte> status = stackalloc byte[LengthOfStatus];
        return !path.Contains('\0', StringComparison.Ordinal) && Stat(path, ref MemoryMarshal.GetReference(status)) == 0
            ? (MemoryMarshal.Read<ulong>(status[OffsetOfDevice..]), MemoryMarshal.Read<ulong>(status[OffsetOfNumber..]))
            : null;
    }

    /// <summary>Reads the type of a file from its mode, which follows the flags.</summary>
    private static int TypeOf(ReadOnlySpan<byte> status) => MemoryMarshal.Read<int>(status[sizeof(int)..]) & TypeMask;

    [LibraryImport(RuntimeLibrary, EntryPoint = "SystemNative_FStat")]
    private static partial int FStat(SafeFileHandle opened, ref byte status);

    [LibraryImport(RuntimeLibrary, EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, ref byte status);

    [LibraryImport(RuntimeLibrary, EntryPoint = "SystemNative_FcntlSetIsNonBlocking")]
    private static partial int SetIsNonBlocking(SafeFileHandle opened, int isNonBlocking);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Access(string path, int mode);
}
