using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>All there is to type after <c>wellbehaved</c>.</summary>
internal static class Commands
{
    /// <summary>Files named by @file are not read for more arguments: an argument of that form means itself.</summary>
    private static readonly ParserConfiguration Literally = new() { ResponseFileTokenReplacer = null };

    /// <summary>Understands arguments.</summary>
    public static ParseResult Parse(IReadOnlyList<string> arguments) => Root().Parse(arguments, Literally);

    /// <summary>Describes the command and those in it.</summary>
    private static RootCommand Root()
    {
        var root = new RootCommand("Verifies how signal and noise travel through deep networks.")
        {
            VerifyCommand.Create(),
            AuditCommand.Create(),
            RunCommand.Create(),
            MergeCommand.Create(),
            StatusCommand.Create(),
            PredictCommand.Create(),
            DiagnoseCommand.Create(),
            PlotCommand.Create(),
            ClaimsCommand.Create(),
            CompletionCommand.Create(),
        };
        HelpWithExamples.AddTo(root);
        return root;
    }
}
