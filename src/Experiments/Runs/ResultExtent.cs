namespace Wellbehaved.Experiments;

/// <summary>The simulations of its experiment that a result file states to hold.</summary>
/// <param name="Indices">Their indices, increasing; null where the file does not state them.</param>
/// <param name="Missing">Indices of the simulations that it states to lack.</param>
/// <param name="Shard">The share of the experiment that it should hold.</param>
internal sealed record ResultExtent(IReadOnlyList<int>? Indices, IReadOnlyList<int> Missing, Shard Shard)
{
    /// <summary>The arrays that state which simulations a file holds.</summary>
    public static IReadOnlyList<string> Names { get; } = [ResultArrays.Simulation, ResultArrays.MissingSimulations, ResultArrays.Shard];

    /// <summary>Reads these arrays, and refuses them where they contradict each other or the rows of the file.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <param name="rows">Number of rows of its moments; null if it holds no moments.</param>
    /// <param name="simulations">Number of simulations of the experiment, if the file states it.</param>
    /// <exception cref="InvalidInputException">The file names a simulation twice, or one that the experiment does not have, or its simulations do not fit its
    /// rows or its share.</exception>
    public static ResultExtent Read(string path, IArrayCollection archive, int? rows, int? simulations)
    {
        var indices = archive.Contains(ResultArrays.Simulation) ? Numbers(path, archive, ResultArrays.Simulation) : null;
        var missing = archive.Contains(ResultArrays.MissingSimulations) ? Numbers(path, archive, ResultArrays.MissingSimulations) : [];
        if (rows is { } found)
        {
            RequireRows(path, indices, found, simulations);
        }

        if (
            !IsIncreasing(missing)
            || (indices is not null && missing.Intersect(indices).Any())
            || (missing.Length > 0 && simulations is { } all && (missing[^1] >= all || missing.Length + (rows ?? 0) != all))
        )
        {
            throw new InvalidInputException(
                path,
                $"expected '{ResultArrays.MissingSimulations}' to hold the increasing indices of the{(simulations is { } of ? $" {of}" : "")} simulations "
                    + "that have no row, found others"
            );
        }

        // Without indices the rows are the first simulations.
        return new(indices, missing, ShardOf(path, archive, indices ?? (rows is { } count ? [.. Enumerable.Range(0, count)] : null), simulations));
    }

    private static void RequireRows(string path, int[]? indices, int rows, int? simulations)
    {
        if (indices is null)
        {
            if (simulations is { } all && all != rows)
            {
                throw new InvalidInputException(
                    path,
                    $"expected {all} simulations, as 'configuration' says, or an array '{ResultArrays.Simulation}' that tells which they are, found {rows}"
                );
            }

            return;
        }

        if (indices.Length != rows || !IsIncreasing(indices) || (indices is [.., var last] && last >= (simulations ?? int.MaxValue)))
        {
            throw new InvalidInputException(
                path,
                $"expected increasing indices of {rows}{(simulations is { } of ? $" of {of}" : "")} simulations in '{ResultArrays.Simulation}'"
            );
        }
    }

    private static Shard ShardOf(string path, IArrayCollection archive, int[]? indices, int? simulations)
    {
        if (!archive.Contains(ResultArrays.Shard))
        {
            return Shard.Whole;
        }

        if (Numbers(path, archive, ResultArrays.Shard) is not [var number, var count])
        {
            throw new InvalidInputException(path, $"expected two numbers in '{ResultArrays.Shard}', that of the share and that of all shares, found others");
        }

        var shard = new Shard(number, count);
        return shard.IsValid && (shard.IsWhole || simulations is null || indices is null || IsShare(indices, shard.Extent(simulations.Value)))
            ? shard
            : throw new InvalidInputException(
                path,
                $"expected the simulations of the share in '{ResultArrays.Shard}', found others than those of share {shard}"
            );
    }

    private static bool IsIncreasing(int[] numbers) => numbers.Zip(numbers.Skip(1)).All(pair => pair.First < pair.Second);

    private static bool IsShare(int[] indices, (int First, int Count) extent) =>
        indices.Length == extent.Count && (extent.Count == 0 || (indices[0] == extent.First && indices[^1] == extent.First + extent.Count - 1));

    private static int[] Numbers(string path, IArrayCollection archive, string name)
    {
        try
        {
            return
            [
                .. archive
                    .Read(name)
                    .ToDoubles()
                    .Select(value => value >= 0 && value <= int.MaxValue && value == Math.Floor(value) ? (int)value : throw new FormatException()),
            ];
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(path, $"expected whole numbers in '{name}'", exception);
        }
    }
}
