using System.CommandLine;

namespace Wellbehaved.Cli;

/// <summary>What happens between arguments and exit status; nothing leaves it as an exception.</summary>
internal static class Entry
{
    /// <summary>A layer at the paper's scale takes about a second; termination waits for it so that nothing half-written stays behind.</summary>
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
                // A shell asks how an unfinished line may go on.
                return await parsed.InvokeAsync();
            }

            if (CallError.Describe(parsed, arguments) is { } error)
            {
                return Failure.OfCall(error);
            }

            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = Termination });
        }
#pragma warning disable CA1031 // Whatever it is, a user sees a line and a status, no trace.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return Failure.Report(exception, Console.Error);
        }
    }
}
