using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>What the post would call an architecture.</summary>
public enum Condition
{
    /// <summary>Too shallow, too few mappings, or too close to call.</summary>
    Undecided,

    /// <summary>Neither pathology.</summary>
    WellBehaved,

    /// <summary>The signal collapses to one direction of variance.</summary>
    PathologicalSignal,

    /// <summary>SNR^l/SNR^0 decays exponentially.</summary>
    PathologicalSnr,
}

/// <summary>The post's procedure for judging an architecture, from the random mappings of an experiment.</summary>
/// <param name="Condition">The verdict.</param>
/// <param name="SignalPathology">Mappings whose signal collapses.</param>
/// <param name="SnrPathology">Mappings whose SNR decays exponentially.</param>
/// <param name="ChiGrowth">Which law χ follows.</param>
/// <param name="ReffLimit">Where the effective rank goes: 1, or the median at full depth if it no longer moves; NaN if neither is sure.</param>
/// <param name="MedianReff">Median effective rank at full depth.</param>
/// <param name="Sentence">The diagnosis in one plain sentence.</param>
public sealed record Diagnosis(
    Condition Condition,
    BinomialProportion SignalPathology,
    BinomialProportion SnrPathology,
    GrowthLaw? ChiGrowth,
    double ReffLimit,
    double MedianReff,
    string Sentence)
{
    /// <summary>Probability of a wrong diagnosis; 22 unanimous mappings get below it.</summary>
    public const double FalseRate = 1e-6;

    /// <summary>A quarter of it must lie beyond the first 16 layers or so, in which the effective rank of a batch-normalised net settles from its input's.</summary>
    public const int LeastDepth = 64;

    /// <summary>Half of the power with which r_eff - 1 decays where it decays slowest in our nets, measured: (2.7 ± 0.8)/ln 4.</summary>
    private const double DecayMark = 0.5;

    /// <summary>Diagnoses.</summary>
    /// <param name="table">Moments of an experiment.</param>
    /// <returns>The diagnosis; undecided, with the reason, where the experiment is too shallow or too small.</returns>
    public static Diagnosis Of(MomentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var behaviours = MappingBehaviour.Of(table);
        var depth = table.Depths[^1];
        if (behaviours is null || depth < LeastDepth || table.Simulations < 2 || table.Findings.Count > 0)
        {
            var reason = table.Findings.Count > 0 ? string.Join("; ", table.Findings)
                : table.Reff is null ? "there are no effective ranks"
                : table.LogChi is null ? "there is no χ"
                : table.Simulations < 2 ? "two mappings are the least"
                : depth < LeastDepth ? $"depth {depth} is too shallow, {LeastDepth} is the least"
                : $"moments are needed at depths {depth / 4.0}, {depth / 2.0} and {depth}";
            return new Diagnosis(Condition.Undecided, default, default, null, double.NaN, double.NaN, $"Undecided: {reason}.");
        }

        var collapsing = new BinomialProportion(behaviours.Count(behaviour => behaviour.SignalCollapses), behaviours.Count);
        var drowning = new BinomialProportion(behaviours.Count(behaviour => behaviour.SnrDecaysExponentially), behaviours.Count);
        var growth = GrowthLaw.Of([.. behaviours.Select(behaviour => behaviour.FirstGain)], [.. behaviours.Select(behaviour => behaviour.SecondGain)], depth, FalseRate);
        var (collapse, drown) = (collapsing.ShownByMost(FalseRate / 2), drowning.ShownByMost(FalseRate / 2));
        var condition = collapse == Verdict.Holds ? Condition.PathologicalSignal
            : drown == Verdict.Holds && collapse == Verdict.Rejected ? Condition.PathologicalSnr
            : collapse == Verdict.Rejected && drown == Verdict.Rejected && growth.Law is Growth.Power or Growth.Bounded ? Condition.WellBehaved
            : Condition.Undecided;
        var median = behaviours.Select(behaviour => behaviour.ReffAtEnd).Median();
        var limit = LimitOf(behaviours, median);
        return new Diagnosis(condition, collapsing, drowning, growth, limit, median, Say(condition, collapsing, drowning, growth, limit, depth));
    }

    private static double LimitOf(IReadOnlyList<MappingBehaviour> behaviours, double median)
    {
        // The power with which r_eff - 1 decays, from a quarter of the depth on.
        var (lower, upper) = GrowthLaw.Interval([.. behaviours.Select(behaviour => -Math.Log(Math.Max(behaviour.ReffAtEnd - 1, 1e-12) / Math.Max(behaviour.ReffAtQuarter - 1, 1e-12)) / Math.Log(4))], FalseRate);
        return lower > DecayMark ? 1 : upper < DecayMark ? median : double.NaN;
    }

    private static string Say(Condition condition, BinomialProportion collapsing, BinomialProportion drowning, GrowthLaw growth, double limit, int depth)
    {
        var chi = growth.Law switch
        {
            Growth.Exponential => Invariant($"χ grows by a factor of {Math.Exp(growth.Parameter):F4} in each layer"),
            Growth.Power => Invariant($"χ grows as the power {growth.Parameter:F3} of the depth"),
            Growth.Bounded => "χ stays bounded",
            _ => "no law of growth of χ can be told",
        };
        var directions = limit == 1 ? "the signal tends to one direction of variance" : double.IsNaN(limit) ? "the limit of the effective rank cannot be told" : Invariant($"the signal keeps {limit:F1} directions of variance");
        return condition switch
        {
            Condition.PathologicalSignal => $"Pathological signal: in {Share(collapsing)} of the mappings {directions}; {chi}.",
            Condition.PathologicalSnr => $"Pathological SNR: in {Share(drowning)} of the mappings the signal-to-noise ratio decays exponentially; {chi}, while {directions}.",
            Condition.WellBehaved => $"Well-behaved to depth {depth}: {directions}, and {chi}.",
            _ => $"Undecided at depth {depth}: {Share(collapsing)} of the mappings collapse and {Share(drowning)} lose their signal-to-noise ratio exponentially, which {Model.Counted.Of(collapsing.Samples, "mapping")} {(collapsing.Samples == 1 ? "does" : "do")} not settle; {chi}.",
        };
    }

    private static string Share(BinomialProportion proportion)
    {
        var (lower, upper) = proportion.Interval(0.05);
        return Invariant($"{Math.Floor(100 * proportion.Share):F0} % ({Math.Floor(100 * lower):F0} to {Math.Ceiling(100 * upper):F0} %)");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
