using System.Diagnostics;

namespace Wellbehaved.Cli;

/// <summary>Ends the process with ONNX Runtime where it makes no progress for too long, or takes too much memory.</summary>
internal sealed class OnnxWatch : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly OnnxLimits _limits;
    private readonly Process _process;
    private readonly Action _end;
    private readonly Func<string> _doing;
    private readonly Timer _timer;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly Lock _gate = new();
    private TimeSpan _seen;
    private TimeSpan _idle;

    /// <summary>Begins to watch.</summary>
    /// <param name="process">The process.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="doing">What it does, for messages: read or run.</param>
    /// <param name="end">Ends it.</param>
    public OnnxWatch(Process process, OnnxLimits limits, Func<string> doing, Action end)
    {
        (_process, _limits, _doing, _end) = (process, limits, doing, end);
        _timer = new Timer(_ => Look(), null, Period, Period);
    }

    /// <summary>Why the process was ended; null if it was not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Told that the process has made progress.</summary>
    public void Advance()
    {
        lock (_gate)
        {
            _idle = TimeSpan.Zero;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        lock (_gate)
        {
            if (Reason is not null)
            {
                return;
            }

            // Time in which the machine or the command was suspended does not count: the other process was, too.
            var now = _clock.Elapsed;
            _idle += now - _seen < 10 * Period ? now - _seen : Period;
            _seen = now;
            Reason =
                _idle.TotalSeconds > _limits.Seconds ? _limits.NoProgress(_doing())
                : Memory() > _limits.Bytes ? _limits.TooMuchMemory
                : null;
        }

        if (Reason is not null)
        {
            _end();
        }
    }

    private long Memory()
    {
        try
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
        catch (Exception ended) when (ended is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            return 0;
        }
    }
}
