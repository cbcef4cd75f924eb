namespace Wellbehaved.Model;

/// <summary>Simulations of an experiment that are to be joined with others: a result file, or the journal of a run that ended too early.</summary>
internal sealed class ResultPart : IDisposable
{
    /// <summary>Arrays that all parts share, and those that say which part it is; all others have a row for each simulation.</summary>
    private static readonly string[] WithoutRows =
    [
        ResultArrays.Depth, ResultArrays.ResDepth, ResultArrays.Configuration, ResultArrays.DatasetChecksum, ResultArrays.MadeBy,
        ResultArrays.Simulation, ResultArrays.MissingSimulations, ResultArrays.Shard,
    ];

    private readonly NpzArchive? _archive;
    private readonly Dictionary<string, NpyArray> _arrays = [];

    private ResultPart(string path, JournalContent journal)
    {
        Path = path;
        Identity = journal.Header.Identity;
        Options = journal.Header.Options;
        Shard = journal.Header.Shard;
        var result = journal.ToResult();
        Indices = result.Indices;
        var arrays = result.ToArrays().Arrays;
        _arrays = new(arrays);
        Names = [.. arrays.Select(array => array.Key).Where(name => name is not (ResultArrays.Simulation or ResultArrays.MissingSimulations))];
    }

    private ResultPart(string path, NpzArchive archive)
    {
        Path = path;
        _archive = archive;
        Identity = new ExperimentIdentity(Text(ResultArrays.Configuration), Text(ResultArrays.DatasetChecksum), Text(ResultArrays.MadeBy));
        Options = ResultConfiguration.Read(Identity.Configuration) is { NumSims: > 0, NumComputations: > 0 } options ? options : throw NotOurs();
        if ((long)Options.NumSims * Options.NumComputations * sizeof(double) > Array.MaxLength)
        {
            throw new InvalidInputException(path, $"expected an experiment that fits a file, found one of {Options.NumSims} simulations");
        }

        Indices = archive.Contains(ResultArrays.Simulation) ? Numbers(ResultArrays.Simulation) : [.. Enumerable.Range(0, Options.NumSims)];
        Shard = archive.Contains(ResultArrays.Shard) && Numbers(ResultArrays.Shard) is [var number, var count] ? new Shard(number, count) : Shard.Whole;
        Names = [.. archive.Names.Where(name => name is not (ResultArrays.Simulation or ResultArrays.MissingSimulations or ResultArrays.Shard))];
        if (Indices.Zip(Indices.Skip(1)).Any(pair => pair.First >= pair.Second) || Indices is [.., var last] && last >= Options.NumSims)
        {
            throw new InvalidInputException(path, $"expected increasing indices of {Options.NumSims} simulations in '{ResultArrays.Simulation}'");
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Which experiment it belongs to.</summary>
    public ExperimentIdentity Identity { get; }

    /// <summary>The experiment's options.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The share that it was meant to be.</summary>
    public Shard Shard { get; }

    /// <summary>Indices of its simulations, increasing.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>Names of the arrays of the experiment that it holds, in the order of the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens a part.</summary>
    /// <param name="path">A result file of this program, or a journal.</param>
    /// <exception cref="InvalidInputException">It is neither, or damaged.</exception>
    public static ResultPart Open(string path)
    {
        if (path.EndsWith(Journal.PathOf(string.Empty), StringComparison.OrdinalIgnoreCase))
        {
            return new ResultPart(path, JournalContent.Read(path) ?? throw new InvalidInputException(path, "expected a journal, found a file that ends before it says of what"));
        }

        var archive = NpzArchive.Open(path);
        try
        {
            return new ResultPart(path, archive);
        }
        catch
        {
            archive.Dispose();
            throw;
        }
    }

    /// <summary>Whether an array has a row for each simulation.</summary>
    public static bool HasRows(string name) => !WithoutRows.Contains(name);

    /// <summary>Reads an array.</summary>
    /// <exception cref="InvalidInputException">It is damaged, or has not one row for each simulation.</exception>
    public NpyArray Read(string name)
    {
        var array = _archive is null ? _arrays[name] : _archive.Read(name);
        return !HasRows(name) || (array.Shape.Count > 0 && array.Shape[0] == Indices.Count)
            ? array
            : throw new InvalidInputException(Path, $"expected {Indices.Count} rows in '{name}', one for each simulation, found shape ({string.Join(", ", array.Shape)})");
    }

    /// <inheritdoc/>
    public void Dispose() => _archive?.Dispose();

    private string Text(string name)
    {
        try
        {
            return _archive!.Contains(name) ? _archive.Read(name).ToText() : throw NotOurs();
        }
        catch (FormatException)
        {
            throw NotOurs();
        }
    }

    private int[] Numbers(string name)
    {
        try
        {
            return [.. _archive!.Read(name).ToDoubles().Select(value => value >= 0 && value <= int.MaxValue && value == Math.Floor(value) ? (int)value : throw new FormatException())];
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(Path, $"expected whole numbers in '{name}'", exception);
        }
    }

    private InvalidInputException NotOurs() => new(Path, "expected a result file that wellbehaved run wrote, which says of which experiment it is");
}
