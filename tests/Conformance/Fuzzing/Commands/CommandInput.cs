namespace Wellbehaved.Tests.Conformance;

/// <summary>A spoilt file, or several, and the commands that read it.</summary>
/// <param name="Kind">What was spoilt.</param>
/// <param name="Commands">The arguments of each command.</param>
/// <param name="Memory">Bytes that the input asks for in so many words, and that <c>run</c> counts before it takes them.</param>
internal sealed record CommandInput(string Kind, IReadOnlyList<string[]> Commands, double Memory = 0);
