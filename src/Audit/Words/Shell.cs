namespace Wellbehaved.Audit;

/// <summary>Quotes words for commands that a person pastes into the shell of this system: PowerShell on Windows, elsewhere a POSIX shell.</summary>
internal static class Shell
{
    /// <summary>The character at the end of a line after which a command continues on the next line.</summary>
    public static char LineEnd { get; } = OperatingSystem.IsWindows() ? '`' : '\\';

    /// <summary>A word in quotes, which the shell does not interpret, whatever it contains.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The word in quotes.</returns>
    public static string Quote(string word) => Quote(word, OperatingSystem.IsWindows());

    /// <summary>A word, in quotes only if the shell would interpret it otherwise.</summary>
    /// <param name="word">The word.</param>
    /// <returns>The word, as it is or in quotes.</returns>
    public static string Word(string word) =>
        word.Length > 0 && word.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/' or ':' or '+')
            ? word
            : Quote(word);

    /// <summary>A word in quotes, which a shell does not interpret, whatever it contains.</summary>
    /// <param name="word">The word.</param>
    /// <param name="powerShell">Whether the shell is PowerShell, in which a literal quote is doubled and typographic quotes count as quotes.</param>
    /// <returns>The word in quotes.</returns>
    public static string Quote(string word, bool powerShell) =>
        powerShell
            ? $"'{string.Concat(word.Select(character => character is '\'' or '‘' or '’' or '‚' or '‛' ? $"{character}{character}" : $"{character}"))}'"
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
