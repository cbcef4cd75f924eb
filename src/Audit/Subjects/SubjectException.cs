namespace Wellbehaved.Audit;

/// <summary>A subject did not do what its interface requires. Its propagation is then neither right nor wrong, and the check is inconclusive.</summary>
/// <param name="message">What was expected, and what was found.</param>
public sealed class SubjectException(string message) : Exception(message);
