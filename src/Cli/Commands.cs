using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>All there is to type after <c>wellbehaved</c>.</summary>
internal static class Commands
{
    /// <summary>Files named by @file are not read for more arguments: an argument of that form means itself.</summary>
    private static readonly ParserConfiguration Literally = new() { ResponseFileTokenReplacer = null };

    /// <summary>Understands arguments.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var root = Root();
        return root.Parse(OptionNames.Dashed(arguments, root.Subcommands.SelectMany(OptionsOf).ToHashSet()), Literally);
    }

    /// <summary>The options that may be given to a command.</summary>
    public static IEnumerable<string> OptionsOf(Command command) =>
        command
            .Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>Describes the command and those in it.</summary>
    private static RootCommand Root()
    {
        Command[] commands =
        [
            VerifyCommand.Create(),
            AuditCommand.Create(),
            RunCommand.Create(),
            TrainCommand.Create(),
            MergeCommand.Create(),
            StatusCommand.Create(),
            PredictCommand.Create(),
            DiagnoseCommand.Create(),
            PlotCommand.Create(),
            ExportCommand.Create(),
            NetworkCommand.Create(),
            ClaimsCommand.Create(),
            CompletionCommand.Create(),
        ];
        var root = new RootCommand("Verifies how signal and noise travel through deep networks.");
        foreach (var command in commands.Append(HelpCommand.Create(commands)))
        {
            root.Add(command);
        }

        HelpWithExamples.AddTo(root);
        return root;
    }
}
