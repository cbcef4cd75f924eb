using System.Collections.Concurrent;

namespace Wellbehaved.Audit;

/// <summary>A thread of its own for the pipes of a process: it does one blocking read or write after the other.</summary>
/// <remarks>
/// An asynchronous read of a pipe blocks a thread of the pool. Checks that wait for answers block these threads too, and when none was left, the answer that
/// all of them waited for was not read until the pool, half a second later, added one: an audit stood still for four fifths of its time.
/// </remarks>
internal sealed class PipeThread : IDisposable
{
    private readonly BlockingCollection<Task> _work = [];

    /// <summary>Starts the thread. It does not keep this program running: a pipe that somebody keeps open may block it for ever.</summary>
    /// <param name="name">Its name, for whoever looks at threads.</param>
    public PipeThread(string name) => new Thread(Run) { IsBackground = true, Name = name }.Start();

    /// <summary>Begins some work after all that was begun before.</summary>
    /// <typeparam name="T">Its result.</typeparam>
    /// <param name="work">What may block.</param>
    /// <returns>The result, or the exception of the work.</returns>
    public Task<T> Begin<T>(Func<T> work) => Add(new Task<T>(work));

    /// <summary>Begins some work without a result.</summary>
    /// <param name="work">What may block.</param>
    /// <returns>The end of the work, or its exception.</returns>
    public Task Begin(Action work) => Add(new Task(work));

    /// <summary>Lets the thread end after what was begun, if that ends.</summary>
    public void Dispose() => _work.CompleteAdding();

    private T Add<T>(T task)
        where T : Task
    {
        _work.Add(task);
        return task;
    }

    private void Run()
    {
        foreach (var task in _work.GetConsumingEnumerable())
        {
            task.RunSynchronously(TaskScheduler.Default);
        }

        _work.Dispose();
    }
}
