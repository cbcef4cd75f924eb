using Wellbehaved.Audit;
using Wellbehaved.Theory;

namespace Wellbehaved.Cli;

/// <summary>
/// What theory may cost where a command adds it to its answer without being asked: <c>wellbehaved predict</c> computes whatever fits the machine.
/// </summary>
internal static class ComparisonLimit
{
    /// <summary>The greatest number of seconds, as estimated: half of the 20 s that no command on a file may take, since the estimate is rough.</summary>
    public const double MostSeconds = 10;

    /// <summary>
    /// The greatest number of bytes, as estimated: half of the gigabyte that no command on a file may take, for kernels of some 970 points. A result file of a
    /// few kilobytes may describe a network of more.
    /// </summary>
    public const double MostBytes = 1 << 29;

    /// <summary>Whether a kernel over all points of the batch stays within both.</summary>
    /// <param name="subset">The points that would be predicted.</param>
    /// <param name="cost">What their prediction costs.</param>
    public static bool Allows(PointSubset subset, PredictionCost cost) => subset.AreAll && cost is { Seconds: <= MostSeconds, Bytes: <= MostBytes };
}
