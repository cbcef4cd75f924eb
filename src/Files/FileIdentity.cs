using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Files;

/// <summary>Which file a path means: links are followed, and a file that exists is known by the number that its file system gave it.</summary>
/// <param name="Path">The full path after links to files and folders are followed.</param>
/// <param name="Number">Device and number of the file, which all of its names share; null for a file that does not exist, or whose system does not
/// tell.</param>
internal readonly partial record struct FileIdentity(string Path, (ulong Device, ulong Number)? Number)
{
    /// <summary>Some systems ignore the case of letters, and macOS also how an accent is spelled.</summary>
    private static readonly StringComparison Names =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Finds out which file a path means.</summary>
    /// <param name="path">The path; the file need not exist.</param>
    public static FileIdentity Find(string path)
    {
        var target = AtomicFile.TargetOf(path);
        return new(target, OperatingSystem.IsWindows() ? NumberOnWindows(target) : UnixFileType.NumberOf(target));
    }

    /// <summary>Whether two paths mean the same file.</summary>
    public bool IsSameAs(FileIdentity other) =>
        (Number is { } number && other.Number is { } another && number == another)
        || (OperatingSystem.IsMacOS() ? Composed(Path).Equals(Composed(other.Path), Names) : Path.Equals(other.Path, Names));

    private static string Composed(string path) => path.IsNormalized() ? path : path.Normalize();

    private static (ulong Device, ulong Number)? NumberOnWindows(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return Ask(handle, out var told) ? (told.Volume, ((ulong)told.NumberHigh << 32) | told.NumberLow) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    [LibraryImport("kernel32.dll", EntryPoint = "GetFileInformationByHandle")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool Ask(SafeFileHandle file, out Information information);

    /// <summary>BY_HANDLE_FILE_INFORMATION of fileapi.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Information
    {
        public uint Attributes;
        public uint CreatedLow;
        public uint CreatedHigh;
        public uint ReadLow;
        public uint ReadHigh;
        public uint WrittenLow;
        public uint WrittenHigh;
        public uint Volume;
        public uint LengthHigh;
        public uint LengthLow;
        public uint Links;
        public uint NumberHigh;
        public uint NumberLow;
    }
}
