using System.CommandLine;
using Wellbehaved.Cli;
using Wellbehaved.Model;

var parsed = Commands.Parse(args);
if (args is [['[', ..], ..])
{
    // A shell asks how an unfinished line may go on.
    return await parsed.InvokeAsync();
}

if (parsed.UnmatchedTokens is [var unknown, ..])
{
    return Fail($"{unknown}: expected a command or an option that exists; see wellbehaved --help");
}

if (parsed.Errors is [var error, ..])
{
    return Fail($"{error.Message.TrimEnd('.')}; see wellbehaved --help");
}

try
{
    // A layer at the paper's scale takes about a second; termination waits for it so that nothing half-written stays behind.
    return await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
    });
}
catch (InvalidInputException exception)
{
    return Fail(exception.Message);
}
catch (OutOfMemoryException)
{
    return Fail("--num-channels, --batch-size, --kernel-size: expected sizes that fit memory");
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("wellbehaved: interrupted");
    return ExitStatus.Interrupted;
}

static int Fail(string message)
{
    Console.Error.WriteLine($"wellbehaved: {ForeignText.OnOneLine(message)}");
    return ExitStatus.Usage;
}
