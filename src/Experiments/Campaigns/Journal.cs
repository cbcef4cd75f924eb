namespace Wellbehaved.Experiments;

/// <summary>Keeps the finished simulations of a run beside its result file until that file is written, so that an interrupted run can be resumed.</summary>
/// <remarks>
/// Records are appended one at a time. Whenever a run ends, the file consists of a header, complete records and at most one incomplete record.
/// </remarks>
internal sealed class Journal : IDisposable
{
    /// <summary>Ending of a journal's name, after that of its result file.</summary>
    public const string Ending = ".journal";

    private readonly JournalContent _content;
    private readonly JournalTail _tail;
    private readonly DateTimeOffset _started = DateTimeOffset.UtcNow;

    private Journal(string path, JournalContent content, int damaged, OutputLock outputLock)
    {
        _content = content;
        Finished = content.Records.ToDictionary(record => record.Index, record => record.Moments);
        Damaged = damaged;
        _tail = new(path, outputLock, JournalRecord.Length(content.Header.Options), content.Finished, "finished simulation");
    }

    /// <summary>Number of simulations that are kept now.</summary>
    public int Count => _tail.Count;

    /// <summary>Simulations that were finished when the journal was opened.</summary>
    public IReadOnlyDictionary<int, SimulationMoments> Finished { get; }

    /// <summary>Number of incomplete or damaged records that were found and dropped.</summary>
    public int Damaged { get; }

    /// <summary>Name of the journal of a result file: beside the file that is replaced, whichever of its names is given.</summary>
    /// <param name="output">The result file.</param>
    /// <returns>The journal.</returns>
    public static string PathOf(string output) => AtomicFile.ReplacedAt(output) + Ending;

    /// <summary>Opens the journal of a run.</summary>
    /// <param name="output">The result file.</param>
    /// <param name="header">Which share of which experiment is run.</param>
    /// <param name="resume">Whether to continue with the simulations that an earlier run finished.</param>
    /// <param name="overwrite">Whether to discard the simulations that an earlier run finished, if the run is not resumed.</param>
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
            // The names of the journal's own temporary files also begin with the name of the result file, so they are removed, too.
            OwnFiles.RequireJournal(path);
            AtomicFile.RemoveLeftovers(output);
            var found = File.Exists(path) && (resume || !overwrite) ? JournalContent.Read(path) : null;
            if (found is { Finished: > 0 } && !resume)
            {
                throw new InvalidInputException(
                    path,
                    $"expected no results of an earlier run, found {Counted.Spell(found.Finished, "finished simulation")}; give "
                        + $"{CampaignParameters.Resume} to continue, "
                        + $"or {CampaignParameters.Overwrite} to start again"
                );
            }

            if (resume && found?.Header.DifferenceFrom(header) is { } difference)
            {
                throw new InvalidInputException(CampaignParameters.Resume, $"expected the run that left {path}, which has {difference}");
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
            throw StorageFailure.Is(exception)
                ? new InvalidInputException(path, $"expected a file that can be written ({exception.Message})", exception)
                : exception;
        }
    }

    /// <summary>Keeps a finished simulation.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="moments">Its moments.</param>
    /// <exception cref="InvalidInputException">The record cannot be written; the earlier records are kept.</exception>
    public void Append(int index, SimulationMoments moments) =>
        _tail.Append((record, now) => new JournalRecord(index, _started, now, moments).Encode(record, _content.HeaderBytes));

    /// <summary>Marks the result file as complete: the journal is removed when it is disposed of.</summary>
    public void Complete() => _tail.Complete();

    /// <inheritdoc/>
    public void Dispose() => _tail.Dispose();

    private static void Rewrite(string path, JournalHeader header, IEnumerable<JournalRecord>? records)
    {
        var headerBytes = header.Encode();
        var bytes = new byte[JournalRecord.Length(header.Options)];
        AtomicFile.Write(
            path,
            stream =>
            {
                stream.Write(headerBytes);
                foreach (var record in records ?? [])
                {
                    record.Encode(bytes, headerBytes);
                    stream.Write(bytes);
                }
            }
        );
    }
}
