using System.Diagnostics;
using System.Globalization;

namespace Wellbehaved.Evidence;

/// <summary>A study that can be run in parts.</summary>
internal interface IStudy : IDisposable
{
    /// <summary>Its name in files and on the command line.</summary>
    string Name { get; }

    /// <summary>The rows that it observes.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Runs the seeds that a file lacks.</summary>
    /// <param name="part">Which seeds, and where to keep them.</param>
    /// <param name="progress">Takes a line now and then.</param>
    /// <param name="cancellation">Asks to stop. What was written stays, and the same call continues from there.</param>
    /// <returns>Whether the file now has all the seeds.</returns>
    bool Run(StudyPart part, Action<string> progress, CancellationToken cancellation);

    /// <summary>The rows of a file that rejected the reference: a run that found such a row must not end as a success.</summary>
    IReadOnlyList<string> Rejecting(string path);

    /// <summary>Puts parts together.</summary>
    /// <param name="output">The file to write.</param>
    /// <param name="parts">The files to read.</param>
    void Merge(string output, IReadOnlyList<string> parts);
}

/// <summary>A part of a study.</summary>
/// <param name="From">First seed.</param>
/// <param name="To">The seed after the last.</param>
/// <param name="Path">The file; the seeds that it has already are kept.</param>
internal sealed record StudyPart(ulong From, ulong To, string Path)
{
    /// <summary>The time after which no further chunk is begun.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.MaxValue;

    /// <summary>Beginnings of the keys to observe, in whole words; all if empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];
}

/// <summary>A study: what is observed at each seed, and how it is kept.</summary>
/// <typeparam name="TSummary">The summary in each row.</typeparam>
internal abstract class Study<TSummary> : IStudy
    where TSummary : ISummary<TSummary>
{
    /// <inheritdoc/>
    public abstract string Name { get; }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> Keys { get; }

    /// <summary>Number of seeds after which the file is written: some ten seconds, the most that an interruption can lose.</summary>
    protected abstract int Chunk { get; }

    /// <inheritdoc/>
    public bool Run(StudyPart part, Action<string> progress, CancellationToken cancellation)
    {
        if (part.To <= part.From)
        {
            throw new InvalidInputException("FROM TO", $"expected a first seed below {part.To}, got {part.From}");
        }

        string[] keys = [.. Keys.Where(key => part.Only.Count == 0 || part.Only.Any(words => (key + " ").StartsWith(words + " ", StringComparison.Ordinal)))];
        if (keys.Length == 0)
        {
            throw new InvalidInputException(Name, $"expected the beginning of a key such as '{Keys[0]}', got {string.Join(", ", part.Only)}");
        }

        AtomicFile.EnsureWritable(part.Path, "FILE");

        // One process at a time: two processes would both compute the seeds that the file lacks.
        using var held = new FileStream(part.Path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
        AtomicFile.RemoveLeftovers(part.Path);
        var file = new EvidenceFile<TSummary>(Provenance.Today(Name));
        if (File.Exists(part.Path))
        {
            var kept = EvidenceFile<TSummary>.Read(part.Path);
            if (string.Join(", ", kept.Outdated) is { Length: > 0 } outdated)
            {
                progress($"{Name}: {outdated}: of an earlier check, made again");
            }

            file.Add(kept.OfToday(), part.Path);
        }

        var clock = Stopwatch.StartNew();
        var (run, left) = (0ul, part.To - part.From);
        for (var first = part.From; first < part.To; )
        {
            var end = Math.Min(part.To, first + (ulong)Chunk);
            var observed = Observe(file, keys, first, end, cancellation);
            left -= end - first;
            if (observed > 0)
            {
                run += (ulong)observed;
                file.Write(part.Path);
                var (perThousand, hours) = (clock.Elapsed.TotalSeconds / run * 1000, clock.Elapsed.TotalHours / run * left);
                var seeds = $"seeds {first} to {end - 1} of {part.From} to {part.To - 1}";
                progress(string.Create(CultureInfo.InvariantCulture, $"{Name}: {seeds}; {perThousand:F0} s for a thousand; about {hours:F1} h left"));
            }

            first = end;
            if (clock.Elapsed > part.Limit && first < part.To)
            {
                progress($"{Name}: the time limit is reached; run the same command again to continue at seed {first}");
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<string> Rejecting(string path) =>
        [.. EvidenceFile<TSummary>.Read(path).OfToday().Rows.Where(row => Rejections(row.Value.Summary) > 0).Select(row => row.Key)];

    /// <inheritdoc/>
    public void Merge(string output, IReadOnlyList<string> parts)
    {
        var merged = new EvidenceFile<TSummary>(Provenance.Read(parts[0]));
        foreach (var part in parts)
        {
            merged.Add(EvidenceFile<TSummary>.Read(part), part);
        }

        merged.Write(output);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Observes a seed; called from several threads.</summary>
    /// <param name="seed">The seed.</param>
    /// <param name="keys">What to observe.</param>
    /// <param name="cancellation">Asks to stop.</param>
    /// <returns>The summary of each of the keys.</returns>
    protected abstract IEnumerable<KeyValuePair<string, TSummary>> Observe(ulong seed, IReadOnlySet<string> keys, CancellationToken cancellation);

    /// <summary>How often a summary says that the reference was rejected; 0 where wrong subjects are studied.</summary>
    protected virtual long Rejections(TSummary summary) => 0;

    /// <summary>Frees subjects.</summary>
    protected virtual void Dispose(bool disposing) { }

    private int Observe(EvidenceFile<TSummary> file, string[] keys, ulong first, ulong end, CancellationToken cancellation)
    {
        var missing = new List<(ulong Seed, HashSet<string> Keys)>();
        for (var seed = first; seed < end; seed++)
        {
            HashSet<string> lacked = [.. keys.Where(key => !file.Covers(key, seed))];
            if (lacked.Count > 0)
            {
                missing.Add((seed, lacked));
            }
        }

        var observed = new KeyValuePair<string, TSummary>[missing.Count][];
        var options = new ParallelOptions { CancellationToken = cancellation };
        Parallel.For(0, missing.Count, options, i => observed[i] = [.. Observe(missing[i].Seed, missing[i].Keys, cancellation)]);
        for (var i = 0; i < missing.Count; i++)
        {
            foreach (var (key, summary) in observed[i])
            {
                var seeds = new SeedRanges();
                seeds.TryAdd(missing[i].Seed, missing[i].Seed);
                file.Add(key, seeds, summary, key);
            }
        }

        return missing.Count;
    }
}
