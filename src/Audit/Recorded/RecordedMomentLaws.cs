using static Wellbehaved.Audit.RecordedQuantities;

namespace Wellbehaved.Audit;

/// <summary>
/// Judges, from recorded figures, what holds for the moments of every network: their ranges, the inequalities between them, and their agreement with each
/// other.
/// </summary>
/// <param name="figures">The figures.</param>
/// <param name="at">The words for the key of a figure: a depth or a place.</param>
/// <param name="largestRank">The largest effective rank that points and channels allow, by key; null if they are not known.</param>
/// <param name="hasOnePoint">Whether a key is known to have a single point.</param>
/// <param name="needsBound">Whether ranks without a known bound are left unjudged.</param>
/// <param name="stated">What cannot be true of the facts that a file states once of each simulation.</param>
internal sealed class RecordedMomentLaws(
    RecordedFigures figures,
    Func<int, string> at,
    Func<int, double?> largestRank,
    Func<int, bool> hasOnePoint,
    bool needsBound,
    IReadOnlyList<MomentFinding> stated
)
{
    private const double Rounding = MomentRange.RoundingOfSingle;

    /// <summary>Measurements for law D1.</summary>
    /// <param name="normalised">Names of ν₁ after batch norm, where ν₂ is at most 1 whether it is recorded or not.</param>
    public List<Measurement> Inequalities(IEnumerable<string> normalised)
    {
        var (comparison, ranges, logarithms) = (new ExactComparison(), new ExactComparison(), new ExactComparison());
        foreach (var name in figures.Names.Where(name => MomentRange.IsMoment(name) && !MomentRange.IsRank(name)))
        {
            Range(ranges, name, "means of absolute values and squares are not negative");
        }

        foreach (var name in figures.Names.Where(name => name.StartsWith(LogConsistency, StringComparison.Ordinal)))
        {
            Bound(logarithms, name, 0, 0, Rounding, "the recorded logarithm is that of the recorded number");
        }

        foreach (var (bounded, words) in new[] { (Nu1OverNu2, "ν₁² ≤ ν₂"), (Mu2OverNu2, "μ₂ ≤ ν₂"), (Mu2OverMu4, "μ₂² ≤ μ₄") })
        {
            foreach (var name in figures.Names.Where(name => name.StartsWith(bounded, StringComparison.Ordinal)))
            {
                Bound(comparison, name, 0, 1, Rounding, words);
            }
        }

        foreach (var name in figures.Names.Where(name => name.StartsWith(ChiConsistency, StringComparison.Ordinal)))
        {
            Bound(comparison, name, 0, 0, Rounding, "χ is sqrt(μ₂(dx)/μ₂(x)) times a constant of the simulation");
        }

        foreach (var name in normalised)
        {
            Bound(comparison, name, 0, 1, Rounding, "ν₁ ≤ √ν₂ ≤ 1 after batch norm");
        }

        return
        [
            .. stated.Select(finding => finding.Conclude()),
            .. Findings(name => (MomentRange.IsMoment(name) && !MomentRange.IsRank(name)) || name.StartsWith(LogConsistency, StringComparison.Ordinal)),
            .. Concluded(ranges, "ranges of recorded moments"),
            .. Concluded(logarithms, "recorded logarithms against the recorded numbers"),
            .. Concluded(comparison, "inequalities between recorded moments"),
        ];
    }

    /// <summary>Measurements for law D2.</summary>
    public List<Measurement> EffectiveRanks()
    {
        var comparison = new ExactComparison();
        foreach (var name in figures.Names.Where(MomentRange.IsRank))
        {
            Range(comparison, name, "1 ≤ r_eff ≤ min(N, P - 1)");
        }

        return [.. Findings(MomentRange.IsRank), .. Unbounded(), .. Concluded(comparison, "effective ranks within their bounds")];
    }

    /// <summary>
    /// What keeps the law from being judged: a rank over a single point, over which nothing varies, or one whose upper bound nobody states.
    /// </summary>
    private IEnumerable<Measurement> Unbounded()
    {
        foreach (var name in figures.Names.Where(MomentRange.IsRank))
        {
            var recorded = figures.Find(name)!.Where(pair => pair.Value.Count > 0).ToArray();
            if (Array.FindAll(recorded, pair => hasOnePoint(pair.Key)) is [var single, ..] singles)
            {
                yield return MomentFinding.Measure(
                    $"{name} is recorded over a single point, over which nothing varies, at {at(single.Key)}",
                    singles.Length,
                    recorded.Length,
                    Verdict.Inconclusive
                );
            }

            if (needsBound && Array.FindAll(recorded, pair => largestRank(pair.Key) is null) is [var open, ..] unknown)
            {
                yield return MomentFinding.Measure(
                    $"{name} has no known upper bound, since the file states neither its network nor {ResultArrays.Channels} and {ResultArrays.Points}, "
                        + $"at {at(open.Key)}",
                    unknown.Length,
                    recorded.Length,
                    Verdict.Inconclusive
                );
            }
        }
    }

    /// <summary>
    /// The unit roundoff of the format in which a moment was kept. The extremes of the moment are numbers of the array, so they fit that format. A bound that
    /// the format holds exactly, such as 0 or 1, needs no allowance: rounding does not change the order of numbers.
    /// </summary>
    public double UnitRoundoffOf(string name) =>
        figures.Find(name) is { } byKey ? RecordedPrecision.Find([.. byKey.Values.Select(figure => new[] { figure.Least, figure.Greatest })]).UnitRoundoff : 0;

    /// <summary>Adds comparisons of all numbers of a quantity with two bounds.</summary>
    public void Bound(ExactComparison comparison, string name, double lower, double upper, double tolerance, string words) =>
        Bound(comparison, name, _ => (lower, upper, tolerance), words);

    /// <summary>The same for some keys only.</summary>
    public void Bound(ExactComparison comparison, string name, IReadOnlyCollection<int> keys, double lower, double upper, double tolerance, string words) =>
        Bound(comparison, name, key => keys.Contains(key) ? (lower, upper, tolerance) : null, words);

    /// <summary>The measurement of the comparisons; none if nothing was compared.</summary>
    public static List<Measurement> Concluded(ExactComparison comparison, string words) => comparison.Comparisons == 0 ? [] : [comparison.Conclude(words)];

    private void Bound(ExactComparison comparison, string name, Func<int, (double Lower, double Upper, double Tolerance)?> bounds, string words)
    {
        foreach (var (key, figure) in figures.Find(name) ?? new Dictionary<int, RecordedSummary>())
        {
            if (bounds(key) is not var (lower, upper, tolerance))
            {
                continue;
            }

            foreach (var extreme in figure.Count == 0 ? [] : new[] { figure.Least, figure.Greatest })
            {
                comparison.AddBetween(new Observed(extreme), new Expected(lower), new Expected(upper), tolerance, $"{name}, {at(key)}: {words}");
            }
        }
    }

    /// <summary>Compares the values of a moment with its range.</summary>
    private void Range(ExactComparison comparison, string name, string words)
    {
        // Rounding is relative to the rank: at the lower bound it is relative to 1, however large the upper bound is.
        var (least, _, tolerance) = MomentRange.OfFile().LimitsOf(name);
        Bound(comparison, name, least, double.PositiveInfinity, tolerance, words);
        if (MomentRange.IsRank(name) && figures.Find(name)?.Keys.Any(key => largestRank(key) is not null) == true)
        {
            var roundoff = UnitRoundoffOf(name);
            Bound(
                comparison,
                name,
                key =>
                    MomentRange.OfFile(largestRank(key) ?? double.PositiveInfinity).LimitsOf(name) is var (_, upper, rounding) && double.IsFinite(upper)
                        ? (double.NegativeInfinity, upper, rounding + (roundoff * upper))
                        : null,
                words
            );
        }
    }

    /// <summary>
    /// Findings on numbers that are not finite: rejected if the file shows that the number exists, inconclusive if the file does not say why.
    /// </summary>
    private List<Measurement> Findings(Func<string, bool> chosen)
    {
        var found = new List<Measurement>();
        foreach (var name in figures.Names.Where(chosen))
        {
            var byKey = figures.Find(name)!;
            var what = name.StartsWith(LogConsistency, StringComparison.Ordinal) ? MomentRange.Log + name[(LogConsistency.Length + 1)..] : name;
            Count(figure => figure.NotFinite, $"{what} contradicts the other numbers of its place: it is not finite, or is none of them", Verdict.Rejected);
            var gap = MomentRange.IsRank(what) ? "is not computed or is not a finite number" : "is not a finite number";
            Count(figure => figure.Unknown, $"{what} {gap}, and the file does not say why,", Verdict.Inconclusive);

            void Count(Func<RecordedSummary, int> count, string words, Verdict verdict)
            {
                if (byKey.Any(pair => count(pair.Value) > 0))
                {
                    var (first, worst) = (byKey.First(pair => count(pair.Value) > 0).Key, byKey.MaxBy(pair => count(pair.Value)));
                    var of = worst.Value.Count + worst.Value.NotFinite + worst.Value.Unknown;
                    found.Add(
                        MomentFinding.Measure(
                            $"{words} in {Counted.Spell(count(worst.Value), of, "simulation")} at {at(worst.Key)}, first at {at(first)}",
                            count(worst.Value),
                            of,
                            verdict
                        )
                    );
                }
            }
        }

        return found;
    }
}
