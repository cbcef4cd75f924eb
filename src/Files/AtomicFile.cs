namespace Wellbehaved.Files;

/// <summary>Writes files so that a file is either complete or not there.</summary>
internal static class AtomicFile
{
    private const string PartialEnding = ".partial";

    /// <summary>The greatest number of links that are followed, the same as in operating systems; more mean that the links form a circle.</summary>
    private const int MostLinks = 40;

    /// <summary>Fails early, before hours of work, if a file could not be written later.</summary>
    /// <param name="path">The file.</param>
    /// <param name="parameter">The parameter that named it.</param>
    /// <exception cref="InvalidInputException">The folder is missing, or the path is a folder.</exception>
    public static void EnsureWritable(string path, string parameter)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidInputException(parameter, "expected the name of a file, got an empty or invalid one");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new InvalidInputException(parameter, $"expected a file in an existing folder, found no folder '{folder}'");
        }

        if (Directory.Exists(path))
        {
            throw new InvalidInputException(parameter, $"expected a file, found the folder '{path}'");
        }

        if (OutputDevice.Is(path))
        {
            if (!OutputDevice.IsWritable(path))
            {
                throw new InvalidInputException(parameter, $"expected a device or a pipe that can be written into, found '{path}'");
            }

            return;
        }

        var probe = TemporaryName(TargetOf(path));
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose)) { }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(parameter, $"expected a folder that can be written to ({Reason(exception, probe, path)})", exception);
        }
    }

    /// <summary>Writes a text file, either completely or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text, written as UTF-8.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes a temporary file beside the file and renames it at the end; a device or a pipe is written directly.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (OutputDevice.Is(path))
        {
            WriteInto(path, write);
            return;
        }

        // A link is kept, and the file that it points to is replaced.
        path = TargetOf(path);
        var temporary = TemporaryName(path);
        using var unfinished = UnfinishedFiles.Begin(temporary);
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new InvalidInputException(path, $"expected a file that can be written ({Reason(exception, temporary, path)})", exception);
        }
    }

    /// <summary>The file that a path leads to after links to files and to folders are followed; each file has only one such path.</summary>
    /// <param name="path">The path; it need not exist.</param>
    /// <returns>A full path. A name that no file can have is returned unchanged, and is refused when it is opened.</returns>
    internal static string TargetOf(string path) =>
        string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal) ? path : TargetOf(Path.GetFullPath(path), MostLinks);

    /// <summary>
    /// The file that is replaced when a path is written: the path itself, or what it links to. What is kept beside a file is beside this one, so that all
    /// names of a file share it.
    /// </summary>
    /// <param name="path">The path; it need not exist.</param>
    /// <returns>The path unchanged if it is no link, is an output that is never replaced, or if no file can have that name.</returns>
    internal static string ReplacedAt(string path) =>
        !string.IsNullOrWhiteSpace(path)
        && !path.Contains('\0', StringComparison.Ordinal)
        && !OutputDevice.Is(path)
        && new FileInfo(path).LinkTarget is not null
            ? TargetOf(path)
            : path;

    /// <summary>Whether something would be lost if a file were replaced: an empty file holds nothing, nor does a link to a file that is not there.</summary>
    /// <param name="path">The file, or a link to it.</param>
    /// <returns>True also for a folder, which is not replaced.</returns>
    internal static bool HoldsSomething(string path)
    {
        var target = TargetOf(path);
        return Directory.Exists(target) || new FileInfo(target) is { Exists: true, Length: > 0 };
    }

    private static string TargetOf(string full, int mostLinks)
    {
        if (Path.GetDirectoryName(full) is not { } folder)
        {
            return full;
        }

        var place = Path.Combine(TargetOf(folder, mostLinks), Path.GetFileName(full));
        try
        {
            return mostLinks > 0 && File.ResolveLinkTarget(place, returnFinalTarget: false) is { } target ? TargetOf(target.FullName, mostLinks - 1) : place;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The links form a circle, or the path does not exist. The path is returned, and the error is reported when it is opened.
            return place;
        }
    }

    private static void WriteInto(string device, Action<Stream> write)
    {
        try
        {
            using var stream = OutputDevice.Open(device);
            write(stream);
            stream.Flush();
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new InvalidInputException(device, $"expected a device or a pipe that can be written into ({exception.Message})", exception);
        }
    }

    /// <summary>Removes temporary files of processes that were killed during <see cref="Write"/>; no other process may be writing the file.</summary>
    /// <param name="path">The file.</param>
    internal static void RemoveLeftovers(string path)
    {
        var full = TargetOf(path);
        foreach (
            var file in Directory
                .EnumerateFiles(Path.GetDirectoryName(full)!, "*" + PartialEnding)
                .Where(file => IsLeftover(Path.GetFileName(file), Path.GetFileName(full)) && IsRegular(file))
        )
        {
            File.Delete(file);
        }
    }

    /// <summary>Whether a name is one that <see cref="TemporaryName"/> gives, for a file or for one beside it: .FILE.PROCESS.32 digits.partial.</summary>
    private static bool IsLeftover(string name, string file) =>
        name.StartsWith($".{file}.", StringComparison.Ordinal)
        && name[..^PartialEnding.Length].Split('.') is [.., var process, var random]
        && process.All(char.IsAsciiDigit)
        && Guid.TryParseExact(random, "N", out _);

    private static bool IsRegular(string file) => new FileInfo(file).LinkTarget is null && (OperatingSystem.IsWindows() || !UnixFileType.IsDeviceOrPipe(file));

    /// <summary>The message of the system, with the file that the user named in place of the temporary one.</summary>
    private static string Reason(Exception exception, string temporary, string path) => exception.Message.Replace(temporary, path, StringComparison.Ordinal);

    private static string TemporaryName(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Environment.ProcessId}.{Guid.NewGuid():N}{PartialEnding}");
    }
}
