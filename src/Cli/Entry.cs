using System.CommandLine;
using System.CommandLine.Invocation;

namespace Wellbehaved.Cli;

/// <summary>Turns arguments into an exit status; no exception leaves it.</summary>
internal static class Entry
{
    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="termination">Hears of signals; null where the process is not the command's own.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Termination? termination = null)
    {
        ParseResult? parsed = null;
        try
        {
            ParameterName.SpellBy(OptionNames.Spell);
            Terminal.WrapLines();
            parsed = Commands.Parse(arguments);
            if (arguments is [['[', ..], ..])
            {
                // A shell asks for completions of an unfinished line.
                return await parsed.InvokeAsync();
            }

            if (CallError.Describe(parsed, arguments) is { } error)
            {
                return Failure.OfCall(error);
            }

            FileRoles.RequireApart(parsed);
            if (termination is not null)
            {
                termination.IsHeeded = parsed.Action is AsynchronousCommandLineAction;
            }

            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
                termination?.Token ?? CancellationToken.None
            );
        }
#pragma warning disable CA1031 // Whatever it is, a user sees a line and a status, no trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Failure.Report(exception, Console.Error, parsed);
        }
    }
}
