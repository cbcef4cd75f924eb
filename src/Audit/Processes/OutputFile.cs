using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Audit;

/// <summary>The file that a subject was to write, opened once and without waiting; only then is looked at what was opened.</summary>
/// <remarks>
/// A look at the path would say what was there a moment ago. Opening a named pipe waits for somebody who writes into it, for as long as the subject likes;
/// on Unix it is therefore opened in the way that does not wait, which nothing in .NET offers.
/// </remarks>
internal static partial class OutputFile
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
            throw exception is IOException or UnauthorizedAccessException ? new AdapterException($"{Expectation} one that cannot be read ({exception.Message})") : exception;
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
        var handle = Open(path, Unix.ReadOnlyWithoutWaiting | Unix.WithoutFollowingLinks | Unix.ClosedInChildren);
        if (!handle.IsInvalid)
        {
            return handle;
        }

        var (error, words) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
        handle.Dispose();
        throw new AdapterException(
            error is Unix.NoSuchEntry or Unix.NotAFolder || error == Unix.TooManyLinks ? $"{Expectation} none"
            : error == Unix.NoSuchDevice ? $"{Expectation} a socket or a device"
            : $"{Expectation} one that cannot be read ({words})");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    /// <summary>Numbers of fcntl.h and errno.h, which differ by system and, of one flag, by processor.</summary>
    private static class Unix
    {
        public const int NoSuchEntry = 2;
        public const int NoSuchDevice = 6;
        public const int NotAFolder = 20;
        private static readonly bool IsLinux = OperatingSystem.IsLinux();

        public static int TooManyLinks => IsLinux ? 40 : 62;

        public static int ReadOnlyWithoutWaiting => IsLinux ? 0x800 : 0x4;

        public static int ClosedInChildren => IsLinux ? 0x80000 : OperatingSystem.IsFreeBSD() ? 0x100000 : 0x1000000;

        public static int WithoutFollowingLinks => !IsLinux ? 0x100 : RuntimeInformation.ProcessArchitecture switch
        {
            Architecture.Arm or Architecture.Arm64 or Architecture.Armv6 or Architecture.Ppc64le => 0x8000,
            _ => 0x20000,
        };
    }
}
