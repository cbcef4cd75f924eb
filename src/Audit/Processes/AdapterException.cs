namespace Wellbehaved.Audit;

/// <summary>A process does not follow the audit protocol: it crashed, hung, or answered what the protocol does not allow. Says nothing about what it implements.</summary>
/// <param name="message">What was expected, and what came.</param>
public sealed class AdapterException(string message) : Exception(message);
