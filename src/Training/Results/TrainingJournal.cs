using System.Buffers.Binary;
using System.Text.Json;

namespace Wellbehaved.Training;

/// <summary>Keeps finished training runs beside the result file until that is written, so that a campaign that ended early can be continued.</summary>
/// <remarks>
/// The file has a header that identifies the campaign, then records of equal length. Each record has a checksum that depends on that of the header. Whenever
/// the program ends, the file is a header, complete records and at most one incomplete record. docs/file-formats.md.
/// </remarks>
internal sealed class TrainingJournal : IDisposable
{
    private const int LengthOfChecksum = JournalFrame.LengthOfChecksum;

    private static readonly JsonSerializerOptions Format = ForeignJson.Header(names: null);

    private readonly byte[] _header;
    private readonly JournalTail _tail;

    private TrainingJournal(
        string path,
        byte[] header,
        int numbers,
        IReadOnlyDictionary<(int Simulation, int Rate), TrainingOutcome> finished,
        int damaged,
        OutputLock outputLock
    )
    {
        (_header, Finished, Damaged) = (header, finished, damaged);
        _tail = new(path, outputLock, LengthOfRecord(numbers), finished.Count, "finished training run");
    }

    private static ReadOnlySpan<byte> Name => "WBTRAIN1"u8;

    /// <summary>Runs that were finished when the journal was opened.</summary>
    public IReadOnlyDictionary<(int Simulation, int Rate), TrainingOutcome> Finished { get; }

    /// <summary>Number of records that were incomplete or damaged, and were dropped.</summary>
    public int Damaged { get; }

    /// <summary>Number of runs that the journal holds now.</summary>
    public int Count => _tail.Count;

    /// <summary>Opens the journal of a campaign.</summary>
    /// <param name="output">The result file.</param>
    /// <param name="plan">The plan of the training.</param>
    /// <param name="resume">Whether to continue with the runs that an earlier campaign finished.</param>
    /// <param name="overwrite">Whether to discard these runs if they are not continued.</param>
    /// <returns>The journal; dispose of it when the campaign has ended, however it ended.</returns>
    /// <exception cref="InvalidInputException">
    /// Another process works on the file, an earlier campaign left runs but is not to be resumed, it had other options, or the journal is damaged or cannot be
    /// written.
    /// </exception>
    public static TrainingJournal Open(string output, TrainingPlan plan, bool resume, bool overwrite)
    {
        var path = Journal.PathOf(output);
        var identity = TrainingIdentity.Compute(plan);
        var (header, numbers) = (JournalFrame.Encode(Name, JsonSerializer.SerializeToUtf8Bytes(identity)), NumbersOf(plan));
        var outputLock = OutputLock.Take(output);
        try
        {
            OwnFiles.RequireJournal(path);
            AtomicFile.RemoveLeftovers(output);
            var found = File.Exists(path) && (resume || !overwrite) ? Read(path, plan, identity, numbers) : null;
            if (found is { Difference: null, Records.Count: > 0 } && !resume)
            {
                throw new InvalidInputException(
                    path,
                    $"expected no results of an earlier run, found {Counted.Spell(found.Value.Records.Count, "finished training run")}; give "
                        + $"{CampaignParameters.Resume} to continue, or {CampaignParameters.Overwrite} to start again"
                );
            }

            if (found?.Difference is { } difference)
            {
                throw new InvalidInputException(
                    resume ? CampaignParameters.Resume : path,
                    "expected "
                        + (
                            resume
                                ? $"the run that left {path}, which has {difference}"
                                : $"no journal of another run, found one with {difference}; {CampaignParameters.Overwrite} replaces it"
                        )
                );
            }

            var records = resume ? found?.Records ?? [] : [];
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write(header);
                    var record = new byte[LengthOfRecord(numbers)];
                    foreach (var ((simulation, rate), outcome) in records.OrderBy(pair => pair.Key))
                    {
                        Encode(record, header, simulation, rate, outcome);
                        stream.Write(record);
                    }
                }
            );
            return new TrainingJournal(path, header, numbers, records, found?.Damaged ?? 0, outputLock);
        }
        catch (Exception exception)
        {
            outputLock.Dispose();
            throw StorageFailure.Is(exception)
                ? new InvalidInputException(path, $"expected a file that can be written ({exception.Message})", exception)
                : exception;
        }
    }

    /// <summary>Adds a finished run.</summary>
    /// <param name="simulation">Index of the mapping.</param>
    /// <param name="rate">Index of the learning rate.</param>
    /// <param name="outcome">The outcome of the run.</param>
    /// <exception cref="InvalidInputException">The record cannot be written; earlier records stay.</exception>
    public void Append(int simulation, int rate, TrainingOutcome outcome) => _tail.Append((record, _) => Encode(record, _header, simulation, rate, outcome));

    /// <summary>Makes <see cref="Dispose"/> remove the journal, since the result file is complete.</summary>
    public void Complete() => _tail.Complete();

    /// <inheritdoc/>
    public void Dispose() => _tail.Dispose();

    /// <summary>Says how far the training of a journal is, also while it goes on.</summary>
    /// <param name="path">The journal.</param>
    /// <returns>What is finished; null for a journal of another kind, or one that ends within its beginning.</returns>
    /// <exception cref="InvalidInputException">It cannot be read, or is damaged at its beginning.</exception>
    public static JournalSummary? Summarise(string path)
    {
        using var stream = RegularFile.Open(path, "journal");
        if (!JournalFrame.Begins(stream, Name) || JournalFrame.Read(stream, Name, path) is not { } beginning)
        {
            return null;
        }

        if (Decode(beginning.Bytes.AsSpan(beginning.Content))?.Sizes() is not { } sizes)
        {
            throw new InvalidInputException(path, "expected a journal of this version of wellbehaved");
        }

        var (finished, record) = (new HashSet<(int, int)>(), new byte[LengthOfRecord(NumbersOf(sizes.Steps, sizes.Corruptions))]);
        while (stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false) == record.Length)
        {
            if (IndexOf(record, beginning.Bytes, sizes.Mappings, sizes.Rates) is { } index)
            {
                finished.Add(index);
            }
        }

        return JournalSummary.OfTraining(sizes.Network, sizes.Rates, finished.Count, checked(sizes.Mappings * sizes.Rates));
    }

    private static int NumbersOf(TrainingPlan plan) => NumbersOf(plan.Options.Steps, plan.Options.Corruptions.Count);

    private static int NumbersOf(int steps, int corruptions) => 4 + (2 * AveragingWindows.Ends(steps).Length) + corruptions;

    /// <summary>The mapping and the learning rate of a record; null if it is damaged, or of none of the given numbers of them.</summary>
    private static (int Simulation, int Rate)? IndexOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> header, int mappings, int rates)
    {
        var (simulation, rate) = (BinaryPrimitives.ReadInt32LittleEndian(bytes), BinaryPrimitives.ReadInt32LittleEndian(bytes[sizeof(int)..]));
        return
            JournalFrame.Checksum(bytes[..^LengthOfChecksum], header) == BinaryPrimitives.ReadUInt64LittleEndian(bytes[^LengthOfChecksum..])
            && simulation >= 0
            && simulation < mappings
            && rate >= 0
            && rate < rates
            ? (simulation, rate)
            : null;
    }

    private static int LengthOfRecord(int numbers) => (2 * sizeof(int)) + (numbers * sizeof(double)) + LengthOfChecksum;

    private static void Encode(Span<byte> record, ReadOnlySpan<byte> header, int simulation, int rate, TrainingOutcome outcome)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, simulation);
        BinaryPrimitives.WriteInt32LittleEndian(record[sizeof(int)..], rate);
        var rest = record[(2 * sizeof(int))..];
        foreach (var number in outcome.Numbers())
        {
            BinaryPrimitives.WriteDoubleLittleEndian(rest, number);
            rest = rest[sizeof(double)..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(rest, JournalFrame.Checksum(record[..^LengthOfChecksum], header));
    }

    /// <summary>Reads a journal; null if the file ends within its header, so that it holds no runs.</summary>
    private static (string? Difference, Dictionary<(int, int), TrainingOutcome> Records, int Damaged)? Read(
        string path,
        TrainingPlan plan,
        TrainingIdentity identity,
        int numbers
    )
    {
        using var stream = RegularFile.Open(path, "journal");
        if (JournalFrame.Read(stream, Name, path) is not { } beginning)
        {
            return null;
        }

        var records = new Dictionary<(int, int), TrainingOutcome>();
        var earlier =
            Decode(beginning.Bytes.AsSpan(beginning.Content)) ?? throw new InvalidInputException(path, "expected a journal of this version of wellbehaved");
        if (identity.DifferenceFrom(earlier) is { } difference)
        {
            return (difference, records, 0);
        }

        var bytes = new byte[LengthOfRecord(numbers)];
        var damaged = 0;
        for (int read; (read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)) > 0; )
        {
            if (read < bytes.Length || !TryDecode(bytes, beginning.Bytes, plan, numbers, records))
            {
                damaged++;
            }
        }

        return (null, records, damaged);
    }

    private static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        ReadOnlySpan<byte> header,
        TrainingPlan plan,
        int numbers,
        Dictionary<(int, int), TrainingOutcome> records
    )
    {
        if (IndexOf(bytes, header, plan.Options.Experiment.NumSims, plan.Options.LearningRates.Count) is not { } index)
        {
            return false;
        }

        var values = new double[numbers];
        for (var i = 0; i < numbers; i++)
        {
            values[i] = BinaryPrimitives.ReadDoubleLittleEndian(bytes[((2 * sizeof(int)) + (i * sizeof(double)))..]);
        }

        records[index] = TrainingOutcome.Read(values, AveragingWindows.Ends(plan.Options.Steps).Length);
        return true;
    }

    private static TrainingIdentity? Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<TrainingIdentity>(content, Format);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
