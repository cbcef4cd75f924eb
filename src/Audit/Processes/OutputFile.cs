using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Audit;

/// <summary>The file that a subject was to write, opened once and without waiting; only then is looked at what was opened.</summary>
/// <remarks>
/// A look at the path would say what was there a moment ago. Opening a named pipe waits for somebody who writes into it, for as long as the subject likes;
/// on Unix it is therefore opened in the way that does not wait (<see cref="UnixOpen"/>).
/// </remarks>
internal static class OutputFile
{
    private const string Expectation = "expected the output file that the request names, found";

    /// <summary>Opens it for reading.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>A file, not empty, which the subject may still be changing.</returns>
    /// <exception cref="AdapterException">There is no file, or something else: a link, a folder, a pipe, a device.</exception>
    public static FileStream Open(string path)
    {
        var handle = OperatingSystem.IsWindows() ? OpenOnWindows(path) : OpenOnUnix(path);
        try
        {
            if (File.GetAttributes(handle).HasFlag(FileAttributes.Directory))
            {
                throw new AdapterException($"{Expectation} a folder");
            }

            // Devices are as long as an empty file; pipes have no length.
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
