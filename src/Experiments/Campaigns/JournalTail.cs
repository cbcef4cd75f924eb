namespace Wellbehaved.Experiments;

/// <summary>Appends records of one length to a journal, one at a time and from any thread; a record is on the disk within about a second.</summary>
/// <param name="path">The journal, which exists.</param>
/// <param name="outputLock">The lock of its result file; it is released together with the journal.</param>
/// <param name="length">Bytes of a record.</param>
/// <param name="finished">Number of records that the journal already holds.</param>
/// <param name="what">What a record holds, in one or two words, for messages.</param>
internal sealed class JournalTail(string path, OutputLock outputLock, long length, int finished, string what) : IDisposable
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly FileStream _stream = new(path, FileMode.Append, FileAccess.Write, FileShare.Read | FileShare.Delete, bufferSize: 0);
    private readonly byte[] _record = new byte[length];
    private DateTimeOffset _flushed = DateTimeOffset.UtcNow;
    private int _finished = finished;
    private bool _isComplete;
    private InvalidInputException? _failure;

    /// <summary>Number of records that are kept now.</summary>
    public int Count => Volatile.Read(ref _finished);

    /// <summary>Appends a record.</summary>
    /// <param name="encode">Writes the record into the given bytes, with the given time.</param>
    /// <exception cref="InvalidInputException">The record, or one before it, cannot be written; the records before that are kept.</exception>
    public void Append(Action<byte[], DateTimeOffset> encode)
    {
        lock (_gate)
        {
            if (_failure is not null)
            {
                throw _failure;
            }

            var (now, start) = (DateTimeOffset.UtcNow, _stream.Position);
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
                // A torn record would hide those that other threads append after it, should there be space again.
                CutOff(start);
                _failure = new InvalidInputException(
                    path,
                    $"expected disk space for the results ({exception.Message.TrimEnd('.')}); {Counted.Spell(_finished, what)} "
                        + $"{(_finished == 1 ? "is" : "are")} kept, and {CampaignParameters.Resume} goes on with them",
                    exception
                );
                throw _failure;
            }

            _finished++;
        }
    }

    private void CutOff(long length)
    {
        try
        {
            _stream.SetLength(length);
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            // The torn record stays; a run that is resumed drops it.
        }
    }

    /// <summary>Marks the result file as complete: the journal is removed when it is disposed of.</summary>
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
