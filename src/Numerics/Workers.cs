namespace Wellbehaved.Numerics;

/// <summary>Shares numbered pieces of work between threads.</summary>
internal static class Workers
{
    /// <summary>Runs all items; a worker that is free takes the next one.</summary>
    /// <param name="items">Number of items.</param>
    /// <param name="threads">Greatest number of threads.</param>
    /// <param name="body">Receives the item and the number of the worker, which is below <paramref name="threads"/>. A worker handles one item at a time, so it
    /// may own scratch memory.</param>
    public static void ForEach(int items, int threads, Action<int, int> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var workers = Math.Min(threads, items);
        if (workers <= 1)
        {
            for (var item = 0; item < items; item++)
            {
                body(item, 0);
            }

            return;
        }

        var next = -1;
        Parallel.For(
            0,
            workers,
            new ParallelOptions { MaxDegreeOfParallelism = workers },
            worker =>
            {
                for (var item = Interlocked.Increment(ref next); item < items; item = Interlocked.Increment(ref next))
                {
                    body(item, worker);
                }
            }
        );
    }
}
