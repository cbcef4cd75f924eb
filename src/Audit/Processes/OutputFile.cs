using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Audit;

/// <summary>The file that a subject was to write. It is opened once, without waiting; what was opened is examined only afterwards.</summary>
/// <remarks>
/// Examining the path first would only show what was there a moment earlier. Opening a named pipe waits until somebody writes into it, for as long as the
/// subject likes; on Unix the file is therefore opened in a mode that does not wait (<see cref="UnixOpen"/>).
/// </remarks>
internal static class OutputFile
{
    private const string Expectation = "expected the output file that the request names, found";

    /// <summary>Opens the file for reading.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>A file that is not empty; the subject may still be changing it.</returns>
    /// <exception cref="AdapterException">There is no file, or it is a link, a folder, a pipe or a device.</exception>
    public static FileStream Open(string path)
    {
        var handle = OperatingSystem.IsWindows() ? OpenOnWindows(path) : OpenOnUnix(path);
        try
        {
            if (File.GetAttributes(handle).HasFlag(FileAttributes.Directory))
            {
                throw new AdapterException($"{Expectation} a folder");
            }

            // The length of a device is 0, like that of an empty file; a pipe has no length.
            return LengthOf(handle) switch
            {
                null => throw new AdapterException($"{Expectation} a pipe"),
                0 => throw new AdapterException($"{Expectation} none"),
                _ => new FileStream(handle, FileAccess.Read, bufferSize: 4096, handle.IsAsync),
            };
        }
        catch (Exception exception)
        {
            handle.Dispose();
            throw exception is IOException or UnauthorizedAccessException
                ? new AdapterException($"{Expectation} one that cannot be read ({exception.Message})")
                : exception;
        }
    }

    private static long? LengthOf(SafeFileHandle handle)
    {
        try
        {
            return RandomAccess.GetLength(handle);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static SafeFileHandle OpenOnWindows(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget is null
                ? File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete)
                : throw new AdapterException($"{Expectation} none");
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AdapterException($"{Expectation} none");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AdapterException(Directory.Exists(path) ? $"{Expectation} a folder" : $"{Expectation} one that cannot be read ({exception.Message})");
        }
    }

    private static SafeFileHandle OpenOnUnix(string path)
    {
        var handle = UnixOpen.ForReading(path, followsLinks: false);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        var (error, words) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        handle.Dispose();
        throw new AdapterException(
            error is UnixOpen.NoSuchEntry or UnixOpen.NotAFolder || error == UnixOpen.TooManyLinks ? $"{Expectation} none"
            : error == UnixOpen.NoSuchDevice ? $"{Expectation} a socket or a device"
            : $"{Expectation} one that cannot be read ({words})"
        );
    }
}
