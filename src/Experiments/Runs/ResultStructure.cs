namespace Wellbehaved.Experiments;

/// <summary>
/// Checks whether the arrays of a result file fit its configuration. A file that contradicts itself is refused when it is read, by every command.
/// </summary>
internal static class ResultStructure
{
    /// <summary>Reads the computed depths and the depth of a branch, and refuses them if the configuration contradicts them.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <param name="said">The configuration; null if there is none.</param>
    /// <param name="moments">Names of the moments.</param>
    /// <returns>The depths, increasing; and the feedforward layers in a residual branch, if an array states them.</returns>
    /// <exception cref="InvalidInputException">The arrays do not hold depths, or depths, places or the depth of a branch differ from the
    /// configuration.</exception>
    public static (int[] Depth, int? ResidualDepth) Read(string path, IArrayCollection archive, ResultConfiguration? said, IEnumerable<string> moments)
    {
        var depth = Depths(path, archive, ResultArrays.Depth);
        if (depth.Length == 0 || depth.Zip(depth.Skip(1)).Any(pair => pair.First >= pair.Second))
        {
            throw new InvalidInputException(path, $"expected an increasing list of depths in '{ResultArrays.Depth}'");
        }

        int? residualDepth =
            !archive.Contains(ResultArrays.ResDepth) ? null
            : Depths(path, archive, ResultArrays.ResDepth) is [var layers] ? layers
            : throw new InvalidInputException(path, $"expected a single number in '{ResultArrays.ResDepth}'");
        if (said is not null)
        {
            Require(path, said, depth, residualDepth, moments);
        }

        return (depth, residualDepth);
    }

    private static int[] Depths(string path, IArrayCollection archive, string name)
    {
        try
        {
            return
            [
                .. archive
                    .Read(name)
                    .ToDoubles()
                    .Select(value =>
                        value is >= 1 and <= int.MaxValue && value == Math.Floor(value)
                            ? (int)value
                            : throw new InvalidInputException(path, $"expected positive whole depths, found {value}")
                    ),
            ];
        }
        catch (FormatException exception)
        {
            throw new InvalidInputException(path, $"{exception.Message} in '{name}'", exception);
        }
    }

    private static void Require(string path, ResultConfiguration said, int[] depth, int? residualDepth, IEnumerable<string> moments)
    {
        if (said.TotalDepth is { } total && depth[^1] > total)
        {
            throw Contradiction(path, $"depths up to {total}", $"{depth[^1]} in '{ResultArrays.Depth}'");
        }

        if (said.Options is { } options)
        {
            if (
                (said.NumComputations is not null || options.Depths is not null)
                && (options.NumComputations != depth.Length || !options.ComputedDepths.SequenceEqual(depth))
            )
            {
                throw Contradiction(
                    path,
                    options.Depths is null ? $"{options.NumComputations} evenly spaced depths up to {options.TotalDepth}" : "its list of depths",
                    $"others in '{ResultArrays.Depth}'"
                );
            }

            if (residualDepth is { } layers && said.ResDepth is { } other && layers != other)
            {
                throw Contradiction(path, $"{other} in '{ResultArrays.ResDepth}'", $"{layers}");
            }
        }

        if (said.Architecture is { } architecture && Architecture.Names.Contains(architecture))
        {
            var places = Architecture.Named(architecture).Places.Length;
            if (moments.FirstOrDefault(name => !IsPlace(name, places)) is { } foreign)
            {
                throw Contradiction(path, $"the {places} places of {architecture}", $"'{foreign}'");
            }
        }
    }

    private static bool IsPlace(string name, int places) => MomentColumns.PlaceOf(name) is { } place && place >= 1 && place <= places;

    private static InvalidInputException Contradiction(string path, string expected, string found) =>
        new(path, $"expected {expected}, as 'configuration' says, found {found}");
}
