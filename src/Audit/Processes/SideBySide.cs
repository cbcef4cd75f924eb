using System.Runtime.ExceptionServices;

namespace Wellbehaved.Audit;

/// <summary>Work in pieces on several threads, whose answers are kept in the order of the pieces.</summary>
internal static class SideBySide
{
    /// <summary>Pieces that are worked on at once.</summary>
    public static uint Threads { get; } = (uint)Environment.ProcessorCount;

    /// <summary>Computes something for each piece.</summary>
    /// <typeparam name="T">What is computed.</typeparam>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="compute">Takes the number of the piece.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>What came of each piece.</returns>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static T[] Compute<T>(int pieces, Func<int, T> compute, CancellationToken cancellation)
    {
        var computed = new T[pieces];
        Run(pieces, (int)Threads, piece => computed[piece] = compute(piece), cancellation);
        return computed;
    }

    /// <summary>Does all pieces; what one of them throws is thrown as it is.</summary>
    /// <param name="pieces">Number of pieces.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="work">Takes the number of the piece.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static void Run(int pieces, int threads, Action<int> work, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (pieces == 1)
        {
            work(0);
            return;
        }

        try
        {
            Parallel.For(0, pieces, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, work);
        }
        catch (AggregateException exception)
        {
            // Where some pieces failed and others were declined, nothing was measured, and the failure is why.
            cancellation.ThrowIfCancellationRequested();
            var inner = exception.Flatten().InnerExceptions;
            ExceptionDispatchInfo.Throw(inner.FirstOrDefault(one => one is not DeclinedException) ?? inner[0]);
        }
    }
}
