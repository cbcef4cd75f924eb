namespace Wellbehaved.Experiments;

/// <summary>Where a journal grows: records of one length are appended one at a time, from any thread, and are on the disk within about a second.</summary>
/// <param name="path">The journal, which is there.</param>
/// <param name="outputLock">The lock of its result file, which goes with it.</param>
/// <param name="length">Bytes of a record.</param>
/// <param name="finished">Records that are in it already.</param>
/// <param name="what">What a record keeps, in one word or two, for messages.</param>
internal sealed class JournalTail(string path, OutputLock outputLock, long length, int finished, string what) : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly FileStream _stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
    private readonly byte[] _record = new byte[length];
    private DateTimeOffset _flushed = DateTimeOffset.UtcNow;
    private int _finished = finished;
    private bool _isComplete;

    /// <summary>Number of records that are kept now.</summary>
    public int Count => Volatile.Read(ref _finished);

    /// <summary>Appends a record.</summary>
    /// <param name="encode">Writes it, at the time that it is given.</param>
    /// <exception cref="InvalidInputException">The record cannot be written; those before it stay.</exception>
    public void Append(Action<byte[], DateTimeOffset> encode)
    {
        lock (_gate)
        {
            var now = DateTimeOffset.UtcNow;
            encode(_record, now);
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
                throw new InvalidInputException(
                    path,
                    $"expected room for the results ({exception.Message.TrimEnd('.')}); {Counted.Spell(_finished, what)} "
                        + $"{(_finished == 1 ? "is" : "are")} kept, and --resume goes on with them",
                    exception
                );
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
            File.Delete(path);
        }

        outputLock.Dispose();
    }
}
