namespace Wellbehaved.Experiments;

/// <summary>Reads the arrays of a result file, and refuses those that do not fit each other.</summary>
/// <remarks>See docs/file-formats.md for the arrays.</remarks>
internal static class ResultReader
{
    /// <summary>Reads arrays from any source.</summary>
    /// <param name="path">The source's name in messages.</param>
    /// <param name="archive">The arrays.</param>
    /// <returns>Their content.</returns>
    /// <exception cref="InvalidInputException">The arrays are damaged, do not fit each other, or would take far more memory than they take now.</exception>
    public static ResultFile Read(string path, IArrayCollection archive)
    {
        string[] names = [.. archive.Names.Where(MomentColumns.IsPart)];
        if (archive.Names.FirstOrDefault(name => name == ResultArrays.Place || MomentColumns.IsOfAllPlaces(name)) is { } neutral)
        {
            return names.Length == 0
                ? ReadNeutral(path, archive)
                : throw new InvalidInputException(
                    path,
                    $"expected either arrays with a column for each place or arrays locK of one place each, found both '{neutral}' and '{names[0]}': "
                        + "remove one kind"
                );
        }

        string[] others =
        [
            ResultArrays.Depth,
            ResultArrays.ResDepth,
            ResultArrays.Configuration,
            ResultArrays.DatasetChecksum,
            ResultArrays.TrainingConfiguration,
            ResultArrays.Arithmetic,
            .. ResultArrays.PerSimulation,
            .. ResultExtent.Names,
        ];
        ReadingAllowance.Require(path, archive, names.Concat(others.Where(archive.Contains)));
        var configuration = Text(path, archive, ResultArrays.Configuration);
        var said = configuration is null ? null : ResultConfiguration.Parse(configuration, path);
        if (said?.Network is { } network)
        {
            return said.Options?.RepeatedUnit is { } unit
                ? ReadNeutral(path, unit.Join(path, archive))
                : throw new InvalidInputException(
                    path,
                    $"expected a column for each place of {network.Name}, which 'configuration' describes, found arrays locK"
                );
        }

        names = [.. names.Where(MomentColumns.IsAtPlace)];
        var checksum = Text(path, archive, ResultArrays.DatasetChecksum);
        var (depth, residualDepth) = ResultStructure.Read(path, archive, said, names);
        said = said?.At(depth);
        var rows = RequireShapes(path, archive, names, depth.Length);
        var missing = ResultExtent.Read(path, archive, rows, said?.Options?.NumSims).Missing;
        var moments = names.ToDictionary(name => name, name => Read(path, archive, name, array => Rows(array, depth.Length)));
        return new ResultFile(depth, null, null, residualDepth, configuration, said, checksum, missing, moments, ResultEnds.Read(path, archive, depth, rows))
        {
            TrainImages = ResultArrays.TrainImagesOf(path, archive),
            AtStart = ReadAtStart(path, archive),
        };
    }

    /// <summary>Reads a file with a column for each place, written by this program for a described network or by another program.</summary>
    private static ResultFile ReadNeutral(string path, IArrayCollection archive)
    {
        string[] names = [.. archive.Names.Where(MomentColumns.IsOfAllPlaces)];
        string[] others =
        [
            ResultArrays.Depth,
            ResultArrays.Place,
            ResultArrays.EndOfUnit,
            ResultArrays.DepthCounts,
            .. PlaceSizes.Names,
            ResultArrays.Configuration,
            ResultArrays.MadeBy,
            ResultArrays.Arithmetic,
            ResultArrays.TrainingConfiguration,
            ResultArrays.DatasetChecksum,
            .. ResultArrays.PerSimulation,
            .. ResultExtent.Names,
        ];
        ReadingAllowance.Require(path, archive, names.Concat(others.Where(archive.Contains)));
        if (!archive.Contains(ResultArrays.Depth))
        {
            throw new InvalidInputException(path, "expected the depth of each place in 'depth', found no such array");
        }

        var depth = Decode(path, archive, ResultArrays.Depth).Select(value => DepthOfPlace(path, value)).ToArray();
        if (depth.Length == 0 || depth.Zip(depth.Skip(1)).Any(pair => pair.First > pair.Second) || depth[^1] == 0)
        {
            throw new InvalidInputException(path, "expected depths of places in 'depth' that do not decrease, the last of them above 0");
        }

        var places = archive.Contains(ResultArrays.Place)
            ? Read(path, archive, ResultArrays.Place, array => array.ToTexts())
            : [.. depth.Select(value => $"depth {value}")];
        if (places.Length != depth.Length)
        {
            throw new InvalidInputException(path, $"expected a text for each of the {depth.Length} places of 'depth' in 'place', found {places.Length}");
        }

        var configuration = Text(path, archive, ResultArrays.Configuration);
        var said = configuration is null ? null : ResultConfiguration.Parse(configuration, path);
        if (said?.Options?.RecordedPlaces is { } recorded && !recorded.Depths.SequenceEqual(depth))
        {
            throw new InvalidInputException(
                path,
                $"expected the {recorded.Count} places of the network in 'configuration', found {depth.Length} places with other depths"
            );
        }

        var rows = RequireShapes(path, archive, names, depth.Length);
        var missing = ResultExtent.Read(path, archive, rows, said?.Options?.NumSims).Missing;
        var moments = names.ToDictionary(name => name, name => Read(path, archive, name, array => Rows(array, depth.Length)));
        var sequence = PlaceSequence.Find(
            depth,
            moments.GetValueOrDefault(MomentColumns.ReffSignal),
            said?.Options?.RecordedPlaces,
            ReadEndsOfUnits(path, archive, depth)
        );
        return new ResultFile(
            depth,
            places,
            sequence,
            null,
            configuration,
            said,
            Text(path, archive, ResultArrays.DatasetChecksum),
            missing,
            moments,
            ResultEnds.Read(path, archive, depth, rows)
        )
        {
            MadeBy = Text(path, archive, ResultArrays.MadeBy),
            CountsUnits = ReadWhatDepthCounts(path, archive),
            PlaceSizes = PlaceSizes.Read(path, archive, depth.Length),
            TrainImages = ResultArrays.TrainImagesOf(path, archive),
            AtStart = ReadAtStart(path, archive),
        };
    }

    private static Dictionary<string, double[]> ReadAtStart(string path, IArrayCollection archive) =>
        ResultArrays.MeanSquares.Where(archive.Contains).ToDictionary(name => name, name => Decode(path, archive, name));

    /// <summary>Whether the depths of a neutral file count units.</summary>
    private static bool ReadWhatDepthCounts(string path, IArrayCollection archive) =>
        Text(path, archive, ResultArrays.DepthCounts) switch
        {
            null => archive.Contains(ResultArrays.EndOfUnit),
            ResultArrays.Units => true,
            ResultArrays.Layers => false,
            var other => throw new InvalidInputException(
                path,
                $"expected {ResultArrays.Units} or {ResultArrays.Layers} in '{ResultArrays.DepthCounts}', found '{other}'"
            ),
        };

    /// <summary>Which places end a unit, if the file states it.</summary>
    private static bool[]? ReadEndsOfUnits(string path, IArrayCollection archive, int[] depth)
    {
        if (!archive.Contains(ResultArrays.EndOfUnit))
        {
            return null;
        }

        var ends = Decode(path, archive, ResultArrays.EndOfUnit);
        return ends.Length == depth.Length && Array.TrueForAll(ends, end => end is 0 or 1) && ends.Zip(depth).Any(pair => pair.First == 1 && pair.Second > 0)
            ? [.. ends.Select(end => end == 1)]
            : throw new InvalidInputException(
                path,
                $"expected 0 or 1 for each of the {depth.Length} places in '{ResultArrays.EndOfUnit}', and 1 at a positive depth at least once, found others"
            );
    }

    private static int DepthOfPlace(string path, double value) =>
        value is >= 0 and <= int.MaxValue && value == Math.Floor(value)
            ? (int)value
            : throw new InvalidInputException(path, $"expected whole depths of at least 0, found {value}");

    /// <summary>The number of simulations, for each of which every array has a row; null where no array shows it.</summary>
    private static int? RequireShapes(string path, IArrayCollection archive, string[] names, int depths)
    {
        NpyHeader? first = null;
        foreach (var name in names)
        {
            var header = archive.Describe(name);
            if (header.Shape is not [var simulations, var columns] || columns != depths || header.ElementType.Kind == 'U')
            {
                throw new InvalidInputException(path, $"expected '{name}' of numbers and of shape (num_sims, {depths}), found {header}");
            }

            first ??= header;
            if (simulations != first.Shape[0])
            {
                throw new InvalidInputException(path, $"expected the same number of simulations in every array, found {first} and {header} in '{name}'");
            }
        }

        foreach (var name in ResultArrays.PerSimulation.Where(archive.Contains))
        {
            var header = archive.Describe(name);
            if (header.Shape is not [var simulations] || simulations != (first?.Shape[0] ?? simulations))
            {
                throw new InvalidInputException(
                    path,
                    $"expected a number for each simulation in '{name}'{(first is null ? "" : $", {first.Shape[0]} in all")}, found {header}"
                );
            }

            first ??= header;
            RequireMeanSquares(path, archive, name);
        }

        _ = ResultArrays.ArithmeticOf(path, archive);
        return first?.Shape[0];
    }

    /// <summary>Refuses mean squares of the input, or before the first layer, that no signal has. Only a layer's signal can exceed double precision.</summary>
    private static void RequireMeanSquares(string path, IArrayCollection archive, string name)
    {
        if (!ResultArrays.MeanSquares.Contains(name))
        {
            return;
        }

        var isOfInput = name == ResultArrays.MeanSquares[0];
        foreach (var value in Decode(path, archive, name))
        {
            if (value < 0 || (isOfInput && !double.IsFinite(value)))
            {
                throw new InvalidInputException(path, $"expected mean squares, {(isOfInput ? "finite and " : "")}not negative, in '{name}', found {value}");
            }
        }
    }

    /// <summary>Decodes an array row by row, since the decoded array and its rows together would take twice the memory.</summary>
    private static double[][] Rows(NpyArray array, int depths)
    {
        var rows = new double[array.Shape[0]][];
        for (var i = 0; i < rows.Length; i++)
        {
            array.Decode(i * depths, rows[i] = new double[depths]);
        }

        return rows;
    }

    private static string? Text(string path, IArrayCollection archive, string name) =>
        archive.Contains(name) ? Read(path, archive, name, array => array.ToText()) : null;

    /// <summary>The numbers of an array.</summary>
    /// <exception cref="InvalidInputException">The array is damaged or holds no numbers.</exception>
    public static double[] Decode(string path, IArrayCollection archive, string name) => Read(path, archive, name, array => array.ToDoubles());

    private static T Read<T>(string path, IArrayCollection archive, string name, Func<NpyArray, T> decode)
    {
        try
        {
            return decode(archive.Read(name));
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(path, $"{exception.Message} in '{name}'", exception);
        }
    }
}
