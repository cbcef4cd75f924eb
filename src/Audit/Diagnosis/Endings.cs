using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>
/// What endings say about an ensemble. Mappings that ended are evidence too: conclusions from the remaining ones must not ignore them.
/// </summary>
/// <param name="All">Number of all mappings.</param>
/// <param name="Dead">Mappings whose signal dies.</param>
/// <param name="Unvarying">Mappings whose signal lives but no longer varies.</param>
/// <param name="NoiseDead">Mappings whose noise dies.</param>
/// <param name="ChiOverflows">Mappings in which χ exceeds the largest number of its format but the signal does not.</param>
/// <param name="Overflows">Mappings in which any number does.</param>
/// <param name="Count">Number of all mappings that ended.</param>
/// <param name="Clause">All of this in words, as the end of a sentence; empty if none ended.</param>
internal sealed record Endings(int All, int Dead, int Unvarying, int NoiseDead, int ChiOverflows, int Overflows, int Count, string Clause)
{
    /// <summary>More mappings than this nobody simulates: their number is not worth naming.</summary>
    private const int MostMappings = 1 << 24;

    private IReadOnlyList<MappingEnd> Ends { get; init; } = [];

    /// <summary>Counts the endings.</summary>
    /// <param name="table">The moments.</param>
    public static Endings Tally(MomentTable table)
    {
        var ends = table.Ends;
        var words = EndingWords.Count(ends, table.Mappings);
        var others = words.Count > 0 && table.Simulations > 0 ? [$"means are over the other {table.Simulations}"] : Array.Empty<string>();
        return new Endings(
            table.Mappings,
            Number(Ending.DeadSignal),
            Number(Ending.NoVariance),
            Number(Ending.ExtinctNoise),
            table.ChiOverflows,
            Number(Ending.Overflow),
            ends.Count,
            string.Concat(words.Concat(others).Select(clause => $"; {clause}"))
        )
        {
            Ends = ends,
        };

        int Number(Ending ending) => ends.Count(end => end.Ending == ending);
    }

    /// <summary>A number of mappings as a proportion of all.</summary>
    public BinomialProportion Proportion(int count) => new(count, All);

    /// <summary>
    /// Whether the share of all mappings that end may be too large for good health: a dead signal is pathological, whatever the other mappings do.
    /// </summary>
    /// <param name="falseRate">Probability that the answer is wrongly false.</param>
    public bool MayBeMany(double falseRate) => Count > 0 && Proportion(Count).Interval(falseRate).Upper >= Diagnosis.SickShare;

    /// <summary>The number of mappings at which so small a share of endings would surely be no threat to good health; null if the share is none.</summary>
    /// <param name="falseRate">Probability that the answer of <see cref="MayBeMany"/> is wrongly false.</param>
    public int? MappingsForFew(double falseRate)
    {
        var (tooFew, enough) = (All, (long)All);
        while (MayBeManyOf(enough))
        {
            if (enough > MostMappings)
            {
                return null;
            }

            (tooFew, enough) = ((int)enough, 2 * enough);
        }

        while (enough > tooFew + 1)
        {
            var middle = (tooFew + enough) / 2;
            (tooFew, enough) = MayBeManyOf(middle) ? ((int)middle, enough) : (tooFew, middle);
        }

        return (int)enough;

        bool MayBeManyOf(long mappings) =>
            Count > 0
            && new BinomialProportion((int)Math.Ceiling((double)Count * mappings / All), (int)mappings).Interval(falseRate).Upper >= Diagnosis.SickShare;
    }

    /// <summary>The condition of an ensemble most of whose mappings end in the same way, with its sentence; null if no ending is that of most.</summary>
    /// <param name="falseRate">Probability that an ending is wrongly called that of most.</param>
    public (Condition Condition, BinomialProportion Proportion, string Sentence)? Common(double falseRate)
    {
        return IsMost(Dead)
                ? (
                    Condition.PathologicalSignal,
                    Proportion(Dead),
                    $"Pathological signal: in {Tally(Dead)} the signal is zero from some depth on{First(Ending.DeadSignal)}{Without(Ending.DeadSignal)}."
                )
            : IsMost(Unvarying)
                ? (
                    Condition.PathologicalPoint,
                    Proportion(Unvarying),
                    $"Pathological point: in {Tally(Unvarying)} the signal is the same at all points from some depth "
                        + $"on{First(Ending.NoVariance)}{Without(Ending.NoVariance)}."
                )
            : IsMost(ChiOverflows)
                ? (
                    Condition.PathologicalSnr,
                    Proportion(ChiOverflows),
                    $"Pathological SNR: in {Tally(ChiOverflows)} χ exceeds every number that its format holds{First(Ending.Overflow)}, and no "
                        + $"signal-to-noise ratio is left{Without(Ending.Overflow)}."
                )
            : IsMost(NoiseDead)
                ? (
                    Condition.Undecided,
                    Proportion(NoiseDead),
                    $"Undecided: in {Tally(NoiseDead)} the noise is gone while the signal lives{First(Ending.ExtinctNoise)}, and no "
                        + $"signal-to-noise ratio is left to judge{Without(Ending.ExtinctNoise)}."
                )
            : IsMost(Overflows)
                ? (
                    Condition.Undecided,
                    Proportion(Overflows),
                    $"Undecided: in {Tally(Overflows)} numbers overflow{First(Ending.Overflow)}, and nothing is known of what follows; logarithms "
                        + $"would not{Without(Ending.Overflow)}."
                )
            : IsMost(Count) ? (Condition.Undecided, Proportion(Count), $"Undecided: most mappings end before their depth{Clause}.")
            : null;

        bool IsMost(int count) => count > 0 && Proportion(count).Interval(falseRate).Lower > 0.5;
    }

    private string Tally(int count) => Counted.Spell(count, All, "mapping");

    /// <summary>The depth of the first such ending, in words.</summary>
    private string First(Ending ending) =>
        Ends.Where(end => end.Ending == ending && end.Depth >= 0).Select(end => end.Depth).DefaultIfEmpty(-1).Min() is > 0 and var depth
            ? $" (the first at depth {depth})"
            : "";

    /// <summary>The other endings in words, as the end of a sentence; empty if there are none.</summary>
    /// <param name="ending">The ending that is left out, because it is mentioned elsewhere.</param>
    public string Without(Ending ending) => string.Concat(EndingWords.Count(Ends.Where(end => end.Ending != ending), All).Select(clause => $"; {clause}"));
}
