using System.Text;

namespace Wellbehaved.Evidence;

/// <summary>Where evidence comes from: parts of different versions are never added up.</summary>
/// <param name="Study">Name of the study.</param>
/// <param name="Digest">See <see cref="Arithmetic.Propagation"/>.</param>
/// <param name="Library">See <see cref="Arithmetic.Library"/>.</param>
internal sealed record Provenance(string Study, string Digest, string Library)
{
    /// <summary>A study of this build on this machine.</summary>
    public static Provenance Today(string study) => new(study, Arithmetic.Propagation, Arithmetic.Library);

    /// <summary>Reads the head of a file.</summary>
    /// <exception cref="InvalidInputException">The file is not a file of evidence.</exception>
    public static Provenance Read(string path)
    {
        string[] head = [.. File.ReadLines(path).Take(3)];
        return head is [var study, var digest, var library]
            ? new Provenance(After(StudyMark, study), After(DigestMark, digest), After(LibraryMark, library))
            : throw new InvalidInputException(path, "expected a file of evidence, got a shorter one");

        string After(string mark, string line) =>
            line.StartsWith(mark, StringComparison.Ordinal)
                ? line[mark.Length..]
                : throw new InvalidInputException(path, $"expected a file of evidence with a line '{mark}…' at its head, got another");
    }

    /// <summary>The lines at the head of a file.</summary>
    public string Head => $"{StudyMark}{Study}\n{DigestMark}{Digest}\n{LibraryMark}{Library}\n";

    /// <summary>Throws unless the other provenance is the same.</summary>
    /// <exception cref="InvalidInputException">It is another one.</exception>
    public void Demand(Provenance other, string path)
    {
        if (other.Study != Study)
        {
            throw new InvalidInputException(path, $"expected evidence of the study {Study}, got {other.Study}");
        }

        if (other.Digest != Digest)
        {
            var message = $"expected evidence of the arithmetic {Digest}, got that of {other.Digest}: parts of different arithmetics are not added up";
            throw new InvalidInputException(path, message);
        }
    }

    private const string StudyMark = "# evidence ";
    private const string DigestMark = "# arithmetic ";
    private const string LibraryMark = "# library ";
}

/// <summary>Summaries by key, each with the version of its check and the seeds that it covers.</summary>
/// <remarks>When a check changes, only its own rows become outdated; the evidence on other checks stays valid.</remarks>
/// <typeparam name="TSummary">The summary in each row.</typeparam>
/// <param name="provenance">Where it comes from.</param>
internal sealed class EvidenceFile<TSummary>(Provenance provenance)
    where TSummary : ISummary<TSummary>
{
    private const string End = "# end";

    private readonly SortedDictionary<string, (SeedRanges Seeds, TSummary Summary)> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _stamps = new(StringComparer.Ordinal);

    /// <summary>Where it comes from.</summary>
    public Provenance Provenance { get; } = provenance;

    /// <summary>The summaries.</summary>
    public IReadOnlyDictionary<string, (SeedRanges Seeds, TSummary Summary)> Rows => _rows;

    /// <summary>The keys of rows that were gathered with an earlier version of their check, in order.</summary>
    public IEnumerable<string> Outdated => _rows.Keys.Where(key => _stamps[key] != Arithmetic.StampOf(key));

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidInputException">The file is not a file of evidence, or it is damaged.</exception>
    public static EvidenceFile<TSummary> Read(string path)
    {
        var file = new EvidenceFile<TSummary>(Provenance.Read(path));
        string[] rows = [.. File.ReadLines(path).Skip(3)];
        if (rows is not [.., End])
        {
            throw new InvalidInputException(path, $"expected '{End}' at the end of the rows of evidence: some are missing");
        }

        foreach (var line in rows[..^1])
        {
            try
            {
                var cells = line.Split('\t');
                file._rows.Add(cells[0], (SeedRanges.Parse(cells[2]), TSummary.Parse(cells[3..])));
                file._stamps.Add(cells[0], cells[1]);
            }
            catch (Exception exception) when (exception is FormatException or IndexOutOfRangeException or ArgumentException or OverflowException)
            {
                throw new InvalidInputException(path, $"expected rows of evidence, got '{line[..Math.Min(60, line.Length)]}'", exception);
            }
        }

        return file;
    }

    /// <summary>Whether a summary covers a seed.</summary>
    public bool Covers(string key, ulong seed) => _rows.TryGetValue(key, out var row) && row.Seeds.Contains(seed);

    /// <summary>Adds runs of today's check.</summary>
    /// <param name="key">The row that they belong to.</param>
    /// <param name="seeds">Their seeds.</param>
    /// <param name="summary">The summary of these runs.</param>
    /// <param name="path">For messages.</param>
    /// <exception cref="InvalidInputException">A seed is in the row already and would count twice, or the row is of an earlier check.</exception>
    public void Add(string key, SeedRanges seeds, TSummary summary, string path) => Add(key, Arithmetic.StampOf(key), seeds, summary, path);

    private void Add(string key, string stamp, SeedRanges seeds, TSummary summary, string path)
    {
        if (_stamps.TryGetValue(key, out var other) && other != stamp)
        {
            throw new InvalidInputException(path, $"expected evidence of one version of the check of '{key}', got two: {stamp} and {other}");
        }

        _stamps[key] = stamp;
        if (!_rows.TryGetValue(key, out var row))
        {
            // A copy: what is added later must not change the other file.
            _rows.Add(key, (SeedRanges.Parse(seeds.ToString()), summary));
            return;
        }

        if (row.Seeds.AddAll(seeds) is { } common)
        {
            throw new InvalidInputException(path, $"expected seeds that no other part has, got {common} of '{key}' again");
        }

        _rows[key] = (row.Seeds, row.Summary.Merge(summary));
    }

    /// <summary>Adds all of another file.</summary>
    /// <exception cref="InvalidInputException">It is of another study or arithmetic, or has a seed that is there already.</exception>
    public void Add(EvidenceFile<TSummary> other, string path)
    {
        Provenance.Demand(other.Provenance, path);
        foreach (var (key, row) in other.Rows)
        {
            Add(key, other._stamps[key], row.Seeds, row.Summary, path);
        }
    }

    /// <summary>The file without the rows of earlier checks.</summary>
    public EvidenceFile<TSummary> OfToday()
    {
        var today = new EvidenceFile<TSummary>(Provenance);
        string[] outdated = [.. Outdated];
        foreach (var (key, row) in _rows.Where(row => !outdated.Contains(row.Key)))
        {
            today.Add(key, row.Seeds, row.Summary, key);
        }

        return today;
    }

    /// <summary>Writes the file, complete or not at all.</summary>
    public void Write(string path)
    {
        var text = new StringBuilder(Provenance.Head);
        foreach (var (key, row) in _rows)
        {
            text.Append(key).Append('\t').Append(_stamps[key]).Append('\t').Append(row.Seeds).Append('\t').AppendJoin('\t', row.Summary.Cells).Append('\n');
        }

        AtomicFile.WriteText(path, text.Append(End).Append('\n').ToString());
    }
}
