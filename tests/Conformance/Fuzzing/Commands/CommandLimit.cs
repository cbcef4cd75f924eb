using System.Diagnostics;

namespace Wellbehaved.Tests.Conformance;

/// <summary>Ends a process that tries commands when one of them does not end, and says which it was.</summary>
/// <remarks>
/// A busy machine lets a command wait, so the limit is one of processors' time, three times what a finished command may take. What waits for ever takes none:
/// for that there is a limit by the clock, so long that no load explains it.
/// </remarks>
internal sealed class CommandLimit : IDisposable
{
    /// <summary>The most time of processors.</summary>
    public static readonly TimeSpan MostTime = TimeSpan.FromMinutes(1);

    /// <summary>The most time by the clock.</summary>
    public static readonly TimeSpan MostByTheClock = TimeSpan.FromMinutes(15);

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly Process _process;
    private readonly Func<string?> _command;
    private readonly TimeSpan _mostTime;
    private readonly TimeSpan _mostByTheClock;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _watch;
    private string? _reason;
    private string? _present;
    private TimeSpan _timeBefore;
    private TimeSpan _clockBefore;

    /// <summary>Begins to watch.</summary>
    /// <param name="process">Who tries the commands.</param>
    /// <param name="command">Says which command it tries now; null before the first.</param>
    /// <param name="mostTime">The most time of processors for one command.</param>
    /// <param name="mostByTheClock">The most time by the clock.</param>
    public CommandLimit(Process process, Func<string?> command, TimeSpan mostTime, TimeSpan mostByTheClock)
    {
        (_process, _command, _mostTime, _mostByTheClock) = (process, command, mostTime, mostByTheClock);
        _watch = Task.Run(Watch);
    }

    /// <summary>Ends the watch.</summary>
    /// <returns>Why the process was ended; null if it was not.</returns>
    public string? End()
    {
        _ended.Cancel();
        _watch.GetAwaiter().GetResult();
        return _reason;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        End();
        _ended.Dispose();
    }

    private async Task Watch()
    {
        var clock = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Interval);
        while (!_ended.IsCancellationRequested && !_process.HasExited)
        {
            if (TimeOf(_process) is { } time && Look(_command(), time, clock.Elapsed) is { } reason)
            {
                _reason = reason;
                _process.Kill(entireProcessTree: true);
                return;
            }

            try
            {
                await timer.WaitForNextTickAsync(_ended.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    /// <summary>Why the process is to be ended, if it is.</summary>
    private string? Look(string? command, TimeSpan time, TimeSpan clock)
    {
        if (command != _present)
        {
            (_present, _timeBefore, _clockBefore) = (command, time, clock);
        }

        return time - _timeBefore > _mostTime ? $"{command}: did not end within {_mostTime.TotalSeconds} seconds of processors"
            : clock - _clockBefore > _mostByTheClock
                ? $"{command}: did not end within {_mostByTheClock.TotalSeconds} seconds, of which processors worked for {(time - _timeBefore).TotalSeconds:F0}"
            : null;
    }

    /// <summary>Time of processors so far; null if the process has ended meanwhile.</summary>
    private static TimeSpan? TimeOf(Process process)
    {
        try
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
        catch (Exception exception) when (exception is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
