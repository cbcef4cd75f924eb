namespace Wellbehaved.Experiments;

/// <summary>The arrays of a result file of a repeated unit, shown in the neutral layout: one array of each moment, with a column for each place.</summary>
internal sealed class JoinedArrays : IArrayCollection
{
    private readonly string _path;
    private readonly IArrayCollection _archive;
    private readonly RepeatedUnit _unit;
    private readonly RecordedPlaces _places;
    private readonly Dictionary<string, int> _rows = [];

    /// <summary>Checks the headers of the arrays.</summary>
    /// <exception cref="InvalidInputException">The file has other depths or places than its network, or lacks a moment at some places only.</exception>
    public JoinedArrays(string path, IArrayCollection archive, RepeatedUnit unit, RecordedPlaces places)
    {
        (_path, _archive, _unit, _places) = (path, archive, unit, places);
        RequirePlaces();
        foreach (var moment in MomentColumns.Names)
        {
            var parts = unit.PartsOf(moment);
            if (parts.Any(part => archive.Contains(part.Name)))
            {
                _rows.Add(moment, RequireRows(parts));
            }
        }

        Names = [.. archive.Names.Where(name => !MomentColumns.IsPart(name)), ResultArrays.Place, .. _rows.Keys];
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Names { get; }

    /// <inheritdoc/>
    public long StoredBytes => _archive.StoredBytes;

    /// <inheritdoc/>
    public bool Contains(string name) => Names.Contains(name);

    /// <inheritdoc/>
    public NpyHeader Describe(string name) =>
        _rows.TryGetValue(name, out var rows)
            ? new(
                new('f', sizeof(double), IsBigEndian: false),
                [rows, _places.Count],
                isFortranOrder: false,
                offset: 0,
                (long)rows * _places.Count * sizeof(double)
            )
        : name is ResultArrays.Place or ResultArrays.Depth ? new ArraysInMemory([new(name, Read(name))]).Describe(name)
        : _archive.Describe(name);

    /// <inheritdoc/>
    public NpyArray Read(string name) =>
        _rows.TryGetValue(name, out var rows) ? Join(name, rows)
        : name == ResultArrays.Depth ? NpyArray.From([.. _places.Depths.Select(depth => (long)depth)], _places.Count)
        : name == ResultArrays.Place ? NpyArray.From([.. _places.Places.Select(place => $"{place}")])
        : _archive.Read(name);

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    private NpyArray Join(string moment, int rows)
    {
        var joined = new double[rows * _places.Count];
        foreach (var part in _unit.PartsOf(moment))
        {
            var own = ResultReader.Decode(_path, _archive, part.Name);
            for (var i = 0; i < own.Length; i++)
            {
                joined[(i / part.Columns * _places.Count) + part.NeutralColumn(i % part.Columns)] = own[i];
            }
        }

        return NpyArray.From(joined, rows, _places.Count);
    }

    private void RequirePlaces()
    {
        var depths = _archive.Contains(ResultArrays.Depth) ? ResultReader.Decode(_path, _archive, ResultArrays.Depth) : [];
        if (!depths.SequenceEqual(_unit.Depths.Select(depth => (double)depth)))
        {
            throw new InvalidInputException(
                _path,
                $"expected the {_unit.Depths.Count} depths of the network in 'configuration' in '{ResultArrays.Depth}', found "
                    + $"{(depths.Length == 0 ? "none" : "others")}"
            );
        }

        var known = MomentColumns.Names.SelectMany(_unit.PartsOf).Select(part => part.Name).ToHashSet();
        if (_archive.Names.FirstOrDefault(name => MomentColumns.IsPart(name) && !known.Contains(name)) is { } foreign)
        {
            throw new InvalidInputException(
                _path,
                $"expected moments at {string.Join(", ", _unit.Locations)} of the unit that 'configuration' describes, found '{foreign}'"
            );
        }
    }

    /// <summary>The number of rows that all arrays of a moment share.</summary>
    private int RequireRows(IReadOnlyList<MomentPart> parts)
    {
        int? rows = null;
        foreach (var (name, _, _, columns) in parts)
        {
            if (!_archive.Contains(name))
            {
                throw new InvalidInputException(
                    _path,
                    $"expected arrays {string.Join(", ", parts.Select(part => part.Name))}, or none of them, found no '{name}'"
                );
            }

            var header = _archive.Describe(name);
            if (header.Shape is not [var simulations, var found] || found != columns || header.ElementType.Kind == 'U')
            {
                throw new InvalidInputException(_path, $"expected '{name}' of numbers and of shape (num_sims, {columns}), found {header}");
            }

            rows ??= simulations;
            if (simulations != rows)
            {
                throw new InvalidInputException(_path, $"expected the same number of simulations in every array, found {rows} and {header} in '{name}'");
            }
        }

        return rows!.Value;
    }
}
