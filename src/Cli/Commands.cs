using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>All commands and options of <c>wellbehaved</c>.</summary>
internal static class Commands
{
    /// <summary>An argument of the form @file means itself: the file is not read for more arguments.</summary>
    private static readonly ParserConfiguration Literally = new() { ResponseFileTokenReplacer = null };

    /// <summary>Parses arguments.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments)
    {
        var root = Root();
        return root.Parse(OptionNames.Dashed(arguments, root.Subcommands.SelectMany(OptionsOf).ToHashSet()), Literally);
    }

    /// <summary>The names of the options that a command takes.</summary>
    public static IEnumerable<string> OptionsOf(Command command) =>
        command
            .Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options.Where(option => option.Recursive)))
            .SelectMany(option => option.Aliases.Prepend(option.Name));

    /// <summary>Describes the root command and its subcommands.</summary>
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
