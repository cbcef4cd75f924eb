using System.Buffers.Binary;
using System.Text.Json;
using Wellbehaved.Model;
using Wellbehaved.Onnx;

namespace Wellbehaved.Cli;

/// <summary>Keeps the finished mappings of an ONNX file beside the result file until that is written, so that a run that ended too early can go on.</summary>
/// <remarks>
/// A mapping with a number that is not finite is not kept: it is computed again, and says again where that number is. docs/file-formats.md.
/// </remarks>
internal sealed class OnnxJournal : IDisposable
{
    private const int LengthOfStart = sizeof(int) + sizeof(double);

    /// <summary>Places of a network whose mappings fit a record.</summary>
    private const int MostPlaces = 1 << 24;

    private static readonly JsonSerializerOptions Format = ForeignJson.Header(JsonNamingPolicy.SnakeCaseLower);

    private readonly string _path;
    private readonly OutputLock _lock;
    private readonly OnnxRunIdentity? _earlier;
    private byte[] _beginning = [];
    private JournalTail? _tail;

    private OnnxJournal(string path, OutputLock outputLock, OnnxRunIdentity? earlier, SortedDictionary<int, OnnxMapping> finished, int damaged)
    {
        (_path, _lock, _earlier, Finished, Damaged) = (path, outputLock, earlier, finished, damaged);
    }

    /// <summary>Mappings that were finished when the journal was opened, by index.</summary>
    public SortedDictionary<int, OnnxMapping> Finished { get; }

    /// <summary>Number of records that were found torn or damaged, and dropped.</summary>
    public int Damaged { get; }

    /// <summary>Whether it is known what is run, and mappings are kept.</summary>
    public bool HasBegun => _tail is not null;

    /// <summary>Number of mappings that are kept now.</summary>
    public int Count => _tail?.Count ?? Finished.Count;

    private static ReadOnlySpan<byte> Name => "WBONNX1\n"u8;

    /// <summary>Opens the journal of a run, before the network has been read.</summary>
    /// <param name="output">The result file.</param>
    /// <param name="resume">Whether to go on with what an earlier run finished.</param>
    /// <param name="overwrite">Whether to discard it, if it is not gone on with.</param>
    /// <returns>The journal; dispose of it when the run has ended, however it ended.</returns>
    /// <exception cref="InvalidInputException">Another process works on the file, an earlier run left mappings and is not to be resumed, or the journal is
    /// damaged at its beginning.</exception>
    public static OnnxJournal Open(string output, bool resume, bool overwrite)
    {
        var path = Journal.PathOf(output);
        var outputLock = OutputLock.Take(output);
        try
        {
            OwnFiles.RequireJournal(path);
            AtomicFile.RemoveLeftovers(output);
            var (earlier, finished, damaged) = File.Exists(path) && (resume || !overwrite) ? Read(path) : (null, [], 0);
            return finished.Count > 0 && !resume
                ? throw new InvalidInputException(
                    path,
                    $"expected no results of an earlier run, found {Counted.Spell(finished.Count, "finished mapping")}; give --resume to continue, "
                        + "or --overwrite to start again"
                )
                : new OnnxJournal(path, outputLock, resume ? earlier : null, finished, damaged);
        }
        catch
        {
            outputLock.Dispose();
            throw;
        }
    }

    /// <summary>Says what is run, and begins to keep its mappings.</summary>
    /// <param name="run">What is run.</param>
    /// <exception cref="InvalidInputException">The mappings that are there are another run's, or the journal cannot be written.</exception>
    public void Begin(OnnxRunIdentity run)
    {
        if (_earlier?.DifferenceFrom(run) is { } difference)
        {
            throw new InvalidInputException("--resume", $"expected the run that left {_path}, which has {difference}");
        }

        _beginning = JournalFrame.Encode(Name, JsonSerializer.SerializeToUtf8Bytes(run, Format));
        var record = new byte[LengthOf(run.Places)];
        try
        {
            AtomicFile.Write(
                _path,
                stream =>
                {
                    stream.Write(_beginning);
                    foreach (var (index, mapping) in Finished)
                    {
                        Encode(record, index, mapping);
                        stream.Write(record);
                    }
                }
            );
            _tail = new JournalTail(_path, _lock, record.Length, Finished.Count, "finished mapping");
        }
        catch (Exception exception) when (StorageFailure.Is(exception))
        {
            throw new InvalidInputException(_path, $"expected a file that can be written ({exception.Message})", exception);
        }
    }

    /// <summary>Keeps a finished mapping whose numbers are all finite.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="mapping">The mapping.</param>
    /// <exception cref="InvalidInputException">The record cannot be written; those before it stay.</exception>
    public void Append(int index, OnnxMapping mapping)
    {
        if (mapping.FirstNotFinite is null)
        {
            _tail!.Append((record, _) => Encode(record, index, mapping));
        }
    }

    /// <summary>Removes the journal when it is disposed of, since the result file is complete.</summary>
    public void Complete() => _tail?.Complete();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_tail is { } tail)
        {
            tail.Dispose();
        }
        else
        {
            _lock.Dispose();
        }
    }

    private static int LengthOf(int places) => checked(LengthOfStart + (places * MomentSet.EncodedLength) + JournalFrame.LengthOfChecksum);

    private void Encode(byte[] record, int index, OnnxMapping mapping)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, index);
        BinaryPrimitives.WriteDoubleLittleEndian(record.AsSpan(sizeof(int)), mapping.Mu2InputSignal);
        for (var place = 0; place < mapping.Moments.Count; place++)
        {
            mapping.Moments[place]!.Value.Encode(record.AsSpan(LengthOfStart + (place * MomentSet.EncodedLength)));
        }

        var body = record.AsSpan(..^JournalFrame.LengthOfChecksum);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(body.Length), JournalFrame.Checksum(body, _beginning));
    }

    /// <summary>Says how far the run of a journal is, also while it goes on.</summary>
    /// <param name="path">The journal.</param>
    /// <returns>What is finished; null for a journal of another kind, or one that ends within its beginning.</returns>
    /// <exception cref="InvalidInputException">It cannot be read, or is damaged at its beginning.</exception>
    public static JournalSummary? Summarise(string path)
    {
        using var stream = RegularFile.Open(path, "journal");
        return JournalFrame.Begins(stream, Name) && Read(stream, path) is ({ } run, var finished, _)
            ? JournalSummary.OfOnnx(NameOf(run), run.Places, finished.Count, run.Simulations)
            : null;
    }

    private static string NameOf(OnnxRunIdentity run)
    {
        try
        {
            return ForeignJson.Parse(run.Identity.Configuration)?["network"]?.GetValue<string>() ?? "a network";
        }
        catch (Exception unread) when (unread is JsonException or InvalidOperationException)
        {
            return "a network";
        }
    }

    private static (OnnxRunIdentity? Earlier, SortedDictionary<int, OnnxMapping> Finished, int Damaged) Read(string path)
    {
        using var stream = RegularFile.Open(path, "journal");
        return Read(stream, path);
    }

    private static (OnnxRunIdentity? Earlier, SortedDictionary<int, OnnxMapping> Finished, int Damaged) Read(Stream stream, string path)
    {
        if (JournalFrame.Read(stream, Name, path) is not { } beginning)
        {
            return (null, [], 0);
        }

        var run =
            Decode(beginning.Bytes.AsSpan(beginning.Content)) ?? throw new InvalidInputException(path, "expected a journal of this version of wellbehaved");
        var (finished, damaged) = (new SortedDictionary<int, OnnxMapping>(), 0);
        var record = new byte[LengthOf(run.Places)];
        for (int read; (read = stream.ReadAtLeast(record, record.Length, throwOnEndOfStream: false)) > 0; )
        {
            var body = record.AsSpan(..^JournalFrame.LengthOfChecksum);
            var index = BinaryPrimitives.ReadInt32LittleEndian(record);
            if (
                read < record.Length
                || BinaryPrimitives.ReadUInt64LittleEndian(record.AsSpan(body.Length)) != JournalFrame.Checksum(body, beginning.Bytes)
                || index < 0
                || index >= run.Simulations
            )
            {
                damaged++;
                continue;
            }

            var moments = new MomentSet?[run.Places];
            for (var place = 0; place < moments.Length; place++)
            {
                moments[place] = MomentSet.Decode(record.AsSpan(LengthOfStart + (place * MomentSet.EncodedLength)));
            }

            finished[index] = new OnnxMapping(BinaryPrimitives.ReadDoubleLittleEndian(record.AsSpan(sizeof(int))), moments);
        }

        return (run, finished, damaged);
    }

    private static OnnxRunIdentity? Decode(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<OnnxRunIdentity>(content, Format) is { Places: > 0 and <= MostPlaces, Simulations: > 0 } run ? run : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
