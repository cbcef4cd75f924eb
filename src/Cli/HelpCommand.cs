using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary><c>wellbehaved help COMMAND</c>: prints the same text as <c>wellbehaved COMMAND --help</c>.</summary>
internal static class HelpCommand
{
    private const string Name = "help";

    /// <summary>Describes the command.</summary>
    /// <param name="others">The commands that it explains.</param>
    public static Command Create(IReadOnlyList<Command> others)
    {
        string[] names = [.. others.Select(other => other.Name)];
        var topic = new Argument<string?>("COMMAND")
        {
            HelpName = "COMMAND",
            Description = "The command to explain; all of them if none is named",
            Arity = ArgumentArity.ZeroOrOne,
        };
        topic.CompletionSources.Add(names);
        var command = new Command(Name, "Explains a command, as its option --help does.") { topic };
        command.SetAction(parsed =>
        {
            var asked = parsed.GetValue(topic);
            if (asked is not null && !names.Contains(asked))
            {
                throw new InvalidInputException(
                    asked,
                    $"expected a command{(Spelling.Hint(asked, names) is { Length: > 0 } hint ? hint : $", one of {string.Join(", ", names)}")}"
                );
            }

            return Commands.Parse(asked is null ? ["--help"] : [asked, "--help"]).Invoke();
        });
        return command;
    }
}
