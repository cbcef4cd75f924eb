namespace Wellbehaved.Audit;

/// <summary>
/// A process does not follow the audit protocol: it crashed, hung, or answered what the protocol does not allow. Says nothing about what it implements.
/// </summary>
/// <param name="message">What was expected, and what came.</param>
public class AdapterException(string message) : Exception(ForeignText.OnOneLine(message));

/// <summary>A subject answered, as the protocol allows, that it failed at a request; its process is sound.</summary>
/// <param name="reason">What it says went wrong.</param>
public sealed class ReportedErrorException(string reason) : AdapterException($"the subject reports an error: {reason}");

/// <summary>
/// The command of a subject started no program that answers: there is none of that name, or it ended with an error before it said anything. Neither its adapter
/// nor its propagation is wrong: the call is.
/// </summary>
/// <param name="reason">How it ended.</param>
/// <param name="lastLines">The last lines that it wrote to standard error; there may be none.</param>
public sealed class ProgramNotStartedException(string reason, params IReadOnlyList<string> lastLines)
    : AdapterException($"the program did not start: {reason}{(lastLines.Count == 0 ? "" : $"; its last lines: {string.Join(" | ", lastLines)}")}");
