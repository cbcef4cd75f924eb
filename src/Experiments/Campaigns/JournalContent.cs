namespace Wellbehaved.Experiments;

/// <summary>The content of a journal: the finished simulations whose records are complete.</summary>
/// <remarks>All records of an experiment have the same length, so the records after a damaged one can still be found.</remarks>
internal sealed class JournalContent
{
    private JournalContent(JournalHeader header, byte[] headerBytes, IReadOnlyList<JournalRecord> records, bool isClean, int damaged)
    {
        Header = header;
        HeaderBytes = headerBytes;
        Records = records;
        IsClean = isClean;
        Damaged = damaged;
    }

    /// <summary>The experiment and the share that the records belong to.</summary>
    public JournalHeader Header { get; }

    /// <summary>Number of finished simulations.</summary>
    public int Finished => Records.Count;

    /// <summary>Number of incomplete or damaged records; their simulations count as not done.</summary>
    public int Damaged { get; }

    /// <summary>The header as it stands in the file.</summary>
    internal byte[] HeaderBytes { get; }

    /// <summary>The complete records, one for each simulation, by index.</summary>
    internal IReadOnlyList<JournalRecord> Records { get; }

    /// <summary>Whether the file consists of complete records only, so that more records can be appended to it.</summary>
    internal bool IsClean { get; }

    /// <summary>The moments of the finished simulations, as a result of an experiment.</summary>
    /// <returns>The result.</returns>
    public ExperimentResult ToResult() =>
        new(
            Header.Options,
            Header.Settings,
            [.. Records.Select(record => record.Moments)],
            Header.Identity,
            [.. Records.Select(record => record.Index)],
            Shard.Whole
        );

    /// <summary>Reads a journal, also while it is being written.</summary>
    /// <param name="path">The journal.</param>
    /// <returns>Its content; null if the file ends within its header, so that it holds no records.</returns>
    /// <exception cref="InvalidInputException">The file cannot be read or is not a journal, or its beginning is damaged.</exception>
    public static JournalContent? Read(string path)
    {
        using var stream = RegularFile.Open(path, "journal");
        try
        {
            return Read(stream, path);
        }
        catch (IOException exception)
        {
            throw new InvalidInputException(path, $"expected a readable journal ({exception.Message})", exception);
        }
    }

    /// <summary>Reads a journal from its beginning.</summary>
    internal static JournalContent? Read(Stream stream, string path)
    {
        if (JournalHeader.Read(stream, path) is not var (header, headerBytes))
        {
            return null;
        }

        var options = header.Options;
        var (first, count) = header.Shard.Extent(options.NumSims);
        var (length, extent) = (JournalRecord.Length(options), JournalRecord.Extent(options));
        var whole = (stream.Length - headerBytes.Length) / length;
        var torn = (stream.Length - headerBytes.Length) % length != 0;
        var records = new SortedDictionary<int, JournalRecord>();
        var damaged = torn ? 1 : 0;
        var repeated = false;
        var bytes = whole > 0 ? new byte[length] : [];
        for (var i = 0L; i < whole; i++)
        {
            stream.ReadExactly(bytes);
            var record = JournalRecord.Decode(bytes, headerBytes, extent);
            if (record is null || record.Index < first || record.Index - first >= count)
            {
                damaged++;
            }
            else if (!records.TryAdd(record.Index, record))
            {
                repeated = true;
                if (!record.Moments.IsIdenticalTo(records[record.Index].Moments))
                {
                    throw new InvalidInputException(
                        path,
                        $"expected one outcome of simulation {record.Index}, found two different ones; to start again, use "
                            + $"{CampaignParameters.Overwrite} or remove the file"
                    );
                }
            }
        }

        return new JournalContent(header, headerBytes, [.. records.Values], damaged == 0 && !repeated, damaged);
    }
}
