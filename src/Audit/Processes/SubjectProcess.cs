using System.Diagnostics;
using System.Text;

namespace Wellbehaved.Audit;

/// <summary>A running subject. It reads one line and answers with one line, within limits of time and size.</summary>
/// <remarks>
/// Whatever the process does, each call returns or throws within its time limit: after the process and its children have been killed, reads are abandoned, not
/// awaited.
/// </remarks>
internal sealed class SubjectProcess : IDisposable
{
    private const int LongestAnswer = 1 << 20;
    private const int TailLength = 2000;
    private const int LastLines = 3;

    /// <summary>Time limit of something that takes only a moment, even on a busy machine, unless it is blocked.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(200);
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Process _process;
    private readonly string _mark;
    private readonly WindowsJob? _job;
    private readonly StringBuilder _errors = new(2 * TailLength);
    private readonly Task _errorsRead;
    private readonly PipeThread _pipes = new("requests and answers of a subject");
    private readonly PipeThread _standardError = new("standard error of a subject");
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly MemoryStream _pending = new();

    private bool _hasAnswered;

    private SubjectProcess(Process process, string mark)
    {
        (_process, _mark) = (process, mark);
        _job = OperatingSystem.IsWindows() ? WindowsJob.Enclose(process) : null;
        _errorsRead = _standardError.Begin(KeepTailOfErrors);
    }

    /// <summary>A line for each process that the subject had left running when it was stopped: whether it was ended.</summary>
    public IReadOnlyList<string> LeftBehind { get; private set; } = [];

    /// <summary>Starts a command by the system's shell, in the current folder.</summary>
    /// <param name="command">The command.</param>
    /// <param name="singleThreaded">Whether its linear algebra should use one thread only, because other instances run beside it.</param>
    /// <returns>The process.</returns>
    /// <exception cref="ProgramNotStartedException">The command is empty, or there is no shell to start it.</exception>
    public static SubjectProcess Start(string command, bool singleThreaded)
    {
        // A shell has nothing to do for an empty command and ends with status 0, as if a program had started.
        if (string.IsNullOrWhiteSpace(command))
        {
            throw new ProgramNotStartedException("it is empty");
        }

        // With /s cmd takes off the outer quotation marks and no others; without, it takes off the first and the last of a command that has several.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe") { Arguments = $"/d /s /c \"{command}\"" }
            : new ProcessStartInfo("/bin/sh") { ArgumentList = { "-c", command } };
        (start.UseShellExecute, start.RedirectStandardInput, start.RedirectStandardOutput, start.RedirectStandardError) = (false, true, true, true);
        (start.StandardErrorEncoding, start.StandardInputEncoding) = (Encoding.UTF8, StrictUtf8);
        var mark = Guid.NewGuid().ToString("N");
        start.Environment[LeftoverProcesses.Mark] = mark;
        if (singleThreaded)
        {
            foreach (var variable in new[] { "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "JULIA_NUM_THREADS" })
            {
                start.Environment.TryAdd(variable, "1");
            }
        }

        try
        {
            return new SubjectProcess(Process.Start(start)!, mark);
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            throw new ProgramNotStartedException(exception.Message);
        }
    }

    /// <summary>Sends a request and reads the answer.</summary>
    /// <param name="request">One line, without the end of the line.</param>
    /// <param name="limit">Time limit for both.</param>
    /// <param name="excess">Called repeatedly while waiting; if it returns a message, the process is ended.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The answer: one line, without the end of the line.</returns>
    /// <exception cref="ProgramNotStartedException">The process ended with an error before it answered anything.</exception>
    /// <exception cref="AdapterException">No complete line of UTF-8 was received in time.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public string Ask(string request, TimeSpan limit, Func<string?>? excess, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        try
        {
            Within(Send(request), "the request was not read");
        }
        catch (IOException)
        {
            throw Ended("before it read the request");
        }

        while (true)
        {
            if (TakeLine() is { } line)
            {
                _hasAnswered = true;
                return line;
            }

            if (_pending.Length > LongestAnswer)
            {
                throw new AdapterException($"an answer is longer than {LongestAnswer} bytes: expected one short line, with tensors in the output file");
            }

            var read = _pipes.Begin(() => _process.StandardOutput.BaseStream.Read(_buffer));
            bool isRead;
            try
            {
                Within(read, _pending.Length == 0 ? "no answer" : "only half a line");
                isRead = read.Result > 0;
            }
            catch (IOException)
            {
                isRead = false;
            }

            if (!isRead)
            {
                throw Ended(_pending.Length == 0 ? "before it answered" : "in the middle of a line");
            }

            _pending.Write(_buffer, 0, read.Result);
        }

        void Within(Task task, string otherwise)
        {
            try
            {
                for (var left = limit - clock.Elapsed; ; left = limit - clock.Elapsed)
                {
                    var moment = left < Glance ? left : Glance;
                    if (left > TimeSpan.Zero && task.Wait((int)Math.Ceiling(moment.TotalMilliseconds), cancellation))
                    {
                        return;
                    }

                    if (excess?.Invoke() is { } finding)
                    {
                        throw new AdapterException(finding);
                    }

                    if (left <= Glance)
                    {
                        throw new AdapterException(FormattableString.Invariant($"{otherwise} within {limit.TotalSeconds:0.###} s{LastLine()}"));
                    }
                }
            }
            catch (AggregateException exception) when (exception.InnerException is IOException inner)
            {
                throw inner;
            }
        }
    }

    /// <summary>
    /// Asks the process to stop, and kills it and its children if it does not; then ends what it has left running, if the system tells whose it is.
    /// </summary>
    /// <param name="request">The request to stop; null to kill the process at once.</param>
    public void Stop(string? request)
    {
        try
        {
            if (request is null || !Stops(request))
            {
                _process.Kill(entireProcessTree: true);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or IOException or AggregateException or System.ComponentModel.Win32Exception)
        {
            // It has ended by itself.
        }

        LeftBehind = [.. LeftBehind, .. LeftoverProcesses.EndMarked(_mark)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop(null);
        _job?.Dispose();
        _pipes.Dispose();
        _standardError.Dispose();
        _process.Dispose();
        _pending.Dispose();
    }

    private Task Send(string request) =>
        _pipes.Begin(() =>
        {
            _process.StandardInput.Write(request + "\n");
            _process.StandardInput.Flush();
        });

    /// <summary>Whether the process ends when asked to; it may not even read the request.</summary>
    private bool Stops(string request)
    {
        if (!Send(request).Wait(TimeToStop))
        {
            return false;
        }

        _process.StandardInput.Close();
        return _process.WaitForExit(TimeToStop);
    }

    private string? TakeLine()
    {
        var bytes = _pending.GetBuffer().AsSpan(0, (int)_pending.Length);
        var end = bytes.IndexOf((byte)'\n');
        if (end < 0)
        {
            return null;
        }

        string line;
        try
        {
            line = StrictUtf8.GetString(bytes[..end]).TrimEnd('\r');
        }
        catch (DecoderFallbackException)
        {
            throw new AdapterException("an answer is not UTF-8");
        }

        var rest = bytes[(end + 1)..].ToArray();
        _pending.SetLength(0);
        _pending.Write(rest);
        return line;
    }

    private AdapterException Ended(string when)
    {
        if (!_process.WaitForExit(Moment))
        {
            return new AdapterException($"the process closed its standard output {when}{LastLine()}");
        }

        // A process that it has left running may keep the other end open for any time.
        _errorsRead.Wait(Moment);
        var status = _process.ExitCode;
        return status != 0 && !_hasAnswered && _pending.Length == 0
            ? new ProgramNotStartedException($"it ended with exit status {status} before it answered anything", Tail(LastLines))
            : new AdapterException($"the process ended with exit status {status} {when}{LastLine()}");
    }

    /// <summary>Reads standard error to its end, so that the process never waits for us, and keeps the last part; lines may have any length.</summary>
    private void KeepTailOfErrors()
    {
        var buffer = new char[TailLength];
        try
        {
            while (_process.StandardError.Read(buffer.AsSpan()) is > 0 and var read)
            {
                lock (_errors)
                {
                    _errors.Append(buffer, 0, read);
                    _errors.Remove(0, Math.Max(0, _errors.Length - TailLength));
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process was killed.
        }
    }

    /// <summary>The last line that the process wrote to standard error, where most runtimes say what went wrong.</summary>
    private string LastLine() => Tail(1) is [var line] ? $"; the last line on its standard error: {line}" : "";

    private string[] Tail(int lines)
    {
        lock (_errors)
        {
            return [.. _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).TakeLast(lines)];
        }
    }
}
