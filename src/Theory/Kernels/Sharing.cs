namespace Wellbehaved.Theory;

/// <summary>Whether the rows of a kernel are worth sharing between threads.</summary>
internal static class Sharing
{
    private const int SharedFrom = 64;
    private static readonly ParallelOptions Alone = new() { MaxDegreeOfParallelism = 1 };
    private static readonly ParallelOptions Together = new();

    /// <summary>Options for a loop over rows.</summary>
    /// <param name="points">Number of points: rows, and entries of each.</param>
    public static ParallelOptions Options(int points) => points < SharedFrom ? Alone : Together;
}
