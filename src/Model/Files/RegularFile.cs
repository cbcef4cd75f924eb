using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Model;

/// <summary>Opens files that others wrote or put in a place: at once, whatever lies there.</summary>
/// <remarks>
/// Opening a named pipe waits for somebody who writes to it, perhaps for ever; and looking first and opening then leaves time to exchange one for
/// the other. So the path is opened without waiting, and what was opened is looked at.
/// </remarks>
internal static partial class RegularFile
{
    private const int BufferSize = 1 << 12;

    // O_RDONLY | O_NONBLOCK | O_CLOEXEC, which every system numbers as it likes.
    private const int FlagsOfLinux = 0x800 | 0x80000;
    private const int FlagsOfMacOS = 0x4 | 0x1000000;
    private const int NoSuchFile = 2;
    private const int NoPermission = 13;

    /// <summary>Opens a file for reading, also while another process writes to it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What the file should be, in a word, for the message.</param>
    /// <returns>A stream that knows its length.</returns>
    /// <exception cref="InvalidInputException">There is no file, it cannot be read, or it is a pipe, a device or a folder.</exception>
    public static FileStream Open(string path, string kind = "file")
    {
        FileStream? stream = null;
        try
        {
            stream = OpenWithoutWaiting(Path.GetFullPath(path));
            if (!stream.CanSeek)
            {
                throw new InvalidInputException(path, $"expected a readable {kind}, found a pipe or a device");
            }

            var opened = stream;
            stream = null;
            return opened;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new InvalidInputException(string.IsNullOrWhiteSpace(path) ? "FILE" : path, $"expected a readable {kind} ({exception.Message})", exception);
        }
        finally
        {
            stream?.Dispose();
        }
    }

    private static FileStream OpenWithoutWaiting(string path)
    {
        var flags = OperatingSystem.IsLinux() ? FlagsOfLinux : OperatingSystem.IsMacOS() ? FlagsOfMacOS : 0;
        if (flags == 0)
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);
        }

        if (Directory.Exists(path))
        {
            throw new UnauthorizedAccessException($"'{path}' is a folder");
        }

        var descriptor = OpenDescriptor(path, flags);
        if (descriptor < 0)
        {
            throw Marshal.GetLastPInvokeError() switch
            {
                NoSuchFile => new FileNotFoundException($"Could not find file '{path}'"),
                NoPermission => new UnauthorizedAccessException($"Access to the path '{path}' is denied"),
                _ => new IOException($"{Marshal.GetLastPInvokeErrorMessage()}: '{path}'"),
            };
        }

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        try
        {
            return new FileStream(handle, FileAccess.Read, BufferSize);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);
}
