namespace Wellbehaved.Experiments;

/// <summary>Reads how each simulation ended from the arrays of a result file.</summary>
internal static class ResultEnds
{
    /// <summary>The array in which files of earlier versions state endings: only the depth at which the signal died.</summary>
    private const string DiedAtDepth = "died_at_depth";

    /// <summary>Reads the endings.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="archive">Its arrays.</param>
    /// <param name="depth">Its computed depths.</param>
    /// <param name="simulations">Number of rows of its moments; null if it holds none.</param>
    /// <returns>An ending for each simulation; null if the file states none.</returns>
    /// <exception cref="InvalidInputException">There are more or fewer endings than simulations, one is unknown or at a depth that was not computed, or the
    /// arrays contradict each other.</exception>
    public static MappingEnd[]? Read(string path, IArrayCollection archive, IReadOnlyList<int> depth, int? simulations)
    {
        // A file has as many depths as simulations, so that looking through all of them for each would take minutes.
        var computed = depth.Select(at => (double)at).ToHashSet();

        // Validated also where newer arrays say the same.
        var deaths = archive.Contains(DiedAtDepth) ? ReadDeaths(path, archive, computed, simulations) : null;
        if (!archive.Contains(ResultArrays.Ending) || !archive.Contains(ResultArrays.EndedAtDepth))
        {
            return deaths;
        }

        var (codes, depths) = (ResultReader.Decode(path, archive, ResultArrays.Ending), ResultReader.Decode(path, archive, ResultArrays.EndedAtDepth));
        if (codes.Length != depths.Length || codes.Length != (simulations ?? codes.Length))
        {
            throw new InvalidInputException(
                path,
                $"expected a number for each simulation in '{ResultArrays.Ending}' and '{ResultArrays.EndedAtDepth}', found {codes.Length} and {depths.Length}"
            );
        }

        MappingEnd[] ends =
        [
            .. codes.Zip(
                depths,
                (code, at) =>
                    code is 0 && at is -1 ? MappingEnd.None
                    : code >= 1 && code == Math.Floor(code) && code <= (int)Enum.GetValues<Ending>()[^1] && computed.Contains(at)
                        ? new MappingEnd((Ending)(int)code, (int)at)
                    : throw new InvalidInputException(
                        path,
                        $"expected a known ending at a computed depth, or 0 and -1, in '{ResultArrays.Ending}' and '{ResultArrays.EndedAtDepth}', "
                            + $"found {code} and {at}"
                    )
            ),
        ];
        for (var i = 0; deaths is not null && i < ends.Length; i++)
        {
            if (!Agree(deaths[i], ends[i]))
            {
                throw new InvalidInputException(
                    path,
                    $"expected one ending of each simulation, found {deaths[i].Depth} in '{DiedAtDepth}' beside {(int)ends[i].Ending} in "
                        + $"'{ResultArrays.Ending}' "
                        + $"and {ends[i].Depth} in '{ResultArrays.EndedAtDepth}', in row {i}"
                );
            }
        }

        return ends;
    }

    private static MappingEnd[] ReadDeaths(string path, IArrayCollection archive, HashSet<double> computed, int? simulations)
    {
        var died = ResultReader.Decode(path, archive, DiedAtDepth);
        if (died.Length != (simulations ?? died.Length))
        {
            throw new InvalidInputException(path, $"expected a number for each simulation in '{DiedAtDepth}', found {died.Length}");
        }

        return
        [
            .. died.Select(at =>
                at is -1 ? MappingEnd.None
                : computed.Contains(at) ? new MappingEnd(Ending.DeadSignal, (int)at)
                : throw new InvalidInputException(path, $"expected a computed depth or -1 in '{DiedAtDepth}', found {at}")
            ),
        ];
    }

    /// <summary>Whether the depth at which a signal died fits an ending: noise and variance may vanish before the signal does, nothing after it.</summary>
    private static bool Agree(MappingEnd death, MappingEnd end) =>
        end.Ending switch
        {
            Ending.None => !death.HasEnded,
            Ending.DeadSignal => death.HasEnded && death.Depth == end.Depth,
            Ending.ExtinctNoise or Ending.NoVariance => !death.HasEnded || death.Depth > end.Depth,
            Ending.Overflow or Ending.NotANumber => true,
            _ => throw new ArgumentOutOfRangeException(nameof(end), end, "expected an ending"),
        };
}
