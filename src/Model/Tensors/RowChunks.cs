using Wellbehaved.Numerics;

namespace Wellbehaved.Model;

/// <summary>Cuts the points of a batch into chunks that do not depend on the number of threads, so that sums do not either.</summary>
internal static class RowChunks
{
    /// <summary>Points in a chunk: at 512 channels a chunk of signal is 1 MiB, half of a second-level cache.</summary>
    public const int Points = 512;

    /// <summary>Elements in a chunk of rows whose length is given: enough for a thread to be worth waking.</summary>
    private const int Elements = 1 << 15;

    /// <summary>Number of chunks.</summary>
    public static int Count(int points) => (points + Points - 1) / Points;

    /// <summary>Runs a body for each chunk.</summary>
    /// <param name="points">Points in all.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="body">Takes the chunk's index, its first point and its number of points.</param>
    public static void ForEach(int points, int threads, Action<int, int, int> body) =>
        Workers.ForEach(Count(points), threads, (chunk, _) => body(chunk, chunk * Points, Math.Min(Points, points - (chunk * Points))));

    /// <summary>Number of chunks of rows of a length.</summary>
    public static int Count(int rows, int length) => (rows + Rows(length) - 1) / Rows(length);

    /// <summary>Runs a body for each chunk of rows of a length: few long rows are shared between threads too.</summary>
    /// <param name="rows">Rows in all.</param>
    /// <param name="length">Elements of a row.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="body">Takes the chunk's index, its first row and its number of rows.</param>
    public static void ForEach(int rows, int length, int threads, Action<int, int, int> body)
    {
        var most = Rows(length);
        Workers.ForEach(Count(rows, length), threads, (chunk, _) => body(chunk, chunk * most, Math.Min(most, rows - (chunk * most))));
    }

    private static int Rows(int length) => Math.Clamp(Elements / Math.Max(1, length), 1, Points);
}
