namespace Wellbehaved.Files;

/// <summary>Writes files that are complete or not there.</summary>
public static class AtomicFile
{
    private const string PartialEnding = ".partial";

    /// <summary>Fails early if a file could not be written later, before hours of work depend on it.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that named it.</param>
    /// <exception cref="InvalidInputException">The folder is missing, or the path is a folder.</exception>
    public static void EnsureWritable(string path, string option)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new InvalidInputException(option, "expected the name of a file, got nothing");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new InvalidInputException(option, $"expected a file in an existing folder, found no folder '{folder}'");
        }

        if (Directory.Exists(path))
        {
            throw new InvalidInputException(option, $"expected a file, found the folder '{path}'");
        }

        var probe = TemporaryName(TargetOf(path));
        try
        {
            using (new FileStream(probe, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose))
            {
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(option, $"expected a folder that can be written to ({Reason(exception, probe, path)})", exception);
        }
    }

    /// <summary>Writes a text, complete or not at all.</summary>
    /// <param name="path">The file.</param>
    /// <param name="text">The text, written as UTF-8.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    /// <summary>Writes beside the file and renames at the end.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="InvalidInputException">The file cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentNullException.ThrowIfNull(write);

        // A link stays one: what it leads to is replaced.
        path = TargetOf(path);
        var temporary = TemporaryName(path);
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
        finally
        {
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    /// <summary>The file that a path leads to, through links.</summary>
    /// <param name="path">The path; nothing need be there.</param>
    /// <returns>A full path.</returns>
    internal static string TargetOf(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName ?? full;
        }
        catch (IOException)
        {
            // Links in a circle, or nothing at all: the path itself says what is wrong when it is opened.
            return full;
        }
    }

    /// <summary>Removes what processes that were killed amidst <see cref="Write"/> have left; nobody else may be writing the file.</summary>
    /// <param name="path">The file.</param>
    internal static void RemoveLeftovers(string path)
    {
        var full = Path.GetFullPath(path);
        var beginning = $".{Path.GetFileName(full)}.";
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(full)!, "*" + PartialEnding).Where(file => Path.GetFileName(file).StartsWith(beginning, StringComparison.Ordinal)))
        {
            File.Delete(file);
        }
    }

    /// <summary>What the system says, of the file that the user named.</summary>
    private static string Reason(Exception exception, string temporary, string path) => exception.Message.Replace(temporary, path, StringComparison.Ordinal);

    private static string TemporaryName(string path)
    {
        var full = Path.GetFullPath(path);
        return Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Environment.ProcessId}.{Guid.NewGuid():N}{PartialEnding}");
    }
}
