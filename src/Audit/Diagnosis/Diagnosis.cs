using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>The conditions of an architecture that the post distinguishes.</summary>
public enum Condition
{
    /// <summary>There are too few mappings, or the data do not decide.</summary>
    Undecided,

    /// <summary>There is no pathology.</summary>
    WellBehaved,

    /// <summary>The signal collapses to one direction of variance, or dies.</summary>
    PathologicalSignal,

    /// <summary>SNR^l/SNR^0 decays exponentially.</summary>
    PathologicalSnr,

    /// <summary>
    /// The share μ₂/ν₂ of the signal that varies tends to zero: the signal becomes a point, its own mean. None of the post's four architectures shows this, but
    /// others do.
    /// </summary>
    PathologicalPoint,
}

/// <summary>The post's procedure for judging an architecture, from the random mappings of an experiment.</summary>
/// <remarks>
/// There are two levels of confidence. The picture, for a person who explores, rests on the mean drift over the mappings with simultaneous 95 % intervals,
/// which are asymptotic in the number of mappings. The certain condition, for a program that decides, rests on exact sign tests about the median mapping and
/// is wrong less than once in 1,000,000 experiments. Both speak only about the sampling of mappings at the depths that were simulated, not about the model or
/// about greater depths.
/// </remarks>
public sealed class Diagnosis
{
    /// <summary>Probability that the certain condition is wrong.</summary>
    public const double FalseRate = 1e-6;

    /// <summary>Probability that any statement of the picture is wrong, for many mappings.</summary>
    internal const double PictureFalseRate = 0.05;

    /// <summary>
    /// The same probability for the picture of the mappings that do not lie far from the others, which is looked at only if the mean over all decides nothing.
    /// </summary>
    internal const double OthersFalseRate = 0.01;

    /// <summary>Good health is named only if the share of all mappings that end or are pathological is certainly smaller than this.</summary>
    internal const double SickShare = 0.25;

    /// <summary>Why a net with residual units may lack effective ranks.</summary>
    private const string BranchIsOff = ", for example because a residual branch gives zero and only the skip connection carries the signal";

    /// <summary>
    /// A single mapping's gain counts as more than chance beyond this many standard deviations of the walk; by chance that happens once in twenty.
    /// </summary>
    private const double WalkDeviations = 1.645;

    internal Diagnosis(
        Condition condition,
        BinomialProportion signalPathology,
        BinomialProportion snrPathology,
        GrowthLaw? chiGrowth,
        double reffLimit,
        double medianReff,
        string sentence
    )
    {
        Condition = condition;
        SignalPathology = signalPathology;
        SnrPathology = snrPathology;
        ChiGrowth = chiGrowth;
        ReffLimit = reffLimit;
        MedianReff = medianReff;
        Sentence = sentence;
    }

    /// <summary>The picture: the stronger pathology if there are two.</summary>
    public Condition Condition { get; }

    /// <summary>Mappings whose signal collapses or dies.</summary>
    public BinomialProportion SignalPathology { get; }

    /// <summary>Mappings whose SNR decays exponentially and by more than the random walk of finite width explains.</summary>
    public BinomialProportion SnrPathology { get; }

    /// <summary>The law that χ follows; null without χ.</summary>
    public GrowthLaw? ChiGrowth { get; }

    /// <summary>The limit of the effective rank: 1, or the median at full depth if it no longer changes; NaN if neither is certain.</summary>
    public double ReffLimit { get; }

    /// <summary>Median effective rank at full depth; NaN without ranks.</summary>
    public double MedianReff { get; }

    /// <summary>The diagnosis in plain words.</summary>
    public string Sentence { get; private set; }

    /// <summary>Mappings whose signal becomes a point or no longer varies at all; no samples if the share that varies is not recorded.</summary>
    internal BinomialProportion PointPathology { get; init; }

    /// <summary>The mappings that ended before the full depth, and how.</summary>
    internal IReadOnlyList<MappingEnd> Ends { get; init; } = [];

    /// <summary>Number of all mappings.</summary>
    internal int Mappings { get; init; }

    /// <summary>
    /// Number of mappings far from the others that the picture leaves out, with its rates and medians; shares and the certain condition count them.
    /// </summary>
    internal int LeftOut => LeftOutRows.Count;

    /// <summary>Which these are, as rows among the mappings that did not end, in increasing order.</summary>
    internal IReadOnlyList<int> LeftOutRows { get; init; } = [];

    /// <summary>What a depth is: a layer, or a unit.</summary>
    internal string DepthUnit { get; init; } = MomentTable.Layer;

    /// <summary>Median share of the signal that varies at full depth; NaN where it is not recorded.</summary>
    internal double MedianShare { get; init; } = double.NaN;

    /// <summary>All conditions of the picture, the stronger pathology first.</summary>
    public IReadOnlyList<Condition> Conditions { get; internal init; } = [Condition.Undecided];

    /// <summary>The condition that is named wrongly less than once in 1,000,000 experiments; undecided if this requires more mappings.</summary>
    public Condition CertainCondition { get; internal init; }

    /// <summary>
    /// The number of additional mappings that would make the picture's condition certain if they behaved like these; 0 if it is certain; null if no number
    /// would, or nothing is named.
    /// </summary>
    public int? MoreMappings { get; internal init; }

    /// <summary>The effect of each stretch of depth and of the whole depth; empty if nothing can be read.</summary>
    internal IReadOnlyList<DepthRate> Rates { get; init; } = [];

    /// <summary>Diagnoses an experiment.</summary>
    /// <param name="table">Moments of an experiment.</param>
    /// <returns>The diagnosis; undecided, with the reason, if numbers are missing or there are too few mappings.</returns>
    public static Diagnosis Diagnose(MomentTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        var ends = Endings.Tally(table);
        if (WhyNot(table) is { } reason)
        {
            return Nothing($"Undecided: {reason}{ends.Without(Ending.NotANumber)}.");
        }

        if (ends.Common(PictureFalseRate) is { } common)
        {
            return new(common.Condition, ends.Proportion(ends.Dead), ends.Proportion(ends.ChiOverflows), null, double.NaN, double.NaN, common.Sentence)
            {
                Ends = table.Ends,
                Mappings = table.Mappings,
                Conditions = [common.Condition],
                PointPathology = ends.Proportion(ends.Unvarying),
                CertainCondition = common.Proportion.ShownByMost(FalseRate) == Verdict.Holds ? common.Condition : Condition.Undecided,
            };
        }

        var rates = DepthRate.Measure(table);
        if (table.Simulations < 2 || DepthContrasts.Measure(table) is not { } contrasts)
        {
            return Nothing(
                $"Undecided: {(table.Simulations < 2 ? "two mappings are the least" : "moments at three depths are the least")}; "
                    + $"{DiagnosisWords.Rates(rates, table)}{ends.Clause}.",
                rates,
                table.DepthUnit
            );
        }

        Conclusions[] single = [.. Enumerable.Range(0, table.Simulations).Select(mapping => Conclusions.Conclude(Single(contrasts, mapping)))];
        var mayBeMany = ends.MayBeMany(PictureFalseRate);
        var picture = Picture.See(table, contrasts, PictureFalseRate);
        var shown = ShownWith(picture.Seen);
        var conditions = ConditionsOf(picture, rates, shown, mayBeMany);
        IReadOnlyList<int> leftOut = [];
        if (conditions is [Condition.Undecided] && OutlyingMappings.InAnything(table, contrasts) is { } outlying)
        {
            // The mean over all mappings follows a few of them, and decides nothing. What the others show may be named, with their number.
            var others = Picture.See(outlying.Others, DepthContrasts.Measure(outlying.Others)!, OthersFalseRate);
            var (ratesOfOthers, shownOfOthers) = (DepthRate.Measure(outlying.Others), ShownWith(others.Seen));
            var named = ConditionsOf(others, ratesOfOthers, shownOfOthers, mayBeMany);
            if (named is not [Condition.Undecided])
            {
                (picture, rates, shown, conditions, leftOut) = (others, ratesOfOthers, shownOfOthers, named, outlying.Rows);
            }
        }

        var seen = picture.Seen;
        var decisive = Decisive(contrasts, ends.Count);
        var certain = Conclusions.Conclude(SignTests.Judge(decisive, FalseRate));
        certain = picture.IsTooShallow && certain.LosesSnr ? certain.WithoutLaw : certain;

        // The signs that are certain of the median mapping must not name a law that the stretches exclude.
        certain =
            (LawSigns.ExcludesBoth(picture.Signs) || certain.Growth == Growth.Superexponential) && certain.Growth != seen.Growth ? certain.WithoutLaw : certain;

        // What the signs of the living say is not said of the ensemble where too many may have ended.
        var isCertainlyHealthy = certain.IsWellBehaved && !ends.MayBeMany(FalseRate);
        var certainly = CertainOf(conditions[0], certain, isCertainlyHealthy);
        var median = picture.Table.Reff is { } reff ? reff.Select(row => row[^1]).Median() : double.NaN;
        var collapsing = single.Count(mapping => mapping.SignalCollapses);
        var diagnosis = new Diagnosis(
            conditions[0],
            shown[Condition.PathologicalSignal],
            shown[Condition.PathologicalSnr],
            GrowthOf(picture),
            conditions.Contains(Condition.PathologicalSignal) && seen.DirectionsFall ? 1
                : picture.Signs.Negative(Contrast.DirectionsHaveNotSettled) && HasOneLimit(seen, new BinomialProportion(collapsing, table.Simulations)) ? median
                : double.NaN,
            median,
            ""
        )
        {
            Conditions = conditions,
            Rates = rates,
            CertainCondition = certainly,
            MoreMappings = MoreOf(decisive, seen, ends, conditions[0], certainly),
            PointPathology = contrasts.LogShare is null && ends.Unvarying == 0 ? default : shown[Condition.PathologicalPoint],
            Ends = table.Ends,
            Mappings = table.Mappings,
            LeftOutRows = leftOut,
            DepthUnit = table.DepthUnit,
            MedianShare = picture.Contrasts.LogShare is { } share ? Math.Exp(share.Select(row => row[^1]).Median()) : double.NaN,
        };
        var evidence = new DiagnosisEvidence(picture)
        {
            Outlying = leftOut.Count > 0 ? null : OutlyingMappings.InChi(table, contrasts),
            Collapsing = collapsing,
        };
        diagnosis.Sentence = DiagnosisWords.Say(diagnosis, evidence) + ends.Clause + DiagnosisWords.LeftOut(diagnosis) + ".";
        return diagnosis;

        Dictionary<Condition, BinomialProportion> ShownWith(Conclusions conclusions) =>
            new()
            {
                [Condition.PathologicalSignal] = ends.Proportion(ends.Dead + single.Count(mapping => mapping.SignalCollapses)),
                [Condition.PathologicalSnr] = ends.Proportion(
                    ends.ChiOverflows + (contrasts.Walk is null ? 0 : Drowning(contrasts, conclusions).Count(label => label))
                ),
                [Condition.PathologicalPoint] = ends.Proportion(ends.Unvarying + single.Count(mapping => mapping.BecomesPoint)),
            };

        Diagnosis Nothing(string sentence, IReadOnlyList<DepthRate>? rates = null, string depthUnit = MomentTable.Layer) =>
            new(Condition.Undecided, default, default, null, double.NaN, double.NaN, sentence)
            {
                Ends = table.Ends,
                Mappings = table.Mappings,
                Rates = rates ?? [],
                DepthUnit = depthUnit,
            };
    }

    /// <summary>The reason why a table permits no verdict; null if it does.</summary>
    private static string? WhyNot(MomentTable table) =>
        table.Doubts.Count > 0
            ? string.Join("; ", table.Doubts)
                + (table.ResidualDepth is not null && table.Doubts.Any(doubt => doubt.Kind == ValueKind.NotComputed) ? BranchIsOff : "")
        : table.Reff is { } ranks && ranks.Any(row => row.Contains(EffectiveRank.NotComputed))
            ? $"effective ranks are not computed although the signal lives{(table.ResidualDepth is null ? "" : BranchIsOff)}"
        : table.Reff is null && table.LogChi is null && table.HasOnePoint ? "χ and directions of variance are not defined for the single point of the file"
        : table.Reff is null && table.LogChi is null ? "there are neither effective ranks nor χ"
        : table.Mappings == 0 ? "there are no mappings"
        : null;

    private static GrowthLaw? GrowthOf(Picture picture)
    {
        var (law, contrasts, bands, names) = (picture.Seen.Growth, picture.Contrasts, picture.Bands, picture.Names.ToArray());
        var grows = Array.IndexOf(names, Contrast.Grows);
        if (grows < 0)
        {
            return null;
        }

        var (first, second) = (contrasts.FirstGain!.Mean(), contrasts.SecondGain!.Mean());
        var unit = law switch
        {
            Growth.Exponential => contrasts.Depth - contrasts.Half,
            Growth.Power => Math.Log((double)contrasts.Depth / contrasts.Half),
            Growth.Undecided or Growth.Bounded or Growth.Walk or Growth.Subexponential or Growth.Superexponential => double.NaN,
            _ => throw new ArgumentOutOfRangeException(nameof(picture), law, "expected a law of growth"),
        };
        var (mean, lower, upper) = bands.Interval(grows);

        // The interval covers all shapes at once: it is as wide as the widest of the three.
        Contrast[] shapes = [Contrast.ShapeAboveThreeQuarters, Contrast.ShapeAboveHalf, Contrast.ShapeAboveMinusHalf];
        var shape = new ShapeInterval(contrasts, shapes.Max(name => bands.WidthOf(Array.IndexOf(names, name))));
        return new GrowthLaw(
            law,
            first > 0 == second > 0 && shape.At(first, second) is var p && Math.Abs(p) < ShapeInterval.Farthest ? p : double.NaN,
            mean / unit,
            lower / unit,
            upper / unit
        )
        {
            ShapeLower = shape.Lower,
            ShapeUpper = shape.Upper,
        };
    }

    /// <summary>
    /// The conditions, the stronger pathology first: the one that has cost more, by the logarithm of the SNR, of the directions beyond the first, or of the
    /// share that varies.
    /// </summary>
    /// <remarks>
    /// If mappings are of two kinds, their mean says nothing about either kind: so a condition is named only if at least half of the mappings show it too.
    /// Mappings that ended count against good health, unless they are certainly fewer than a quarter of all.
    /// </remarks>
    private static Condition[] ConditionsOf(Picture picture, IReadOnlyList<DepthRate> rates, Dictionary<Condition, BinomialProportion> shown, bool manyMayEnd)
    {
        var (seen, contrasts) = (picture.Seen, picture.Contrasts);
        if (seen.IsWellBehaved)
        {
            return [!manyMayEnd && shown.Values.All(proportion => proportion.Share < 0.5) ? Condition.WellBehaved : Condition.Undecided];
        }

        (Condition Condition, bool IsSeen, double Cost)[] pathologies =
        [
            (Condition.PathologicalSignal, seen.SignalCollapses, contrasts.LogExcessLost),
            (Condition.PathologicalSnr, seen.LosesSnr, 2 * (rates[^1].LogChi?.Value ?? double.NaN)),
            (Condition.PathologicalPoint, seen.BecomesPoint, contrasts.LogShareLost),
        ];
        Condition[] named =
        [
            .. pathologies.Where(one => one.IsSeen && shown[one.Condition].Share >= 0.5).OrderByDescending(one => one.Cost).Select(one => one.Condition),
        ];
        return named.Length == 0 ? [Condition.Undecided] : named;
    }

    private static Condition CertainOf(Condition pictured, Conclusions certain, bool isHealthy) =>
        pictured switch
        {
            Condition.PathologicalSignal when certain.SignalCollapses => pictured,
            Condition.PathologicalSnr when certain.LosesSnr => pictured,
            Condition.PathologicalPoint when certain.BecomesPoint => pictured,
            Condition.WellBehaved when isHealthy => pictured,
            Condition.PathologicalSignal or Condition.PathologicalSnr or Condition.PathologicalPoint or Condition.WellBehaved or Condition.Undecided =>
                isHealthy ? Condition.WellBehaved
                : certain.SignalCollapses ? Condition.PathologicalSignal
                : certain.LosesSnr ? Condition.PathologicalSnr
                : certain.BecomesPoint ? Condition.PathologicalPoint
                : Condition.Undecided,
            _ => throw new ArgumentOutOfRangeException(nameof(pictured), pictured, "expected a condition"),
        };

    /// <summary>
    /// The contrasts that conditions rest on, without the one on whether directions have settled, which is only reported. Mappings that ended answer none of
    /// them but are counted.
    /// </summary>
    private static Dictionary<Contrast, double[]> Decisive(DepthContrasts contrasts, int ended) =>
        contrasts
            .Deciding.Where(pair => pair.Key != Contrast.DirectionsHaveNotSettled)
            .ToDictionary(pair => pair.Key, pair => (double[])[.. pair.Value, .. Enumerable.Repeat(double.NaN, ended)]);

    private static int? MoreOf(Dictionary<Contrast, double[]> decisive, Conclusions seen, Endings ends, Condition pictured, Condition certain) =>
        pictured == Condition.Undecided ? null
        : certain == pictured ? 0
        : seen.Needed.TryGetValue(pictured, out var signs)
        && SignTests.MappingsFor(decisive, signs, FalseRate) is { } needed
        && (pictured == Condition.WellBehaved ? ends.MappingsForFew(FalseRate) : ends.All) is { } least
            ? Math.Max(1, Math.Max(needed, least) - ends.All)
        : null;

    /// <summary>Whether the whole ensemble has one limit: there is none if some mappings collapse and others keep their directions.</summary>
    private static bool HasOneLimit(Conclusions seen, BinomialProportion collapsing) =>
        seen.SignalCollapses ? collapsing.Share >= 0.5 : collapsing.Interval(PictureFalseRate).Lower < DiagnosisEvidence.Remarkable;

    /// <summary>The signs of a single mapping's own numbers.</summary>
    private static Signs Single(DepthContrasts contrasts, int mapping) =>
        new(contrasts.Deciding.ToDictionary(pair => pair.Key, pair => SignOf(pair.Value[mapping])), FalseRate: 1);

    /// <summary>The sign of a number; 0 for NaN, which tells nothing.</summary>
    private static int SignOf(double number) => double.IsNaN(number) ? 0 : Math.Sign(number);

    /// <summary>
    /// The mappings that lose their SNR exponentially: nearer to an exponential than to a power, with a gain that the walk explains once in twenty cases. The
    /// stretches of a single mapping scatter as a walk, so they must have a constant rate only if the ensemble has none.
    /// </summary>
    private static IEnumerable<bool> Drowning(DepthContrasts contrasts, Conclusions seen)
    {
        var (layers, variance) = (contrasts.Depth - contrasts.Half, contrasts.Walk!.Variance);
        var byChance = (2 * variance * layers) + (WalkDeviations * Math.Sqrt(variance * layers));
        return contrasts
            .Values[Contrast.ShapeAboveHalf]
            .Zip(contrasts.SecondGain!, (shape, gain) => shape > 0 && gain > byChance)
            .Select((drowns, mapping) => drowns && (seen.LosesSnr || LawSigns.HoldsRate(Single(contrasts, mapping))));
    }
}
