using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>Turns arguments into an exit status; no exception leaves it.</summary>
internal static class Entry
{
    /// <summary>
    /// How long termination waits for the current layer, which takes about a second at the paper's scale, so that no half-written file is left.
    /// </summary>
    private static readonly TimeSpan Termination = TimeSpan.FromSeconds(30);

    /// <summary>Runs a command.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <returns>The exit status.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments)
    {
        try
        {
            Terminal.WrapLines();
            var parsed = Commands.Parse(arguments);
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
            using var hangUp = new HangUp();
            return await parsed.InvokeAsync(
                new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Termination },
                hangUp.Token
            );
        }
#pragma warning disable CA1031 // Whatever it is, a user sees a line and a status, no trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Failure.Report(exception, Console.Error);
        }
    }
}
