using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Wellbehaved.Files;

/// <summary>An output that must be written directly and never replaced: a device, a pipe, or a standard stream of this process.</summary>
/// <remarks>
/// Writing a temporary file and renaming it would replace the output: <c>/dev/null</c> would become a file, and a reader of the pipe would wait forever.
/// </remarks>
internal static class OutputDevice
{
    private const int MostLinks = 40;

    /// <summary>Whether a path names such an output; false for a name that no file can have.</summary>
    public static bool Is(string path) =>
        !OperatingSystem.IsWindows()
        && path.Length > 0
        && !path.Contains('\0', StringComparison.Ordinal)
        && (DescriptorOf(path) is not null || UnixFileType.IsDeviceOrPipe(Path.GetFullPath(path)));

    /// <summary>Whether the output can be written, as far as that is known without opening it.</summary>
    public static bool IsWritable(string path) => DescriptorOf(path) is 1 or 2 || UnixFileType.IsWritable(Path.GetFullPath(path));

    /// <summary>Opens the output for writing.</summary>
    /// <exception cref="IOException">The output cannot be opened, or is a pipe without a reader.</exception>
    public static Stream Open(string path)
    {
        switch (DescriptorOf(path))
        {
            case 1:
                return Console.OpenStandardOutput();
            case 2:
                return Console.OpenStandardError();
            case { } descriptor:
                return new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0);
            case null:
                break;
        }

        // Opening a pipe in the usual way would wait for a reader, perhaps forever.
        var handle = UnixOpen.ForWriting(Path.GetFullPath(path));
        if (handle.IsInvalid)
        {
            var (error, words) = (Marshal.GetLastPInvokeError(), Marshal.GetLastPInvokeErrorMessage());
            handle.Dispose();
            throw new IOException(error == UnixOpen.NoSuchDevice ? $"no process reads the pipe '{path}'" : $"{words}: '{path}'");
        }

        UnixFileType.LetWait(handle);
        return new FileStream(handle, FileAccess.Write, bufferSize: 0);
    }

    /// <summary>The descriptor of a standard stream of this process that a path leads to, also through links; null for other paths.</summary>
    private static int? DescriptorOf(string path)
    {
        var full = Path.GetFullPath(path);
        for (var i = 0; i < MostLinks; i++)
        {
            if (NumberIn(full) is { } number)
            {
                return number;
            }

            if (new FileInfo(full).LinkTarget is not { } target)
            {
                return null;
            }

            full = Path.GetFullPath(target, Path.GetDirectoryName(full)!);
        }

        return null;
    }

    private static int? NumberIn(string path) =>
        path switch
        {
            "/dev/stdout" => 1,
            "/dev/stderr" => 2,
            _ when new[] { "/dev/fd/", "/proc/self/fd/", $"/proc/{Environment.ProcessId}/fd/" }.FirstOrDefault(folder =>
                    path.StartsWith(folder, StringComparison.Ordinal)
                )
                    is { } folder
                    && int.TryParse(path.AsSpan(folder.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var number) => number,
            _ => null,
        };
}
