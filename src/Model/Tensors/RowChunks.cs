using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Cuts the points of a batch into chunks that do not depend on the number of threads, so that sums do not either.</summary>
internal static class RowChunks
{
    /// <summary>Points in a chunk: at 512 channels a chunk of signal is 1 MiB, half of a second-level cache.</summary>
    public const int Points = 512;

    /// <summary>Number of chunks.</summary>
    public static int Count(int points) => (points + Points - 1) / Points;

    /// <summary>Runs a body for each chunk.</summary>
    /// <param name="points">Points in all.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="body">Takes the chunk's index, its first point and its number of points.</param>
    public static void ForEach(int points, int threads, Action<int, int, int> body) =>
        Workers.ForEach(Count(points), threads, (chunk, _) => body(chunk, chunk * Points, Math.Min(Points, points - (chunk * Points))));
}
