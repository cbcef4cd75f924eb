using System.Runtime.InteropServices;

namespace Wellbehaved.Files;

/// <summary>Opens files from outside without ever waiting, whatever is at the path.</summary>
/// <remarks>
/// Opening a named pipe waits for a writer, perhaps forever. To check first and open then would leave time to exchange a file for a pipe.
/// So the path is opened without waiting, and the opened object is checked.
/// </remarks>
internal static class RegularFile
{
    private const int BufferSize = 1 << 12;

    /// <summary>Opens a file for reading, also while another process writes to it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">The expected kind of file, in one word, for the message.</param>
    /// <returns>A stream of known length.</returns>
    /// <exception cref="InvalidInputException">There is no file, it cannot be read, or it is a pipe, a device or a folder.</exception>
    public static FileStream Open(string path, string kind = "file")
    {
        FileStream? stream = null;
        try
        {
            stream = OpenWithoutWaiting(Path.GetFullPath(path));
            if (!stream.CanSeek || !(OperatingSystem.IsWindows() || UnixFileType.IsRegular(stream.SafeFileHandle)))
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
        if (OperatingSystem.IsWindows())
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, BufferSize);
        }

        if (Directory.Exists(path))
        {
            throw new UnauthorizedAccessException($"'{path}' is a folder");
        }

        var handle = UnixOpen.ForReading(path, followsLinks: true);
        if (handle.IsInvalid)
        {
            var (error, words) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
            handle.Dispose();
            throw error switch
            {
                UnixOpen.NoSuchEntry => new FileNotFoundException($"Could not find file '{path}'"),
                UnixOpen.NoPermission => new UnauthorizedAccessException($"Access to the path '{path}' is denied"),
                _ => new IOException($"{words}: '{path}'"),
            };
        }

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
}
