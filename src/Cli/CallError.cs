using System.CommandLine;
using System.CommandLine.Parsing;

namespace Wellbehaved.Cli;

/// <summary>Describes in one line what is wrong with a call.</summary>
internal static class CallError
{
    private const string MissingStart = "missing: ";

    /// <summary>The error of an option that is missing; all that are missing are described together.</summary>
    /// <param name="option">Its name, or what it may be in words.</param>
    public static string Missing(string option) => MissingStart + option;

    /// <summary>Describes the first error of a call.</summary>
    /// <param name="parsed">The arguments as they were understood.</param>
    /// <param name="arguments">The arguments as they were typed.</param>
    /// <returns>The line; null where nothing is wrong.</returns>
    public static string? Describe(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        var isRoot = command is RootCommand;
        var help = isRoot ? "wellbehaved --help" : $"wellbehaved {command.Name} --help";
        if (isRoot && parsed.UnmatchedTokens is [var word, ..] && OptionNames.Find(word) is null)
        {
            return Ended($"{word}: expected a command that exists{Spelling.Hint(word, command.Subcommands.Select(other => other.Name))}", help);
        }

        // An argument that looks like an unknown option would otherwise be taken for one more file or one more claim.
        string[] options = [.. Commands.OptionsOf(command)];
        var strange = arguments
            .TakeWhile(argument => argument != "--")
            .FirstOrDefault(argument => OptionNames.Find(argument) is { } name && !options.Contains(name));
        if (strange is not null)
        {
            return Ended(
                $"{strange}: expected an option of {(isRoot ? "wellbehaved" : command.Name)} that exists{Spelling.Hint(OptionNames.Find(strange)!, options)}",
                help
            );
        }

        // An option that lacks its value may have taken the next one for it, whose own value is then left over.
        if (command.Options.FirstOrDefault(option => LacksValue(option, parsed, options)) is { } without)
        {
            var next = !IsBare(without, parsed) && parsed.GetResult(without)!.Tokens is [var token, ..] ? token.Value : "nothing";
            return Ended($"{without.Name}: expected a value after it, got {next}", help);
        }

        if (parsed.UnmatchedTokens is [var unmatched, ..])
        {
            return Ended(
                $"{unmatched}: "
                    + $"{(command.Arguments is [var argument, ..] ? $"expected one {argument.HelpName ?? argument.Name}, got a second one" : $"expected only options after {command.Name}, got a word")}",
                help
            );
        }

        if (isRoot && parsed.Errors.Count > 0)
        {
            return Ended($"expected a command, such as {string.Join(", ", command.Subcommands.Take(3).Select(other => other.Name))}, got none", help);
        }

        if (command.Options.FirstOrDefault(option => option.Arity.MaximumNumberOfValues == 1 && parsed.GetResult(option)?.Tokens.Count > 1) is { } twice)
        {
            return Ended(
                $"{twice.Name}: expected one value, got {string.Join(" and ", parsed.GetResult(twice)!.Tokens.Take(2).Select(token => token.Value))}",
                help
            );
        }

        // The message about a wrong value already names its option.
        if (parsed.Errors.FirstOrDefault(error => error.Message.Contains(": expected", StringComparison.Ordinal)) is { } ofValue)
        {
            return Ended(ofValue.Message.TrimEnd('.'), help);
        }

        string[] missing =
        [
            .. command
                .Arguments.Where(argument => argument.Arity.MinimumNumberOfValues > 0 && parsed.GetResult(argument) is not { Tokens.Count: > 0 })
                .Select(argument => argument.HelpName ?? argument.Name),
            .. parsed
                .Errors.Where(error => error.Message.StartsWith(MissingStart, StringComparison.Ordinal))
                .Select(error => error.Message[MissingStart.Length..])
                .Distinct(),
            .. command.Options.Where(option => option.Required && parsed.GetResult(option) is not { Implicit: false }).Select(option => option.Name),
        ];
        if (parsed.Errors.Count > 0 && missing.Length > 0)
        {
            return Ended($"{string.Join(", ", missing)}: expected with {command.Name}, got {(missing.Length == 1 ? "nothing" : "none of them")}", help);
        }

        return parsed.Errors is [var error, ..] ? Ended(error.Message.TrimEnd('.'), help) : null;
    }

    private static bool LacksValue(Option option, ParseResult parsed, string[] options) =>
        option.Arity.MinimumNumberOfValues > 0
        && parsed.GetResult(option) is { Implicit: false } result
        && (IsBare(option, parsed) || result.Tokens is not [var token, ..] || (OptionNames.Find(token.Value) is { } name && options.Contains(name)));

    /// <summary>Whether an option stands somewhere without a value after it; one that may be given more than once has its value elsewhere perhaps.</summary>
    private static bool IsBare(Option option, ParseResult parsed) =>
        parsed
            .Tokens.Append(null)
            .Zip(parsed.Tokens.Skip(1).Append(null))
            .Any(pair =>
                pair.First is { Type: TokenType.Option } word
                && (word.Value == option.Name || option.Aliases.Contains(word.Value))
                && pair.Second is not { Type: TokenType.Argument }
            );

    /// <summary>Adds where help can be read. A message that ends in a question mark keeps it, and the reference is a sentence of its own.</summary>
    private static string Ended(string message, string help) => message.EndsWith('?') ? $"{message} See {help}" : $"{message}; see {help}";
}
