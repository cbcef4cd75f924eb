namespace Wellbehaved.Experiments;

/// <summary>The state of a run.</summary>
internal enum RunState
{
    /// <summary>Its result file has been written.</summary>
    Done,

    /// <summary>A process is working on it.</summary>
    Running,

    /// <summary>No process is working on it, and its result has not been written: it was killed or failed, and can be resumed.</summary>
    Failed,
}

/// <summary>The status of a run, from the files that it has left in a folder.</summary>
/// <param name="Output">Its result file.</param>
/// <param name="Header">Which share of which experiment is run; null if the journal's beginning is damaged.</param>
/// <param name="State">The state of the run.</param>
/// <param name="Finished">Number of finished simulations.</param>
/// <param name="SecondsEach">Mean seconds from one finished simulation to the next in the latest process; null before it has finished one.</param>
internal sealed record RunStatus(string Output, JournalHeader? Header, RunState State, int Finished, double? SecondsEach)
{
    /// <summary>What is wrong with its files; null if nothing is.</summary>
    public string? Problem { get; init; }

    /// <summary>How far it is, where it runs no experiment but trains, or runs an ONNX file; null for an experiment.</summary>
    public JournalSummary? Other { get; init; }

    /// <summary>Indices of the finished simulations, increasing.</summary>
    internal IReadOnlyList<int> Indices { get; init; } = [];

    /// <summary>Results may end in capital letters, as <c>run</c> takes them.</summary>
    private static readonly EnumerationOptions AnyCase = new() { MatchCasing = MatchCasing.CaseInsensitive, AttributesToSkip = FileAttributes.None };

    private const string NotUtf8 = "expected a file whose name is UTF-8, found another name; rename the file to see what it holds";

    private const string NothingSaid = "its journal has no complete header, so its experiment is not known";

    /// <summary>Number of simulations of its share.</summary>
    public int Simulations => Header?.Shard.Extent(Header.Options.NumSims).Count ?? 0;

    /// <summary>Number of different simulations that several runs of one experiment have finished: shares of different divisions overlap.</summary>
    /// <param name="runs">The runs.</param>
    /// <returns>The number.</returns>
    public static int Distinct(IEnumerable<RunStatus> runs) => runs.SelectMany(run => run.Indices).Distinct().Count();

    /// <summary>Time left at the pace of the latest process; null if the pace is not known.</summary>
    public TimeSpan? TimeLeft => SecondsEach is >= 0 and var seconds ? Bounded(seconds * (Simulations - Finished)) : null;

    /// <summary>A duration of at most 10,000 years: the clock of the machine may have been set in between.</summary>
    public static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Min(seconds, 3e11));

    /// <summary>Reads the files that runs have left in a folder.</summary>
    /// <param name="folder">The folder; its subfolders are not read.</param>
    /// <param name="readOther">Reads the journal of a run that is no experiment, and gives null for that of one; null if there are no such runs.</param>
    /// <param name="readOtherResult">The same of a result file.</param>
    /// <returns>A status for each journal and each result file of this program, by name.</returns>
    /// <exception cref="InvalidInputException">There is no such folder.</exception>
    public static IReadOnlyList<RunStatus> ReadAll(
        string folder,
        Func<string, JournalSummary?>? readOther = null,
        Func<string, JournalSummary?>? readOtherResult = null
    )
    {
        if (!Directory.Exists(folder))
        {
            throw new InvalidInputException("DIR", $"expected a folder, found none at '{folder}'");
        }

        var runs = new SortedDictionary<string, RunStatus>(StringComparer.Ordinal);
        foreach (var journal in Directory.EnumerateFiles(folder, "*" + Journal.Ending))
        {
            var output = journal[..^Journal.Ending.Length];
            if (OfJournal(output, journal, readOther) is { } run)
            {
                runs.Add(output, run);
            }
        }

        // Of a link the journal is beside the file that it links to.
        foreach (var output in Directory.EnumerateFiles(folder, "*.npz", AnyCase).Where(output => !runs.ContainsKey(output)))
        {
            var journal = Journal.PathOf(output);
            if (
                Path.GetDirectoryName(journal) != Path.GetDirectoryName(Path.GetFullPath(output))
                && File.Exists(journal)
                && OfJournal(output, journal, readOther) is { } run
            )
            {
                runs.Add(output, run);
            }
        }

        foreach (var output in Directory.EnumerateFiles(folder, "*.npz", AnyCase))
        {
            var journalled = runs.GetValueOrDefault(output);
            if (
                (journalled is null || IsLeftOver(journalled))
                && OfResult(output, readOtherResult) is { } run
                && (journalled is null || IsWhole(run, journalled))
            )
            {
                runs[output] = run;
            }
        }

        return [.. runs.Values];
    }

    /// <summary>Whether a journal belongs to nobody who is at work.</summary>
    private static bool IsLeftOver(RunStatus journalled) => journalled is { State: RunState.Failed, Header: not null };

    /// <summary>Whether a result is that of the run that left a journal beside it: started anew without need, it was interrupted.</summary>
    private static bool IsWhole(RunStatus result, RunStatus journalled) =>
        result is { State: RunState.Done, Header: { } header }
        && header.Shard == journalled.Header!.Shard
        && header.Identity.DifferenceFrom(journalled.Header.Identity) is null;

    private static RunStatus? OfJournal(string output, string journal, Func<string, JournalSummary?>? readOther)
    {
        if (output.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return new RunStatus(output, null, RunState.Failed, 0, null) { Problem = NotUtf8 };
        }

        var state = OutputLock.IsHeld(output) ? RunState.Running : RunState.Failed;
        try
        {
            return readOther?.Invoke(journal) is { } other ? new RunStatus(output, null, state, other.Finished, null) { Other = other }
                : JournalContent.Read(journal) is { } content
                    ? new RunStatus(output, content.Header, state, content.Finished, Pace(content.Records))
                    {
                        Indices = [.. content.Records.Select(record => record.Index)],
                    }
                : new RunStatus(output, null, state, 0, null) { Problem = NothingSaid };
        }
        catch (InvalidInputException) when (!File.Exists(journal))
        {
            // The run was completed, and its journal removed, after the folder was listed. Its result file is read below.
            return null;
        }
        catch (InvalidInputException exception)
        {
            return new RunStatus(output, null, state, 0, null) { Problem = exception.Message };
        }
    }

    private static RunStatus? OfResult(string output, Func<string, JournalSummary?>? readOther)
    {
        if (output.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return new RunStatus(output, null, RunState.Failed, 0, null) { Problem = NotUtf8 };
        }

        try
        {
            if (readOther?.Invoke(output) is { } other)
            {
                return new RunStatus(output, null, RunState.Done, other.Finished, null) { Other = other };
            }

            if (!ResultPart.NamesItsExperiment(output))
            {
                // The file is another program's, or is from an earlier version whose results do not state the experiment that they are part of.
                return null;
            }

            using var part = ResultPart.Open(output);
            var header = new JournalHeader(part.Identity, part.Shard, 0, 0, 0);
            return new RunStatus(output, header, RunState.Done, part.Indices.Count, null) { Indices = part.Indices };
        }
        catch (InvalidInputException exception)
        {
            return File.Exists(output) ? new RunStatus(output, null, RunState.Failed, 0, null) { Problem = exception.Message } : null;
        }
    }

    private static double? Pace(IReadOnlyList<JournalRecord> records)
    {
        if (records.Count == 0)
        {
            return null;
        }

        var started = records.Max(record => record.Started);
        var latest = records.Where(record => record.Started == started).ToArray();
        return (latest.Max(record => record.Finished) - started).TotalSeconds / latest.Length;
    }
}
