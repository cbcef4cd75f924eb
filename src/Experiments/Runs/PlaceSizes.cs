namespace Wellbehaved.Experiments;

/// <summary>The sizes of a signal at each place of a file in the neutral layout, as its recorder states them.</summary>
/// <param name="Channels">Channels by place; null if the file does not state them.</param>
/// <param name="Points">Points by place, positions times images; null if the file does not state them.</param>
internal sealed record PlaceSizes(IReadOnlyList<long>? Channels, IReadOnlyList<long>? Points)
{
    /// <summary>The arrays that state the sizes.</summary>
    public static IReadOnlyList<string> Names { get; } = [ResultArrays.Channels, ResultArrays.Points];

    /// <summary>Reads the sizes.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <param name="places">Number of its places.</param>
    /// <returns>The sizes; null if the file states neither.</returns>
    /// <exception cref="InvalidInputException">A size is no positive whole number, or there is not one for each place.</exception>
    public static PlaceSizes? Read(string path, IArrayCollection archive, int places) =>
        Numbers(path, archive, ResultArrays.Channels, places) is var channels
        && Numbers(path, archive, ResultArrays.Points, places) is var points
        && channels is null
        && points is null
            ? null
            : new(channels, points);

    private static long[]? Numbers(string path, IArrayCollection archive, string name, int places)
    {
        if (!archive.Contains(name))
        {
            return null;
        }

        var header = archive.Describe(name);
        if (header.Shape is not [var length] || length != places || header.ElementType.Kind == 'U')
        {
            throw new InvalidInputException(path, $"expected a number for each of the {places} places in '{name}', found {header}");
        }

        return
        [
            .. ResultReader
                .Decode(path, archive, name)
                .Select(value =>
                    value is >= 1 and <= int.MaxValue && value == Math.Floor(value)
                        ? (long)value
                        : throw new InvalidInputException(path, $"expected positive whole numbers in '{name}', found {value}")
                ),
        ];
    }
}
