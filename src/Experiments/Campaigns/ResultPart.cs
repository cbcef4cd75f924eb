namespace Wellbehaved.Experiments;

/// <summary>Simulations of an experiment that are to be joined with others: a result file, or the journal of a run that ended too early.</summary>
internal sealed class ResultPart : IDisposable
{
    /// <summary>Arrays without a row for each simulation: those that are the same in all parts, and those that state which part a file is.</summary>
    private static readonly string[] WithoutRows =
    [
        ResultArrays.Depth,
        .. ResultArrays.AxesOfTraining,
        ResultArrays.Place,
        ResultArrays.Channels,
        ResultArrays.Points,
        ResultArrays.ChannelAxis,
        ResultArrays.Locations,
        ResultArrays.StemLocations,
        ResultArrays.EndOfUnit,
        ResultArrays.DepthCounts,
        ResultArrays.ResDepth,
        ResultArrays.Configuration,
        ResultArrays.DatasetChecksum,
        ResultArrays.MadeBy,
        ResultArrays.Arithmetic,
        ResultArrays.Simulation,
        ResultArrays.MissingSimulations,
        ResultArrays.Shard,
    ];

    private readonly IArrayCollection? _archive;
    private readonly Dictionary<string, NpyArray> _arrays = [];

    private ResultPart(string path, JournalContent journal)
    {
        Path = path;
        Identity = journal.Header.Identity;
        Options = journal.Header.Options;
        Shard = journal.Header.Shard;
        var result = journal.ToResult();
        Indices = result.Indices;
        var arrays = result.MomentArrays().Arrays;
        _arrays = new(arrays);
        Names = [.. arrays.Select(array => array.Key)];
    }

    private ResultPart(string path, IArrayCollection archive)
    {
        Path = path;
        _archive = archive;
        if (archive.Contains(ResultArrays.TrainingConfiguration))
        {
            throw new InvalidInputException(path, "expected a result of run, found one of train, which has no shares to merge");
        }

        ReadingAllowance.Require(path, archive, archive.Names);
        Identity = new ExperimentIdentity(Text(ResultArrays.Configuration), Text(ResultArrays.DatasetChecksum), Text(ResultArrays.MadeBy))
        {
            Arithmetic = ResultArrays.ArithmeticOf(path, archive),
        };
        var said = ResultConfiguration.Parse(Identity.Configuration, path);
        if (said.Options is not { } told)
        {
            throw new InvalidInputException(
                path,
                $"expected {string.Join(", ", said.LeftOut)} in 'configuration', which names the experiment, found none; merge --trust joins such files"
            );
        }

        Names = [.. archive.Names.Where(name => !ResultExtent.Names.Contains(name))];
        var depth = told.RecordedPlaces?.Depths ?? ResultStructure.Read(path, archive, said, Names.Where(MomentColumns.IsAtPlace)).Depth;
        Options = said.At(depth).Options!;
        int rows;
        var (unit, isNeutral) = (told.RepeatedUnit, archive.Contains(ResultArrays.Place));
        if (unit is not null && !isNeutral)
        {
            _ = unit.Join(path, archive);
            var columns = MomentColumns.Names.SelectMany(unit.PartsOf).ToDictionary(part => part.Name, part => part.Columns);
            rows = RequireShapes(name => columns.GetValueOrDefault(name));
        }
        else
        {
            var columns = told.RecordedPlaces?.Count ?? Options.NumComputations;
            rows = RequireShapes(_ => columns);
        }

        _ = ResultEnds.Read(path, archive, depth, rows);
        var extent = ResultExtent.Read(path, archive, rows, Options.NumSims);
        (Indices, Shard) = (extent.Indices ?? [.. Enumerable.Range(0, rows)], extent.Shard);
        if (unit is not null && isNeutral)
        {
            // Earlier versions wrote every network in the neutral layout.
            _archive = new ArraysInMemory(unit.Split(Names.Select(name => KeyValuePair.Create(name, archive.Read(name)))));
            Names = [.. _archive.Names];
            archive.Dispose();
        }
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The experiment that it belongs to.</summary>
    public ExperimentIdentity Identity { get; }

    /// <summary>The experiment's options.</summary>
    public ExperimentOptions Options { get; }

    /// <summary>The share of the experiment that it should hold.</summary>
    public Shard Shard { get; }

    /// <summary>Indices of its simulations, increasing.</summary>
    public IReadOnlyList<int> Indices { get; }

    /// <summary>Names of the arrays in it that belong to the experiment, in the order of the file.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens a part.</summary>
    /// <param name="path">A result file of this program, or a journal.</param>
    /// <exception cref="InvalidInputException">The file is neither of these, or is damaged.</exception>
    public static ResultPart Open(string path)
    {
        if (path.EndsWith(Journal.Ending, StringComparison.OrdinalIgnoreCase))
        {
            return new ResultPart(
                path,
                JournalContent.Read(path) ?? throw new InvalidInputException(path, "expected a journal, found a file that ends within the header")
            );
        }

        var archive = IArrayCollection.Open(path);
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

    /// <summary>
    /// Whether a file claims to hold simulations of an experiment of this program, whether or not it is damaged. Results of training, of ONNX files and of
    /// other programs do not.
    /// </summary>
    /// <exception cref="InvalidInputException">The file is not an archive, or its configuration is damaged.</exception>
    public static bool NamesItsExperiment(string path)
    {
        using var archive = IArrayCollection.Open(path);
        return NamesItsExperiment(path, archive);
    }

    /// <summary>The same for a file that is open.</summary>
    public static bool NamesItsExperiment(string path, IArrayCollection archive)
    {
        if (archive.Contains(ResultArrays.TrainingConfiguration) || !archive.Contains(ResultArrays.Configuration) || !archive.Contains(ResultArrays.MadeBy))
        {
            return false;
        }

        ReadingAllowance.Require(path, archive, [ResultArrays.Configuration]);
        try
        {
            return ResultConfiguration.Parse(archive.Read(ResultArrays.Configuration).ToText(), path).Options is not null;
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(path, $"{exception.Message} in '{ResultArrays.Configuration}'", exception);
        }
    }

    /// <summary>Whether an array has a row for each simulation.</summary>
    public static bool HasRows(string name) => !WithoutRows.Contains(name);

    /// <summary>Reads an array.</summary>
    /// <exception cref="InvalidInputException">The array is damaged, or does not have one row for each simulation.</exception>
    public NpyArray Read(string name)
    {
        var array = _archive is null ? _arrays[name] : _archive.Read(name);
        return !HasRows(name) || (array.Shape.Count > 0 && array.Shape[0] == Indices.Count)
            ? array
            : throw new InvalidInputException(
                Path,
                $"expected {Indices.Count} rows in '{name}', one for each simulation, found shape ({string.Join(", ", array.Shape)})"
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _archive?.Dispose();

    /// <summary>
    /// The number of rows, which all arrays of moments must share; the number of simulations in the configuration is not trusted without them.
    /// </summary>
    private int RequireShapes(Func<string, int> columnsOf)
    {
        (string Name, NpyHeader Header)? first = null;
        foreach (var name in Names.Where(HasRows))
        {
            var header = _archive!.Describe(name);
            var isMoment = MomentColumns.IsMoment(name);
            var columns = isMoment ? columnsOf(name) : 0;
            if (header.Shape.Count == 0 || (isMoment && !header.Shape.Skip(1).SequenceEqual([columns])))
            {
                throw new InvalidInputException(
                    Path,
                    $"expected a row for each simulation{(isMoment ? $" and {columns} columns" : string.Empty)} in '{name}', found {header}"
                );
            }

            first ??= (name, header);
            if (header.Shape[0] != first.Value.Header.Shape[0])
            {
                throw new InvalidInputException(
                    Path,
                    $"expected as many rows in '{name}' as in '{first.Value.Name}', one for each simulation, found {header} and {first.Value.Header}"
                );
            }
        }

        return first?.Header.Shape[0] ?? throw NotOurs();
    }

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

    private InvalidInputException NotOurs() =>
        new(Path, "expected a result file that wellbehaved run wrote, which names its experiment; merge --trust joins files that do not");
}
