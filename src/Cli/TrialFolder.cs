namespace Wellbehaved.Cli;

/// <summary>A folder that was made to see whether it can be made. Disposing of it removes what was made: a call that fails later leaves nothing.</summary>
internal sealed class TrialFolder : IDisposable
{
    private readonly Stack<string> _made;

    private TrialFolder(Stack<string> made) => _made = made;

    /// <summary>Makes a folder and those that it lies in.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="option">The option that named it, for messages.</param>
    /// <exception cref="InvalidInputException">It cannot be made.</exception>
    public static TrialFolder Create(string path, string option)
    {
        var missing = new List<string>();
        try
        {
            for (
                var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
                folder is not null && !Directory.Exists(folder);
                folder = Path.GetDirectoryName(folder)
            )
            {
                missing.Add(folder);
            }

            Directory.CreateDirectory(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException(option, $"expected a folder that can be created ({exception.Message})", exception);
        }

        missing.Reverse();
        return new(new Stack<string>(missing));
    }

    /// <summary>Removes the folders that were made, the innermost first. One that somebody has put something into stays.</summary>
    public void Dispose()
    {
        while (_made.TryPop(out var folder))
        {
            try
            {
                Directory.Delete(folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return;
            }
        }
    }
}
