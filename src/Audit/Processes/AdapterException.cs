using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A process does not follow the audit protocol: it crashed, hung, or answered what the protocol does not allow. Says nothing about what it implements.</summary>
/// <param name="message">What was expected, and what came.</param>
public class AdapterException(string message) : Exception(OneLine.Of(message));

/// <summary>A subject answered, as the protocol allows, that it failed at a request; its process is sound.</summary>
/// <param name="reason">What it says went wrong.</param>
public sealed class ReportedErrorException(string reason) : AdapterException($"the subject reports an error: {reason}");
