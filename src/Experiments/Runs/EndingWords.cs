using System.Globalization;

namespace Wellbehaved.Experiments;

/// <summary>Describes endings in words: how many mappings had each ending, and where it occurred first.</summary>
internal static class EndingWords
{
    /// <summary>Counts endings.</summary>
    /// <param name="ends">The ends of all mappings or of some; mappings that did not end are not counted.</param>
    /// <param name="all">Number of all mappings.</param>
    /// <param name="noun">The word for a mapping, in the singular.</param>
    /// <returns>A clause for each ending that occurs, such as <c>in 2 of 40 mappings the signal dies, first at depth 12</c>; a depth of -1 is
    /// unknown.</returns>
    public static IReadOnlyList<string> Count(IEnumerable<MappingEnd> ends, int all, string noun = "mapping") =>
        [
            .. ends.Where(end => end.HasEnded)
                .GroupBy(end => end.Ending)
                .OrderBy(group => group.Key)
                .Select(group =>
                {
                    int[] depths = [.. group.Select(end => end.Depth).Where(depth => depth >= 0)];
                    return $"in {Counted.Spell(group.Count(), all, noun)} {Say(group.Key)}"
                        + (
                            depths.Length > 0
                                ? string.Create(CultureInfo.InvariantCulture, $", {(group.Count() > 1 ? "first " : "")}at depth {depths.Min()}")
                                : ""
                        );
                }),
        ];

    /// <summary>Describes an ending as a clause.</summary>
    /// <param name="ending">The ending.</param>
    /// <returns>Subject and verb.</returns>
    public static string Say(Ending ending) =>
        ending switch
        {
            Ending.DeadSignal => "the signal dies",
            Ending.ExtinctNoise => "the noise dies while the signal lives",
            Ending.NoVariance => "the signal lives but no longer varies",
            Ending.Overflow => "a number overflows",
            Ending.NotANumber => "a number is NaN",
            Ending.None => "signal and noise last to the end",
            _ => throw new ArgumentOutOfRangeException(nameof(ending), ending, "expected an ending"),
        };
}
