namespace Wellbehaved.Cli;

/// <summary>Breaks a command for a shell where the shell allows it.</summary>
internal static class CommandText
{
    private const int Margin = 4;

    /// <summary>The lines of a command: it is broken between its words, and each line but the last ends with the sign that the command continues.</summary>
    /// <param name="command">The command.</param>
    /// <param name="width">The greatest number of characters in a line; null for no limit. A longer word is not broken.</param>
    /// <param name="lineEnd">The sign that the command continues.</param>
    public static IEnumerable<string> Lines(string command, int? width, char lineEnd)
    {
        if (width is not { } most || command.Length <= most)
        {
            return [command];
        }

        var indentation = new string(' ', command.Length - command.TrimStart(' ').Length);
        var lines = new List<string>();
        foreach (var word in Together(Words(command.TrimStart(' '))))
        {
            if (lines.Count == 0)
            {
                lines.Add(indentation + word);
            }
            else if (lines[^1].Length + 1 + word.Length + 2 <= most)
            {
                lines[^1] += " " + word;
            }
            else
            {
                lines[^1] += $" {lineEnd}";
                lines.Add(indentation + new string(' ', Margin) + word);
            }
        }

        return lines;
    }

    /// <summary>Joins each option with its value.</summary>
    private static IEnumerable<string> Together(IEnumerable<string> words)
    {
        string? option = null;
        foreach (var word in words)
        {
            if (option is not null && !IsOption(word))
            {
                yield return $"{option} {word}";
                option = null;
                continue;
            }

            if (option is not null)
            {
                yield return option;
            }

            option = IsOption(word) ? word : null;
            if (option is null)
            {
                yield return word;
            }
        }

        if (option is not null)
        {
            yield return option;
        }
    }

    private static bool IsOption(string word) => word.StartsWith("--", StringComparison.Ordinal);

    /// <summary>The words of a command: the parts that spaces outside quotes separate.</summary>
    private static IEnumerable<string> Words(string command)
    {
        var (start, quote) = (0, (char?)null);
        for (var i = 0; i < command.Length; i++)
        {
            if (quote is { } open)
            {
                quote = command[i] == open ? null : quote;
            }
            else if (command[i] == '\\')
            {
                i++;
            }
            else if (command[i] is '\'' or '"')
            {
                quote = command[i];
            }
            else if (command[i] == ' ')
            {
                yield return command[start..i];
                start = i + 1;
            }
        }

        yield return command[start..];
    }
}
