using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>Sorts the mappings of a deep experiment into those that live, those that died, and those with a number that is impossible in any mapping.</summary>
/// <remarks>
/// A mapping is read from its first depth on. At the depth where ln ν₂ is the logarithm of zero, the signal died, and from there on nothing else has a meaning.
/// At the depth where χ is zero, the noise died. Before that, every number must be possible; an effective rank of -1 in a file marks a dead signal, unless ν₂
/// or χ show that it lives.
/// </remarks>
internal static class MappingSort
{
    private const string Reff = "reff_signal",
        LogChi = "log_chi",
        LogNu2 = "log_nu2_signal";

    private const string End = "end";

    private static readonly Dictionary<string, string> Words = new()
    {
        [End] = "an ending",
        [Reff] = "effective rank",
        [LogChi] = "ln χ",
        [LogNu2] = "ln ν₂",
    };

    /// <summary>Sorts the mappings.</summary>
    /// <param name="table">Rows of all mappings; those that are already counted as died remain so.</param>
    /// <param name="range">The possible values.</param>
    /// <param name="recorded">How each mapping ended, if a file says so; null if it must be read from the numbers.</param>
    /// <param name="contradictions">Numbers of a file that cannot all be true; null if there is no file.</param>
    /// <returns>The rows of the living mappings, the number of the dead, findings about the others, and how the mappings that are left out ended.</returns>
    public static MomentTable Sorted(
        MomentTable table,
        MomentRange range,
        IReadOnlyList<MappingEnd>? recorded = null,
        MomentContradictions? contradictions = null
    )
    {
        var alive = new List<int>();
        var ends = new List<MappingEnd>();
        var gaps = new List<int>();
        var (died, unusable, chiOverflows) = (table.Died, 0, 0);
        var found = new Dictionary<(string Moment, ValueKind Kind), (int Depth, int Count)>();
        var doubted = new Dictionary<(string Moment, ValueKind Kind), (int Depth, int Count)>();
        for (var i = 0; i < table.Simulations; i++)
        {
            switch (Look(table, i, range, contradictions))
            {
                case { Died: true } when (recorded is null ? MappingEnd.None : recorded[i]) is { Ending: Ending.Overflow or Ending.NotANumber } failed:
                    // Behind such an ending a file keeps zeros, which say nothing of the signal.
                    var sort = (LogNu2, failed.Ending == Ending.Overflow ? ValueKind.Infinite : ValueKind.NotANumber);
                    unusable++;
                    gaps.Add(i);
                    ends.Add(failed);
                    Add(found, sort, failed.Depth);
                    if (failed.Ending == Ending.NotANumber)
                    {
                        Add(doubted, sort, failed.Depth);
                    }

                    break;
                case { Died: true } ended:
                    died++;
                    ends.Add(
                        EndOf(i) is var end && MomentTable.IsDeath(end.Ending)
                            ? end
                            : new MappingEnd(ended.SignalLives ? Ending.ExtinctNoise : Ending.DeadSignal, ended.Depth)
                    );
                    break;
                case { Found: { Count: > 0 } kinds }:
                    unusable++;
                    if (kinds.Keys.All(key => MayBeGap(key.Item1, key.Item2)))
                    {
                        gaps.Add(i);
                    }

                    // If a number is impossible for any signal, a missing logarithm there does not mean that the mapping ended.
                    var last =
                        kinds.Keys.Any(key => key.Item2 == ValueKind.OutOfRange && !Words.ContainsKey(key.Item1)) && recorded is null
                            ? MappingEnd.None
                            : EndOf(i);
                    if (last.HasEnded)
                    {
                        ends.Add(last);
                    }

                    // An ending explains everything that is wrong from there on, except for NaN.
                    var explained = last.HasEnded && last.Ending != Ending.NotANumber && kinds.Values.All(depth => depth >= last.Depth);
                    chiOverflows += explained && last.Ending == Ending.Overflow && !kinds.ContainsKey((LogNu2, ValueKind.Infinite)) ? 1 : 0;
                    foreach (var (key, depth) in kinds)
                    {
                        Add(found, key, depth);
                        if (!explained)
                        {
                            Add(doubted, key, depth);
                        }
                    }

                    break;
                default:
                    if (recorded?[i] is { HasEnded: true } contradicted)
                    {
                        // It is not known which of the two is wrong.
                        unusable++;
                        gaps.Add(i);
                        Add(found, (End, ValueKind.Contradicted), contradicted.Depth);
                        Add(doubted, (End, ValueKind.Contradicted), contradicted.Depth);
                        break;
                    }

                    alive.Add(i);
                    break;
            }
        }

        var of = table.Simulations + table.Died + table.Unusable;
        return table with
        {
            Simulations = alive.Count,
            Reff = Only(table.Reff),
            LogChi = Only(table.LogChi),
            LogNu2 = Only(table.LogNu2),
            LogMu2 = Only(table.LogMu2),
            LogNu2AtDepth0 = table.LogNu2AtDepth0 is { } values ? [.. alive.Select(i => values[i])] : null,
            Died = died,
            KnownEnds = [.. table.KnownEnds, .. ends],
            ChiOverflows = table.ChiOverflows + chiOverflows,
            Unusable = table.Unusable + unusable,
            Gaps = gaps,
            Findings = [.. table.Findings, .. Listed(found)],
            Doubts = [.. table.Doubts, .. Listed(doubted)],
        };

        MappingEnd EndOf(int i) =>
            recorded is { } said && said[i].HasEnded
                ? said[i]
                : MappingEnd.Tell(table.Depths, table.LogNu2?[i], table.LogMu2?[i], null, table.LogChi?[i], range.IsRecorded ? table.Reff?[i] : null);

        IEnumerable<MomentFinding> Listed(Dictionary<(string Moment, ValueKind Kind), (int Depth, int Count)> kinds) =>
            kinds
                .OrderBy(pair => pair.Key.Moment, StringComparer.Ordinal)
                .ThenBy(pair => pair.Key.Kind)
                .Select(pair => new MomentFinding(
                    Words.GetValueOrDefault(pair.Key.Moment, pair.Key.Moment),
                    pair.Key.Kind,
                    pair.Value.Depth,
                    pair.Value.Count,
                    of
                ));

        static void Add(Dictionary<(string Moment, ValueKind Kind), (int Depth, int Count)> kinds, (string Moment, ValueKind Kind) key, int depth)
        {
            var (first, count) = kinds.GetValueOrDefault(key, (depth, 0));
            kinds[key] = (Math.Min(first, depth), count + 1);
        }

        IReadOnlyList<double[]>? Only(IReadOnlyList<double[]>? rows) => rows is null ? null : [.. alive.Select(i => rows[i])];
    }

    /// <summary>
    /// Whether a finding may be a gap: a number that a file leaves open. Of a moment that is not finite, the other numbers of its place say whether it is.
    /// </summary>
    private static bool MayBeGap(string moment, ValueKind kind) =>
        MomentFinding.VerdictOf(kind) == Verdict.Inconclusive || (kind is ValueKind.NotANumber or ValueKind.Infinite && Words.ContainsKey(moment));

    private static (bool Died, bool SignalLives, int Depth, Dictionary<(string, ValueKind), int> Found) Look(
        MomentTable table,
        int mapping,
        MomentRange range,
        MomentContradictions? contradictions
    )
    {
        var found = new Dictionary<(string, ValueKind), int>();
        foreach (var contradiction in contradictions?.AtStart(mapping) ?? [])
        {
            found.TryAdd(contradiction, 0);
        }

        for (var i = 0; i < table.Depths.Count; i++)
        {
            var (nu2, chi, reff) = (KindOf(table.LogNu2, LogNu2), KindOf(table.LogChi, LogChi), KindOf(table.Reff, Reff));
            var lives = nu2 == ValueKind.Possible || chi == ValueKind.Possible;
            if (nu2 == ValueKind.Extinct || chi == ValueKind.Extinct || (reff == ValueKind.NotComputed && !lives))
            {
                // Findings before the death of the signal remain.
                return (found.Count == 0, nu2 != ValueKind.Extinct && (nu2 == ValueKind.Possible || reff == ValueKind.Possible), table.Depths[i], found);
            }

            // A negative number has no logarithm: the finding is that the number is negative, not what this does to its logarithm.
            var contradicted = contradictions?.At(mapping, i) ?? [];
            foreach (var contradiction in contradicted)
            {
                found.TryAdd(contradiction, table.Depths[i]);
            }

            if (contradicted.Any(contradiction => contradiction.Kind == ValueKind.OutOfRange))
            {
                continue;
            }

            foreach (var (moment, kind) in new[] { (LogNu2, nu2), (LogChi, chi), (Reff, reff) })
            {
                if (kind is not (null or ValueKind.Possible))
                {
                    found.TryAdd((moment, kind.Value), table.Depths[i]);
                }
            }

            ValueKind? KindOf(IReadOnlyList<double[]>? rows, string moment) => rows is null ? null : range.KindOf(moment, rows[mapping][i]);
        }

        return (false, true, -1, found);
    }
}
