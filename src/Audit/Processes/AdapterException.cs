namespace Wellbehaved.Audit;

/// <summary>
/// A process does not follow the audit protocol: it crashed, hung, or gave an answer that the protocol does not allow. This says nothing about the
/// implementation that it calls.
/// </summary>
/// <param name="message">What was expected, and what was found.</param>
internal class AdapterException(string message) : Exception(ForeignText.OnOneLine(message));

/// <summary>A subject answered, as the protocol allows, that it failed at a request. Its process still works.</summary>
/// <param name="reason">The error that it reports.</param>
internal sealed class ReportedErrorException(string reason) : AdapterException($"the subject reports an error: {reason}");

/// <summary>
/// The command of a subject started no program that answers: there is no program of that name, or it ended with an error before it answered anything. Neither
/// its adapter nor its propagation is at fault, but the command.
/// </summary>
/// <param name="reason">How the program ended.</param>
/// <param name="lastLines">The last lines that it wrote to standard error; there may be none.</param>
internal sealed class ProgramNotStartedException(string reason, params IReadOnlyList<string> lastLines)
    : AdapterException($"the program did not start: {reason}{(lastLines.Count == 0 ? "" : $"; its last lines: {string.Join(" | ", lastLines)}")}");
