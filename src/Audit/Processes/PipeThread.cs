using System.Collections.Concurrent;

namespace Wellbehaved.Audit;

/// <summary>A thread of its own for the pipes of a process: it does one blocking read or write after the other.</summary>
/// <remarks>
/// An asynchronous read of a pipe blocks a thread of the pool. Checks that wait for answers block these threads too, and when none was left, the answer that
/// all of them waited for was not read until the pool, half a second later, added one: an audit stood still for four fifths of its time.
/// </remarks>
internal sealed class PipeThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    /// <summary>Starts the thread. It does not keep this program running: a pipe that somebody keeps open may block it for ever.</summary>
    /// <param name="name">Its name, for whoever looks at threads.</param>
    public PipeThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Begins some work after all that was begun before.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="work">What may block.</param>
    /// <returns>The result, or the exception of the work.</returns>
    public Task<T> Begin<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                done.SetException(exception);
            }
        });
        return done.Task;
    }

    /// <summary>Lets the thread end after what was begun, if that ends.</summary>
    public void Dispose() => _work.CompleteAdding();

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            work();
        }

        _work.Dispose();
    }
}
