namespace Wellbehaved.Theory;

/// <summary>Decides whether threads share the rows of a kernel.</summary>
internal static class Sharing
{
    private const int SharedFrom = 64;
    private static readonly ParallelOptions Alone = new() { MaxDegreeOfParallelism = 1 };
    private static readonly ParallelOptions Together = new();

    /// <summary>Options for a loop over rows.</summary>
    /// <param name="points">Number of points: the number of rows, and of entries of each row.</param>
    public static ParallelOptions Options(int points) => points < SharedFrom ? Alone : Together;
}
