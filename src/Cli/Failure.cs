using System.CommandLine;
using System.Globalization;

namespace Wellbehaved.Cli;

/// <summary>Reports in one line, and as an exit status, why a command ended.</summary>
internal static class Failure
{
    /// <summary>The environment variable that, set to 1, also prints the stack trace of an unforeseen failure on standard error.</summary>
    public const string DebugVariable = "WELLBEHAVED_DEBUG";

    /// <summary>Reports an error in the call.</summary>
    /// <returns>The exit status.</returns>
    public static int OfCall(string message) => Say(Console.Error, message, ExitStatus.Usage);

    /// <summary>Reports what an exception means for the user.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="error">Receives the message.</param>
    /// <param name="parsed">The call, whose options and files the message names; null where it is not known.</param>
    /// <returns>The exit status.</returns>
    public static int Report(Exception exception, TextWriter error, ParseResult? parsed = null) =>
        Cause(exception) switch
        {
            InvalidInputException cause => Say(error, RefusedSubject.Message(cause, parsed), ExitStatus.Usage),
            OutOfMemoryException => Say(error, $"{RefusedSubject.OfMemory(parsed)}: expected sizes that fit memory", ExitStatus.Usage),
            OperationCanceledException => Say(error, "interrupted", ExitStatus.Interrupted),
            IOException or UnauthorizedAccessException => Say(
                error,
                $"expected files that can be read and an output that can be written ({exception.Message})",
                ExitStatus.Usage
            ),
            var cause => ReportDefect(cause, error),
        };

    /// <summary>The exception to report where several threads threw: one that the user can fix, if there is such.</summary>
    private static Exception Cause(Exception exception)
    {
        if (exception is not AggregateException aggregate)
        {
            return exception;
        }

        var causes = aggregate.Flatten().InnerExceptions;
        return causes.OfType<InvalidInputException>().OrderBy(cause => cause.Message, StringComparer.Ordinal).FirstOrDefault()
            ?? causes.FirstOrDefault(cause => cause is not OperationCanceledException)
            ?? causes.FirstOrDefault()
            ?? exception;
    }

    private static int ReportDefect(Exception exception, TextWriter error)
    {
        var trace = Keep(exception);
        var where = trace is null ? $"what {DebugVariable}=1 prints" : trace;
        Say(
            error,
            $"a defect of wellbehaved, not an error in your call: {exception.GetType().Name}: {exception.Message.TrimEnd('.')}; please report it with {where}",
            ExitStatus.Defect
        );
        if (Environment.GetEnvironmentVariable(DebugVariable) == "1")
        {
            error.WriteLine(exception);
        }

        return ExitStatus.Defect;
    }

    /// <summary>Writes the stack trace into the folder of temporary files, since a rare failure may not happen again.</summary>
    /// <returns>The file; null if it cannot be written.</returns>
    private static string? Keep(Exception exception)
    {
        var path = Path.Combine(
            Path.GetTempPath(),
            string.Create(CultureInfo.InvariantCulture, $"wellbehaved-defect-{DateTime.UtcNow:yyyyMMdd-HHmmss}-{Environment.ProcessId}-{Guid.NewGuid():N}.txt")
        );
        try
        {
            using var file = new StreamWriter(new FileStream(path, FileMode.CreateNew, FileAccess.Write));
            file.WriteLine($"wellbehaved {typeof(Failure).Assembly.GetName().Version!.ToString(3)}, {Environment.OSVersion}, {Environment.Version}");
            file.WriteLine(exception);
            return path;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return null;
        }
    }

    private static int Say(TextWriter error, string message, int status)
    {
        error.WriteLine($"wellbehaved: {ForeignText.OnOneLine(message)}");
        return status;
    }
}
