using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>Runs ONNX Runtime in a process of its own, so that a model file that crashes ONNX Runtime does not crash the command.</summary>
internal sealed class OnnxProcess : IDisposable
{
    /// <summary>The greatest number of characters of the process's standard error that is kept, since a native library may write much before it ends.</summary>
    private const int MostErrors = 1 << 14;

    /// <summary>The exit status of a process that was ended by SIGKILL.</summary>
    private const int Killed = 128 + 9;

    /// <summary>The time a process gets to unload its native library once it has nothing more to do; it is ended if it needs longer.</summary>
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(10);

    private readonly OnnxRequest _request;
    private readonly Process _process;
    private readonly CancellationToken _cancellation;
    private readonly CancellationTokenRegistration _registration;
    private readonly OnnxWatch _watch;
    private readonly StringBuilder _errors = new();
    private string _doing = "read";
    private bool _hasSaidItsLast;

    private OnnxProcess(OnnxRequest request, Process process, CancellationToken cancellation)
    {
        (_request, _process, _cancellation) = (request, process, cancellation);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginErrorReadLine();
        _registration = cancellation.Register(Kill);
        _watch = new OnnxWatch(process, request.Limits, () => _doing, Kill);
    }

    /// <summary>The network.</summary>
    public OnnxDescription Network { get; private set; } = null!;

    /// <summary>Starts the process, which reads a model and then runs its mappings.</summary>
    /// <param name="request">What the process is to do.</param>
    /// <param name="cancellation">Ends the process.</param>
    /// <returns>The process, after it has described the network.</returns>
    /// <exception cref="InvalidInputException">The model or an option is wrong, or the model ended the process.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public static OnnxProcess Start(OnnxRequest request, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (program, arguments) = Ourselves();
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
            UseShellExecute = false,
        };

        // ONNX Runtime must not send telemetry. The debugging sockets of .NET would be left in the folder of temporary files if the process is killed.
        start.Environment[OnnxTelemetry.Variable] = "1";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        var started = new OnnxProcess(request, process, cancellation);
        try
        {
            process.StandardInput.WriteLine(JsonSerializer.Serialize(request, OnnxMessage.Format));
            process.StandardInput.Flush();
            started.Network = started.Next().Network ?? throw new InvalidOperationException("expected the network");
            started._doing = "run";
            return started;
        }
        catch (IOException)
        {
            using (started)
            {
                throw started.Crash();
            }
        }
        catch
        {
            started.Dispose();
            throw;
        }
    }

    /// <summary>Waits for the mappings.</summary>
    /// <param name="advance">Receives the share of a mapping that has been done since the last call.</param>
    /// <param name="keep">Told of each mapping and its index.</param>
    /// <exception cref="InvalidInputException">ONNX Runtime reported a failure, or the model ended the process.</exception>
    /// <exception cref="OperationCanceledException">Cancellation was requested.</exception>
    public void Finish(Action<double> advance, Action<int, OnnxMapping> keep)
    {
        var done = 0.0;
        while (true)
        {
            var message = Next();
            if (message.Done == true)
            {
                _hasSaidItsLast = true;
                return;
            }

            if (message.Progress is { } share)
            {
                advance(share - done);
                done = share;
            }

            if (message is { Mapping: { } mapping, Simulation: { } simulation })
            {
                keep(simulation, mapping.Decode(Network.Places.Count));
                done = 0;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _registration.Dispose();
        _watch.Dispose();
        if (!_hasSaidItsLast || !_process.WaitForExit(TimeToEnd))
        {
            Kill();
        }

        _process.Dispose();
    }

    /// <summary>The command line that starts this program again, whether it is installed as a tool, built, or part of a test.</summary>
    private static (string Program, string[] Arguments) Ourselves()
    {
        var assembly = typeof(OnnxProcess).Assembly.Location;
        var host = Path.GetFullPath(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet")
        );
        return assembly.Length > 0 && File.Exists(host) ? (host, [assembly, OnnxWorker.Verb])
            : Environment.ProcessPath is not { } path ? throw new InvalidOperationException("the command does not know its own file")
            : Path.GetFileNameWithoutExtension(path) == "dotnet" ? (path, [assembly, OnnxWorker.Verb])
            : (path, [OnnxWorker.Verb]);
    }

    /// <summary>The next message; other lines, which a native library may write, are skipped.</summary>
    private OnnxMessage Next()
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (!line.StartsWith('{'))
            {
                continue;
            }

            _watch.Advance();
            var message = JsonSerializer.Deserialize<OnnxMessage>(line, OnnxMessage.Format)!;
            _hasSaidItsLast = message.Failure is not null;
            return message.Failure switch
            {
                null => message,
                { Message: Runtime.NoMemory } => throw new InvalidInputException(_request.Path, _request.Limits.TooMuchMemory),
                { Subject: { } subject, Message: var text } => throw new InvalidInputException(subject, text),
                { Message: var text, Trace: var trace } => throw new OnnxDefectException(text, trace),
            };
        }

        throw Crash();
    }

    private InvalidInputException Crash()
    {
        _cancellation.ThrowIfCancellationRequested();
        _process.WaitForExit();
        _cancellation.ThrowIfCancellationRequested();
        if (Environment.GetEnvironmentVariable(Failure.DebugVariable) == "1")
        {
            lock (_errors)
            {
                Console.Error.Write(_errors);
            }
        }

        if (_watch.Reason is { } reason)
        {
            return new InvalidInputException(_request.Path, reason);
        }

        if (RanOutOfMemory())
        {
            return new InvalidInputException(_request.Path, _request.Limits.TooMuchMemory);
        }

        return new InvalidInputException(
            _request.Path,
            $"expected a model that ONNX Runtime can {_doing}, but it crashed, status {_process.ExitCode}"
                + (
                    _process.ExitCode == Killed
                        ? ", as happens when a process takes too much memory; choose a smaller batch"
                        : $" ({Failure.DebugVariable}=1 shows its messages)"
                )
        );
    }

    /// <summary>Whether the process said so before it ended, in the words of .NET, of C++ or of a C library.</summary>
    private bool RanOutOfMemory()
    {
        lock (_errors)
        {
            var said = _errors.ToString();
            return said.Contains("bad_alloc", StringComparison.Ordinal)
                || said.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
                || said.Contains("OutOfMemoryException", StringComparison.Ordinal);
        }
    }

    private void Keep(string? line)
    {
        lock (_errors)
        {
            if (line is not null && _errors.Length < MostErrors)
            {
                _errors.Append(line).Append('\n');
            }
        }
    }

    private void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }
        catch (Exception ended) when (ended is InvalidOperationException or System.ComponentModel.Win32Exception or NotSupportedException)
        {
            // The process has already ended.
        }
    }
}
