using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>
/// Names what a refusal is about by what the call has: an option that the command does not take is the file, or nothing that a user can change.
/// </summary>
/// <remarks>Options are checked where experiments are described, which does not know what the command calls a network or takes from its user.</remarks>
internal static class RefusedSubject
{
    /// <summary>Options whose place an argument of a command takes: the network.</summary>
    private static readonly string[] OfNetworks = ["--network", "--architecture"];

    /// <summary>The message of a refusal.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="parsed">The call; null where it is not known.</param>
    public static string Message(InvalidInputException refusal, ParseResult? parsed)
    {
        var names = refusal.Subject.Split(", ");
        return
            parsed is null
            || !Array.TrueForAll(names, name => name.StartsWith("--", StringComparison.Ordinal))
            || !refusal.Message.StartsWith(refusal.Subject, StringComparison.Ordinal)
            ? refusal.Message
            : $"{Known(names, parsed)}{refusal.Message[refusal.Subject.Length..]}";
    }

    /// <summary>Options that bound the memory of a call, with its file, as far as the command has them.</summary>
    /// <param name="parsed">The call; null where it is not known.</param>
    public static string OfMemory(ParseResult? parsed)
    {
        string[] names = ["--num-channels", "--batch-size", "--kernel-size", "--finite-width", "--points"];
        var known = parsed is null ? names[..3] : [.. names.Intersect(Commands.OptionsOf(parsed.CommandResult.Command))];
        return known.Length == 0 ? "the file that is read" : $"{string.Join(", ", known)}, or the file that is read";
    }

    private static string Known(string[] names, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        HashSet<string> options = [.. Commands.OptionsOf(command)];
        if (Array.TrueForAll(names, options.Contains))
        {
            return string.Join(", ", names);
        }

        var file = command.Arguments.SelectMany(argument => parsed.GetResult(argument)?.Tokens ?? []).Select(token => token.Value).FirstOrDefault();
        string[] known =
        [
            .. names
                .Select(name =>
                    options.Contains(name) ? name
                    : OfNetworks.Contains(name) ? file
                    : null
                )
                .OfType<string>()
                .Distinct(),
        ];
        return known.Length > 0 ? string.Join(", ", known) : file ?? string.Join(", ", names);
    }
}
