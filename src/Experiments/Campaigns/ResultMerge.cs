namespace Wellbehaved.Experiments;

/// <summary>Joins parts of an experiment to the file that a single run would have written, bit for bit.</summary>
internal static class ResultMerge
{
    /// <summary>Letters of a name that a warning shows.</summary>
    private const int LongestName = 60;

    /// <summary>Joins result files.</summary>
    /// <param name="paths">Result files, or journals of runs that ended too early, in any order.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="allowMissing">Whether simulations may be missing; the file then states which.</param>
    /// <returns>The number of simulations, and warnings, one for each difference from the result of a complete run.</returns>
    /// <exception cref="InvalidInputException">The parts overlap, belong to different experiments, or are not complete; a file is damaged or cannot be
    /// written.</exception>
    public static (int Simulations, IReadOnlyList<string> Warnings) Merge(IReadOnlyList<string> paths, string output, bool allowMissing) =>
        Merge(paths, output, allowMissing, overwrite: true);

    /// <summary>Joins result files; an existing result with simulations that the parts do not hold is only replaced if <c>overwrite</c> is set.</summary>
    internal static (int Simulations, IReadOnlyList<string> Warnings) Merge(IReadOnlyList<string> paths, string output, bool allowMissing, bool overwrite)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var parts = new List<ResultPart>();
        try
        {
            foreach (var path in paths)
            {
                parts.Add(ResultPart.Open(path));
            }

            EnsureOneExperiment(parts);
            var rows = Rows(parts);
            var missing = IndexRanges.Missing(rows.Select(row => row.Index), 0, parts[0].Options.NumSims - 1);
            var warnings = new List<string>();
            if (missing.Count > 0)
            {
                var sentence = $"simulations {IndexRanges.Spell(missing)} of {parts[0].Options.NumSims} are missing{MissingShards(parts)}";
                if (!allowMissing || rows.Length == 0)
                {
                    throw new InvalidInputException(
                        paths.Count == 1 ? paths[0] : $"{paths[0]} and {Counted.Spell(paths.Count - 1, "other file")}",
                        $"expected every simulation of the experiment, {sentence}; "
                            + $"{(rows.Length == 0 ? "nothing is left to merge" : $"{ParameterName.Spell(nameof(allowMissing))} merges the others")}"
                    );
                }

                warnings.Add($"{sentence}; this is noted in the file");
            }

            if (!overwrite)
            {
                RequireReplaceable(output, parts[0].Identity, [.. rows.Select(row => row.Index)]);
            }

            var names = parts[0].Names.Where(name => ResultArrays.IsPlain(name) && parts.All(part => part.Names.Contains(name))).ToArray();
            warnings.AddRange(
                parts
                    .SelectMany(part => part.Names)
                    .Distinct()
                    .Except(names)
                    .Select(name =>
                        $"left out {ForeignText.Beginning(name, LongestName)}: "
                        + $"{(!ResultArrays.IsPlain(name) ? ResultArrays.NotPlain : MomentColumns.IsMoment(name) ? "it exceeds double precision in some of the files" : "some of the files do not have it")}"
                    )
            );
            NpzArchive.Write(
                output,
                names
                    .Select(name => KeyValuePair.Create(name, ResultPart.HasRows(name) ? Join(parts, rows, name) : parts[0].Read(name)))
                    .Concat(ResultArrays.Extent([.. rows.Select(row => row.Index)], parts[0].Options.NumSims, Shard.Whole))
            );
            return (rows.Length, warnings);
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }
    }

    /// <summary>Describes how a result file differs from the file that a run would write.</summary>
    /// <param name="path">The result file.</param>
    /// <param name="header">The run.</param>
    /// <returns>The first difference, in a few words; null if there is none.</returns>
    /// <exception cref="InvalidInputException">The file is not a result of this program.</exception>
    public static string? DifferenceFrom(string path, JournalHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        using var part = ResultPart.Open(path);
        return part.Identity.DifferenceFrom(header.Identity)
            ?? (part.Indices.SequenceEqual(header.Shard.Simulations(header.Options.NumSims)) ? null : $"simulations {IndexRanges.Spell(part.Indices)}");
    }

    /// <summary>Refuses to replace an existing file that holds a simulation which is not among the merged ones.</summary>
    private static void RequireReplaceable(string output, ExperimentIdentity identity, IReadOnlyList<int> indices)
    {
        if (!AtomicFile.HoldsSomething(output))
        {
            return;
        }

        string? difference;
        try
        {
            using var part = ResultPart.Open(output);
            int[] lost = [.. part.Indices.Except(indices)];
            difference =
                part.Identity.DifferenceFrom(identity)
                ?? (lost.Length == 0 ? null : $"simulations {IndexRanges.Spell(lost)}, which none of the merged files has");
        }
        catch (InvalidInputException exception)
        {
            difference = $"another file ({exception.Message})";
        }

        if (difference is not null)
        {
            throw new InvalidInputException(
                CampaignParameters.Output,
                $"expected no file in {output}, or one whose simulations are all among the merged ones, found {difference}; "
                    + $"{CampaignParameters.Overwrite} replaces it"
            );
        }
    }

    private static void EnsureOneExperiment(List<ResultPart> parts)
    {
        foreach (var part in parts.Skip(1))
        {
            if (part.Identity.DifferenceFrom(parts[0].Identity) is { } difference)
            {
                throw new InvalidInputException(part.Path, $"expected a part of the same experiment as {parts[0].Path}, found {difference}");
            }
        }
    }

    /// <summary>The part and the row of each simulation, by index.</summary>
    private static (int Index, int Part, int Row)[] Rows(List<ResultPart> parts)
    {
        var rows = new SortedDictionary<int, (int Part, int Row)>();
        for (var part = 0; part < parts.Count; part++)
        {
            for (var row = 0; row < parts[part].Indices.Count; row++)
            {
                var index = parts[part].Indices[row];
                if (!rows.TryAdd(index, (part, row)))
                {
                    var other = parts[rows[index].Part];
                    throw new InvalidInputException(
                        parts[part].Path,
                        $"expected each simulation once, but {IndexRanges.Spell([.. parts[part].Indices.Intersect(other.Indices)])} are in {other.Path} too"
                    );
                }
            }
        }

        return [.. rows.Select(row => (row.Key, row.Value.Part, row.Value.Row))];
    }

    private static string MissingShards(List<ResultPart> parts)
    {
        var counts = parts.Select(part => part.Shard.Count).Distinct().ToArray();
        if (counts is not [var count] || count == 1)
        {
            return string.Empty;
        }

        var absent = IndexRanges.Missing(parts.Select(part => part.Shard.Number).Distinct().Order(), 1, count);
        return absent.Count == 0 ? string.Empty : $" (no file of shard {IndexRanges.Spell(absent)} of {count})";
    }

    private static NpyArray Join(List<ResultPart> parts, (int Index, int Part, int Row)[] rows, string name)
    {
        NpyArray[] arrays = [.. parts.Select(part => part.Read(name))];
        for (var i = 1; i < arrays.Length; i++)
        {
            if (arrays[i].ElementType != arrays[0].ElementType || !arrays[i].Shape.Skip(1).SequenceEqual(arrays[0].Shape.Skip(1)))
            {
                throw new InvalidInputException(parts[i].Path, $"expected '{name}' of the type and shape that it has in {parts[0].Path}");
            }
        }

        return NpyArray.OfRows(arrays, [.. rows.Select(row => (row.Part, row.Row))]);
    }
}
