namespace Wellbehaved.Audit;

/// <summary>Commands that a person pastes into the shell of this system: PowerShell on Windows, elsewhere one that follows POSIX.</summary>
internal static class Shell
{
    /// <summary>Ends a line of a command that goes on in the next.</summary>
    public static char LineEnd { get; } = OperatingSystem.IsWindows() ? '`' : '\\';

    /// <summary>A word that the shell takes as it is, whatever is in it.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The word in quotes.</returns>
    public static string Quote(string word) => Quote(word, OperatingSystem.IsWindows());

    /// <summary>A word, in quotes only where the shell would read more into it than its letters.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The word, as it is or in quotes.</returns>
    public static string Word(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/' or ':' or '+')
            ? word
            : Quote(word);

    /// <summary>A word that a shell takes as it is, whatever is in it.</summary>
    /// <param name="word">The word.</param>
    /// <param name="powerShell">Whether the shell is PowerShell, which doubles a quote that is meant, and takes typographic ones for quotes.</param>
    /// <returns>The word in quotes.</returns>
    public static string Quote(string word, bool powerShell) =>
        powerShell
            ? $"'{string.Concat(word.Select(character => character is '\'' or '‘' or '’' or '‚' or '‛' ? $"{character}{character}" : $"{character}"))}'"
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
