using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>What is wrong with a call, in one line.</summary>
internal static class CallError
{
    /// <summary>Says it.</summary>
    /// <param name="parsed">The arguments as they were understood.</param>
    /// <param name="arguments">The arguments as they were typed.</param>
    /// <returns>The line; null where nothing is wrong.</returns>
    public static string? Of(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        var isRoot = command is RootCommand;
        var help = isRoot ? "wellbehaved --help" : $"wellbehaved {command.Name} --help";
        if (isRoot && parsed.UnmatchedTokens is [var word, ..] && OptionNames.Of(word) is null)
        {
            return Ended($"{word}: expected a command that exists{Spelling.Hint(word, command.Subcommands.Select(other => other.Name))}", help);
        }

        // What looks like an option and is none would be taken for one more file, or one more claim.
        string[] options = [.. Commands.OptionsOf(command)];
        var strange = arguments.TakeWhile(argument => argument != "--").FirstOrDefault(argument => OptionNames.Of(argument) is { } name && !options.Contains(name));
        if (strange is not null)
        {
            return Ended($"{strange}: expected an option of {(isRoot ? "wellbehaved" : command.Name)} that exists{Spelling.Hint(OptionNames.Of(strange)!, options)}", help);
        }

        if (parsed.UnmatchedTokens is [var unmatched, ..])
        {
            return Ended($"{unmatched}: expected an option of {command.Name} that exists", help);
        }

        return parsed.Errors is [var error, ..] ? Ended(error.Message.TrimEnd('.'), help) : null;
    }

    /// <summary>Adds where to read on; a question is the end of its sentence.</summary>
    private static string Ended(string message, string help) => message.EndsWith('?') ? $"{message} See {help}" : $"{message}; see {help}";
}
