using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What the post would call an architecture.</summary>
public enum Condition
{
    /// <summary>Too few mappings, or too close to call.</summary>
    Undecided,

    /// <summary>Neither pathology.</summary>
    WellBehaved,

    /// <summary>The signal collapses to one direction of variance, or dies.</summary>
    PathologicalSignal,

    /// <summary>SNR^l/SNR^0 decays exponentially.</summary>
    PathologicalSnr,
}

/// <summary>The post's procedure for judging an architecture, from the random mappings of an experiment.</summary>
/// <remarks>
/// Two levels of confidence stand side by side. The picture, for a person who explores, rests on the mean drift over the mappings with simultaneous 95 % intervals, which are
/// asymptotic in the number of mappings. The certain condition, for a machine that decides, rests on exact sign tests about the median mapping and is wrong less
/// than once in 1,000,000 experiments. Both speak about the sampling of mappings, at the depths that were simulated; neither about the model or about depths beyond.
/// </remarks>
/// <param name="Condition">The picture: the stronger pathology if there are two.</param>
/// <param name="SignalPathology">Mappings whose signal collapses or dies.</param>
/// <param name="SnrPathology">Mappings whose SNR decays exponentially, and by more than the random walk of finite width.</param>
/// <param name="ChiGrowth">Which law χ follows; null without χ.</param>
/// <param name="ReffLimit">Where the effective rank goes: 1, or the median at full depth if it no longer moves; NaN if neither is sure.</param>
/// <param name="MedianReff">Median effective rank at full depth; NaN without ranks.</param>
/// <param name="Sentence">The diagnosis in plain words.</param>
public sealed record Diagnosis(
    Condition Condition,
    BinomialProportion SignalPathology,
    BinomialProportion SnrPathology,
    GrowthLaw? ChiGrowth,
    double ReffLimit,
    double MedianReff,
    string Sentence)
{
    /// <summary>Probability that the certain condition is wrong.</summary>
    public const double FalseRate = 1e-6;

    /// <summary>Probability that any statement of the picture is wrong, for many mappings.</summary>
    public const double PictureFalseRate = 0.05;

    /// <summary>A single mapping's gain is more than chance where it is beyond this many standard deviations of the walk: one in twenty by chance.</summary>
    private const double WalkDeviations = 1.645;

    /// <summary>All conditions of the picture, the stronger pathology first.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [Condition.Undecided];

    /// <summary>The condition that is named wrongly less than once in 1,000,000 experiments; undecided if that takes more mappings.</summary>
    public Condition CertainCondition { get; init; }

    /// <summary>How many more mappings would make the picture's condition certain, if they went on as these do; 0 if it is; null if no number would, or nothing is named.</summary>
    public int? MoreMappings { get; init; }

    /// <summary>What each stretch of depth does, and all of it; empty if nothing can be read.</summary>
    public IReadOnlyList<DepthRate> Rates { get; init; } = [];

    /// <summary>Diagnoses.</summary>
    /// <param name="table">Moments of an experiment.</param>
    /// <returns>The diagnosis; undecided, with the reason, where numbers are missing or mappings too few.</returns>
    public static Diagnosis Of(MomentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var all = table.Simulations + table.Died;
        var dead = new BinomialProportion(table.Died - table.NoiseDied, all);
        if (WhyNot(table) is { } reason)
        {
            return Nothing($"Undecided: {reason}.");
        }

        if (all > 0 && dead.Interval(PictureFalseRate).Lower > 0.5)
        {
            return Nothing(DiagnosisWords.Dead(dead)) with
            {
                Condition = Condition.PathologicalSignal,
                Conditions = [Condition.PathologicalSignal],
                SignalPathology = dead,
                CertainCondition = dead.ShownByMost(FalseRate) == Verdict.Holds ? Condition.PathologicalSignal : Condition.Undecided,
            };
        }

        if (all > 0 && new BinomialProportion(table.NoiseDied, all).Interval(PictureFalseRate).Lower > 0.5)
        {
            return Nothing($"Undecided: in {table.NoiseDied} of {Counted.Of(all, "mapping")} the noise is gone while the signal lives, and no signal-to-noise ratio is left to judge.");
        }

        var rates = DepthRate.Of(table);
        if (table.Simulations < 2 || DepthContrasts.Of(table) is not { } contrasts)
        {
            return Nothing($"Undecided: {(table.Simulations < 2 ? "two mappings are the least" : "moments at three depths are the least")}; {DiagnosisWords.Rates(rates, table)}.") with { Rates = rates };
        }

        var names = contrasts.Values.Keys.ToArray();
        var bands = SimultaneousBands.Of([.. contrasts.Values.Values], PictureFalseRate);
        var picture = new Signs(names.Select((name, i) => KeyValuePair.Create(name, bands.Sign(i))).ToDictionary(), PictureFalseRate);
        var seen = Conclusions.Of(picture);
        var certain = Conclusions.Of(SignTests.Of(Decisive(contrasts), FalseRate));
        var growth = GrowthOf(seen.Growth, contrasts, bands, Array.IndexOf(names, Contrast.Grows));
        var median = table.Reff is { } reff ? reff.Select(row => row[^1]).Median() : double.NaN;
        var collapsing = new BinomialProportion(dead.Successes + Labels(Collapsing(contrasts, table.Simulations)), all);
        var drowning = new BinomialProportion(Labels(contrasts.Walk is null ? null : Drowning(contrasts)), all);
        var conditions = ConditionsOf(seen, contrasts, rates, collapsing, drowning);
        var diagnosis = new Diagnosis(
            conditions[0],
            collapsing,
            drowning,
            growth,
            seen.SignalCollapses ? 1 : picture.Negative(Contrast.DirectionsHaveNotSettled) && picture.Positive(Contrast.MoreThanOneAndHalfDirections) ? median : double.NaN,
            median,
            "")
        {
            Conditions = conditions,
            Rates = rates,
            CertainCondition = CertainOf(conditions[0], certain),
            MoreMappings = MoreOf(contrasts, seen, conditions[0], CertainOf(conditions[0], certain), table.Simulations),
        };
        return diagnosis with { Sentence = DiagnosisWords.Say(diagnosis, seen, contrasts, table) };

        static int Labels(IEnumerable<bool>? labels) => labels?.Count(label => label) ?? 0;
        static Diagnosis Nothing(string sentence) => new(Condition.Undecided, default, default, null, double.NaN, double.NaN, sentence);
    }

    /// <summary>What of a table forbids a verdict; null if nothing does.</summary>
    private static string? WhyNot(MomentTable table) =>
        table.Findings.Count > 0 ? string.Join("; ", table.Findings)
        : table.Reff is null && table.LogChi is null ? "there are neither effective ranks nor χ"
        : table.Simulations + table.Died == 0 ? "there are no mappings"
        : null;

    private static GrowthLaw? GrowthOf(Growth law, DepthContrasts contrasts, SimultaneousBands bands, int grows)
    {
        if (grows < 0)
        {
            return null;
        }

        var (first, second) = (contrasts.FirstGain!.Mean(), contrasts.SecondGain!.Mean());
        var unit = law switch
        {
            Growth.Exponential => contrasts.Depth - contrasts.Half,
            Growth.Power => Math.Log((double)contrasts.Depth / contrasts.Half),
            Growth.Undecided or Growth.Bounded or Growth.Walk or Growth.Subexponential => double.NaN,
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law of growth"),
        };
        var (mean, lower, upper) = bands.Interval(grows);
        var shape = new ShapeInterval(contrasts, bands.Quantile);
        return new GrowthLaw(law, first > 0 == second > 0 ? shape.At(first, second) : double.NaN, mean / unit, lower / unit, upper / unit)
        {
            ShapeLower = shape.Lower,
            ShapeUpper = shape.Upper,
        };
    }

    /// <summary>The conditions, the stronger pathology first: that which has cost more, by the logarithm of the SNR or of the directions beyond the first.</summary>
    /// <remarks>A mean over mappings of two kinds is a statement about neither kind: what is named must also be what at least half of the mappings show.</remarks>
    private static IReadOnlyList<Condition> ConditionsOf(Conclusions seen, DepthContrasts contrasts, IReadOnlyList<DepthRate> rates, BinomialProportion collapsing, BinomialProportion drowning)
    {
        if (seen.IsWellBehaved)
        {
            return [collapsing.Share < 0.5 && drowning.Share < 0.5 ? Condition.WellBehaved : Condition.Undecided];
        }

        return (seen.SignalCollapses && collapsing.Share >= 0.5, seen.Growth == Growth.Exponential && drowning.Share >= 0.5) switch
        {
            (true, true) when 2 * rates[^1].LogChi!.Value.Value > contrasts.LogExcessLost => [Condition.PathologicalSnr, Condition.PathologicalSignal],
            (true, true) => [Condition.PathologicalSignal, Condition.PathologicalSnr],
            (true, false) => [Condition.PathologicalSignal],
            (false, true) => [Condition.PathologicalSnr],
            (false, false) => [Condition.Undecided],
        };
    }

    private static Condition CertainOf(Condition pictured, Conclusions certain) => pictured switch
    {
        Condition.PathologicalSignal when certain.SignalCollapses => pictured,
        Condition.PathologicalSnr when certain.Growth == Growth.Exponential => pictured,
        Condition.WellBehaved when certain.IsWellBehaved => pictured,
        Condition.PathologicalSignal or Condition.PathologicalSnr or Condition.WellBehaved or Condition.Undecided =>
            certain.IsWellBehaved ? Condition.WellBehaved
            : certain.SignalCollapses ? Condition.PathologicalSignal
            : certain.Growth == Growth.Exponential ? Condition.PathologicalSnr
            : Condition.Undecided,
        _ => throw new ArgumentOutOfRangeException(nameof(pictured), pictured, "expected a condition"),
    };

    /// <summary>The contrasts that conditions rest on: whether directions have settled is only told.</summary>
    private static Dictionary<Contrast, double[]> Decisive(DepthContrasts contrasts) => contrasts.Values.Where(pair => pair.Key != Contrast.DirectionsHaveNotSettled).ToDictionary();

    private static int? MoreOf(DepthContrasts contrasts, Conclusions seen, Condition pictured, Condition certain, int mappings) =>
        pictured == Condition.Undecided ? null
        : certain == pictured ? 0
        : SignTests.MappingsFor(Decisive(contrasts), seen.Needed, FalseRate) is { } needed ? Math.Max(1, needed - mappings)
        : null;

    /// <summary>Which mappings collapse: what is concluded from the signs of a single mapping's own numbers.</summary>
    private static IEnumerable<bool> Collapsing(DepthContrasts contrasts, int mappings) => Enumerable.Range(0, mappings)
        .Select(mapping => Conclusions.Of(new Signs(contrasts.Values.ToDictionary(pair => pair.Key, pair => SignOf(pair.Value[mapping])), FalseRate: 1)).SignalCollapses);

    /// <summary>A number that is none tells nothing.</summary>
    private static int SignOf(double number) => double.IsNaN(number) ? 0 : Math.Sign(number);

    /// <summary>Which mappings lose their SNR exponentially: nearer to an exponential than to a power, with a gain that the walk explains once in twenty.</summary>
    private static IEnumerable<bool> Drowning(DepthContrasts contrasts)
    {
        var (layers, variance) = (contrasts.Depth - contrasts.Half, contrasts.Walk!.Variance);
        var byChance = (2 * variance * layers) + (WalkDeviations * Math.Sqrt(variance * layers));
        return contrasts.Values[Contrast.ShapeAboveHalf].Zip(contrasts.SecondGain!, (shape, gain) => shape > 0 && gain > byChance);
    }
}
