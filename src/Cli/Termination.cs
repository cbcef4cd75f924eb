using System.Runtime.InteropServices;

namespace Wellbehaved.Cli;

/// <summary>
/// What happens on Ctrl-C, and when the process is asked to end or its terminal is closed: the command is cancelled, and ends by itself, or is ended. Either
/// way nothing unfinished is left.
/// </summary>
internal sealed class Termination : IDisposable
{
    /// <summary>
    /// How long the current layer is waited for, which takes about a second at the paper's scale, so that what is finished is written completely.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly PosixSignal[] Signals = [PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT];

    private readonly CancellationTokenSource _cancellation = new();
    private readonly PosixSignalRegistration[] _registrations;
    private Timer? _end;

    /// <summary>Begins to listen.</summary>
    public Termination() => _registrations = [.. Signals.Where(SignalDisposition.IsHeard).Select(signal => PosixSignalRegistration.Create(signal, Hear))];

    /// <summary>Cancelled when the process is to end.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Whether the command looks at <see cref="Token"/>. Another is ended at once.</summary>
    public bool IsHeeded { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _end?.Dispose();
        _cancellation.Dispose();
    }

    private void Hear(PosixSignalContext signal)
    {
        signal.Cancel = true;
        if (!IsHeeded || _end is not null)
        {
            End();
        }

        _end = new Timer(_ => End(), null, Patience, Timeout.InfiniteTimeSpan);
        _cancellation.Cancel();
    }

    private static void End()
    {
        UnfinishedFiles.RemoveAll();
        Console.Error.WriteLine("wellbehaved: interrupted");
        ImmediateExit.With(ExitStatus.Interrupted);
    }
}
