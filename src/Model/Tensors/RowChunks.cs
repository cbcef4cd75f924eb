using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Divides the points of a batch into chunks that do not depend on the number of threads, so that sums do not depend on it either.</summary>
internal static class RowChunks
{
    /// <summary>Number of points in a chunk: with 512 channels a chunk of signal takes 1 MiB, half of a second-level cache.</summary>
    public const int Points = 512;

    /// <summary>Number of elements in a chunk of rows of a given length: enough work for a thread.</summary>
    private const int Elements = 1 << 15;

    /// <summary>Number of chunks.</summary>
    public static int Count(int points) => (points + Points - 1) / Points;

    /// <summary>Runs a body for each chunk.</summary>
    /// <param name="points">Number of all points.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="body">Takes the chunk's index, its first point and its number of points.</param>
    public static void ForEach(int points, int threads, Action<int, int, int> body) =>
        Workers.ForEach(Count(points), threads, (chunk, _) => body(chunk, chunk * Points, Math.Min(Points, points - (chunk * Points))));

    /// <summary>Number of chunks of rows of a given length.</summary>
    public static int Count(int rows, int length) => (rows + Rows(length) - 1) / Rows(length);

    /// <summary>Runs a body for each chunk of rows of a given length, so that few long rows are also shared between threads.</summary>
    /// <param name="rows">Number of all rows.</param>
    /// <param name="length">Number of elements of a row.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="body">Takes the chunk's index, its first row and its number of rows.</param>
    public static void ForEach(int rows, int length, int threads, Action<int, int, int> body)
    {
        var most = Rows(length);
        Workers.ForEach(Count(rows, length), threads, (chunk, _) => body(chunk, chunk * most, Math.Min(most, rows - (chunk * most))));
    }

    private static int Rows(int length) => Math.Clamp(Elements / Math.Max(1, length), 1, Points);
}
