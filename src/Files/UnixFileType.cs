using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Files;

/// <summary>
/// Tells regular files from devices and pipes, which nothing in .NET does: a device is as long as an empty file, and can be read without end.
/// </summary>
/// <remarks>
/// The layout of <c>struct stat</c> differs by system and processor; .NET's own runtime library has one for all of them. On Windows files are told by their
/// handles alone.
/// </remarks>
internal static partial class UnixFileType
{
    private const string RuntimeLibrary = "libSystem.Native";

    /// <summary>More than the status takes: flags, mode, owners, size, times and identity.</summary>
    private const int LengthOfStatus = 512;

    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;
    private const int Folder = 0x4000;
    private const int MayWrite = 2;

    /// <summary>Whether what was opened is a file, and neither a device nor a pipe.</summary>
    public static bool IsRegular(SafeFileHandle opened)
    {
        Span<byte> status = stackalloc byte[LengthOfStatus];
        return FStat(opened, ref MemoryMarshal.GetReference(status)) == 0 && TypeOf(status) == Regular;
    }

    /// <summary>Whether there is something at a path, through links, that is neither a file nor a folder: a device, a pipe, a socket.</summary>
    public static bool IsDeviceOrPipe(string path)
    {
        Span<byte> status = stackalloc byte[LengthOfStatus];
        return Stat(path, ref MemoryMarshal.GetReference(status)) == 0 && TypeOf(status) is not (Regular or Folder);
    }

    /// <summary>Whether this process may write there; nothing is opened, which a pipe's reader would notice.</summary>
    public static bool IsWritable(string path) => Access(path, MayWrite) == 0;

    /// <summary>Lets what was opened without waiting wait where it is written: a pipe takes as much as is read from it.</summary>
    public static void LetWait(SafeFileHandle opened) => _ = SetIsNonBlocking(opened, 0);

    /// <summary>The mode stands after the flags.</summary>
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
