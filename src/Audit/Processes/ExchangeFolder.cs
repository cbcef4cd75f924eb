namespace Wellbehaved.Audit;

/// <summary>A folder that only the user can enter, for the files that go to and from a subject. If a subject damages it, another one replaces it.</summary>
internal sealed class ExchangeFolder : IDisposable
{
    private const UnixFileMode ForUser = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly Lock _gate = new();
    private readonly List<string> _folders = [Create()];

    /// <summary>What could not be removed when it was disposed of, with reasons.</summary>
    public IReadOnlyList<string> LeftBehind { get; private set; } = [];

    /// <summary>The path of the folder.</summary>
    public string Path
    {
        get
        {
            lock (_gate)
            {
                return _folders[^1];
            }
        }
    }

    /// <summary>Removes a file or folder with everything in it.</summary>
    /// <param name="path">The path.</param>
    /// <returns>Why it is still there; null if it is gone.</returns>
    public static string? Remove(string path)
    {
        try
        {
            if (File.GetAttributes(path) is var attributes && attributes.HasFlag(FileAttributes.Directory) && !attributes.HasFlag(FileAttributes.ReparsePoint))
            {
                if (!OperatingSystem.IsWindows())
                {
                    // A folder that its owner may not enter cannot be emptied.
                    File.SetUnixFileMode(path, ForUser);
                }

                Directory.Delete(path, recursive: true);
            }
            else
            {
                File.Delete(path);
            }

            return null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return exception.Message;
        }
    }

    /// <summary>Removes the files of an exchange.</summary>
    /// <param name="paths">Their paths.</param>
    /// <returns>A message about files that are still there, with the reason; null if there are none.</returns>
    public static string? RemoveAll(params ReadOnlySpan<string> paths)
    {
        string? left = null;
        foreach (var path in paths)
        {
            if (Remove(path) is { } reason)
            {
                left ??= $"expected files that can be removed, but {System.IO.Path.GetFileName(path)} stays ({reason})";
            }
        }

        return left;
    }

    /// <summary>Creates another folder, because nothing can be written into the old one.</summary>
    /// <param name="spoilt">The old folder; nothing happens if it has been replaced already.</param>
    /// <exception cref="InvalidInputException">The system's folder for temporary files cannot be written to.</exception>
    public void Replace(string spoilt)
    {
        lock (_gate)
        {
            if (_folders[^1] == spoilt)
            {
                _folders.Add(Create());
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() =>
        LeftBehind = [
            .. _folders
                .Select(folder => (Folder: folder, Reason: Remove(folder)))
                .Where(pair => pair.Reason is not null)
                .Select(pair => $"could not remove {pair.Folder} ({pair.Reason})"),
        ];

    private static string Create()
    {
        try
        {
            return Directory.CreateTempSubdirectory("wellbehaved-").FullName;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(
                System.IO.Path.GetTempPath(),
                $"expected a folder for temporary files that can be written to ({exception.Message})",
                exception
            );
        }
    }
}
