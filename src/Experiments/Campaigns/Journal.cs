namespace Wellbehaved.Experiments;

/// <summary>Keeps the finished simulations of a run beside its result file until that is written, so that a run that ended too early can go on.</summary>
/// <remarks>Records are appended one at a time. Whatever instant a run ends at, the file is a header, whole records and at most one torn one.</remarks>
public sealed class Journal : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly JournalContent _content;
    private readonly OutputLock _lock;
    private readonly FileStream _stream;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;
    private readonly byte[] _record;
    private DateTimeOffset _flushed = DateTimeOffset.UtcNow;
    private int _finished;
    private bool _isComplete;

    private Journal(string path, JournalContent content, int damaged, OutputLock outputLock)
    {
        _path = path;
        _content = content;
        _lock = outputLock;
        _finished = content.Finished;
        _record = new byte[JournalRecord.Length(content.Header.Options)];
        Finished = content.Records.ToDictionary(record => record.Index, record => record.Moments);
        Damaged = damaged;
        _stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
    }

    /// <summary>Number of simulations that are kept now.</summary>
    public int Count => Volatile.Read(ref _finished);

    /// <summary>Simulations that were finished when the journal was opened.</summary>
    public IReadOnlyDictionary<int, SimulationMoments> Finished { get; }

    /// <summary>Number of records that were found torn or damaged, and dropped.</summary>
    public int Damaged { get; }

    /// <summary>Name of the journal of a result file.</summary>
    /// <param name="output">The result file.</param>
    /// <returns>The journal.</returns>
    public static string PathOf(string output) => output + ".journal";

    /// <summary>Opens the journal of a run.</summary>
    /// <param name="output">The result file.</param>
    /// <param name="header">What is run.</param>
    /// <param name="resume">Whether to go on with what an earlier run finished.</param>
    /// <param name="overwrite">Whether to discard what an earlier run finished, if it is not gone on with.</param>
    /// <returns>The journal; dispose of it when the run has ended, however it ended.</returns>
    /// <exception cref="InvalidInputException">
    /// Another process works on the file; an earlier run left finished simulations and is not to be resumed; it had other options; the journal
    /// is damaged at its beginning or cannot be written.
    /// </exception>
    public static Journal Open(string output, JournalHeader header, bool resume, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(header);
        var path = PathOf(output);
        var outputLock = OutputLock.Take(output);
        try
        {
            // The journal's own leftovers begin with the result file's name too.
            AtomicFile.RemoveLeftovers(output);
            var found = File.Exists(path) && (resume || !overwrite) ? JournalContent.Read(path) : null;
            if (found is { Finished: > 0 } && !resume)
            {
                throw new InvalidInputException(path, $"expected no results of an earlier run, found {Counted.Of(found.Finished, "finished simulation")}; give --resume to go on, or --overwrite to start anew");
            }

            if (resume && found?.Header.DifferenceFrom(header) is { } difference)
            {
                throw new InvalidInputException("--resume", $"expected the run that left {path}, which has {difference}");
            }

            if (found is { IsClean: true } && resume)
            {
                return new Journal(path, found, damaged: 0, outputLock);
            }

            Rewrite(path, header, resume ? found?.Records : null);
            return new Journal(path, JournalContent.Read(path)!, found?.Damaged ?? 0, outputLock);
        }
        catch (Exception exception)
        {
            outputLock.Dispose();
            throw StorageFailure.Is(exception) ? new InvalidInputException(path, $"expected a file that can be written ({exception.Message})", exception) : exception;
        }
    }

    /// <summary>Keeps a finished simulation.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="moments">Its moments.</param>
    /// <exception cref="InvalidInputException">The record cannot be written; those before it stay.</exception>
    public void Append(int index, SimulationMoments moments)
    {
        lock (_gate)
        {
            var now = DateTimeOffset.UtcNow;
            new JournalRecord(index, _started, now, moments).Encode(_record, _content.HeaderBytes);
            try
            {
                _stream.Write(_record);
                if (now - _flushed > FlushInterval)
                {
                    _stream.Flush(flushToDisk: true);
                    _flushed = now;
                }
            }
            catch (Exception exception) when (StorageFailure.Is(exception))
            {
                throw new InvalidInputException(_path, $"expected room for the results ({exception.Message.TrimEnd('.')}); {Counted.Of(_finished, "finished simulation")} {(_finished == 1 ? "is" : "are")} kept, and --resume goes on with them", exception);
            }

            _finished++;
        }
    }

    /// <summary>Removes the journal when it is disposed of, since the result file is complete.</summary>
    public void Complete() => _isComplete = true;

    /// <inheritdoc/>
    public void Dispose()
    {
        _stream.Dispose();
        if (_isComplete || _finished == 0)
        {
            File.Delete(_path);
        }

        _lock.Dispose();
    }

    private static void Rewrite(string path, JournalHeader header, IEnumerable<JournalRecord>? records)
    {
        var headerBytes = header.Encode();
        var bytes = new byte[JournalRecord.Length(header.Options)];
        AtomicFile.Write(path, stream =>
        {
            stream.Write(headerBytes);
            foreach (var record in records ?? [])
            {
                record.Encode(bytes, headerBytes);
                stream.Write(bytes);
            }
        });
    }
}
