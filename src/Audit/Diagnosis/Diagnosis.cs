using MathNet.Numerics.Statistics;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>What the post would call an architecture.</summary>
public enum Condition
{
    /// <summary>Too few mappings, or too close to call.</summary>
    Undecided,

    /// <summary>No pathology.</summary>
    WellBehaved,

    /// <summary>The signal collapses to one direction of variance, or dies.</summary>
    PathologicalSignal,

    /// <summary>SNR^l/SNR^0 decays exponentially.</summary>
    PathologicalSnr,

    /// <summary>
    /// The share μ₂/ν₂ of the signal that varies tends to zero: the signal becomes a point, its own mean. The post's four architectures do not show it, others
    /// do.
    /// </summary>
    PathologicalPoint,
}

/// <summary>The post's procedure for judging an architecture, from the random mappings of an experiment.</summary>
/// <remarks>
/// Two levels of confidence stand side by side. The picture, for a person who explores, rests on the mean drift over the mappings with simultaneous 95 %
/// intervals, which are asymptotic in the number of mappings. The certain condition, for a machine that decides, rests on exact sign tests about the median
/// mapping and is wrong less than once in 1,000,000 experiments. Both speak about the sampling of mappings, at the depths that were simulated; neither about
/// the model or about depths beyond.
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
    string Sentence
)
{
    /// <summary>Probability that the certain condition is wrong.</summary>
    public const double FalseRate = 1e-6;

    /// <summary>Probability that any statement of the picture is wrong, for many mappings.</summary>
    public const double PictureFalseRate = 0.05;

    /// <summary>Good health is named where a smaller share of all mappings ends, or is pathological, for sure.</summary>
    internal const double SickShare = 0.25;

    /// <summary>Directions that fall as a smaller power of the depth tend nowhere that can be named.</summary>
    private const double LeastLossPower = 0.25;

    /// <summary>Why a net with residual units may lack effective ranks.</summary>
    private const string BranchIsOff = ", as where a residual branch gives zero and the signal goes on in the skip connection alone";

    /// <summary>Both ends of the interval of a gain, or of what a stretch gains beyond a law's least, are told.</summary>
    private static readonly int[] Intervals = [1, -1];

    /// <summary>A single mapping's gain is more than chance where it is beyond this many standard deviations of the walk: one in twenty by chance.</summary>
    private const double WalkDeviations = 1.645;

    /// <summary>Mappings whose signal becomes a point, or no longer varies at all; no samples where the share that varies is not recorded.</summary>
    internal BinomialProportion PointPathology { get; init; }

    /// <summary>How mappings ended before their depth.</summary>
    internal IReadOnlyList<MappingEnd> Ends { get; init; } = [];

    /// <summary>Number of all mappings.</summary>
    internal int Mappings { get; init; }

    /// <summary>What a depth is: a layer, or a unit.</summary>
    internal string DepthUnit { get; init; } = MomentTable.Layer;

    /// <summary>Median share of the signal that varies at full depth; NaN where it is not recorded.</summary>
    internal double MedianShare { get; init; } = double.NaN;

    /// <summary>All conditions of the picture, the stronger pathology first.</summary>
    public IReadOnlyList<Condition> Conditions { get; init; } = [Condition.Undecided];

    /// <summary>The condition that is named wrongly less than once in 1,000,000 experiments; undecided if that takes more mappings.</summary>
    public Condition CertainCondition { get; init; }

    /// <summary>
    /// How many more mappings would make the picture's condition certain, if they went on as these do; 0 if it is; null if no number would, or nothing is
    /// named.
    /// </summary>
    public int? MoreMappings { get; init; }

    /// <summary>What each stretch of depth does, and all of it; empty if nothing can be read.</summary>
    public IReadOnlyList<DepthRate> Rates { get; init; } = [];

    /// <summary>Diagnoses.</summary>
    /// <param name="table">Moments of an experiment.</param>
    /// <returns>The diagnosis; undecided, with the reason, where numbers are missing or mappings too few.</returns>
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
            return Nothing(common.Sentence) with
            {
                Condition = common.Condition,
                Conditions = [common.Condition],
                SignalPathology = ends.Proportion(ends.Dead),
                SnrPathology = ends.Proportion(ends.ChiOverflows),
                PointPathology = ends.Proportion(ends.Unvarying),
                CertainCondition = common.Proportion.ShownByMost(FalseRate) == Verdict.Holds ? common.Condition : Condition.Undecided,
            };
        }

        var rates = DepthRate.Measure(table);
        if (table.Simulations < 2 || DepthContrasts.Measure(table) is not { } contrasts)
        {
            return Nothing(
                $"Undecided: {(table.Simulations < 2 ? "two mappings are the least" : "moments at three depths are the least")}; "
                    + $"{DiagnosisWords.Rates(rates, table)}{ends.Clause}."
            ) with
            {
                Rates = rates,
                DepthUnit = table.DepthUnit,
            };
        }

        var names = contrasts.Values.Keys.ToArray();
        IReadOnlyList<int>[] sides = [.. names.Select(name => name == Contrast.Grows || LawSigns.IsStretch(name) ? Intervals : ContrastSides.SidesOf(name))];
        var bands = SimultaneousBands.Compute([.. contrasts.Values.Values], PictureFalseRate, sides);
        var picture = new Signs(
            names.Select((name, i) => KeyValuePair.Create(name, sides[i].Contains(bands.Sign(i)) ? bands.Sign(i) : 0)).ToDictionary(),
            PictureFalseRate
        );
        var (seen, branch) = (Conclusions.Conclude(picture), DilutedBranch.Fit(table, contrasts));

        // That they tend to one is said no longer where they have settled within the last doubling: a word less, which needs no test.
        seen = seen with
        {
            DirectionsFall = seen.DirectionsFall && contrasts.LateLossPower >= LeastLossPower,
        };
        var decisive = Decisive(contrasts, ends.Count);
        var certain = Conclusions.Conclude(SignTests.Judge(decisive, FalseRate));
        if (branch is { } shallow && shallow.DepthNeeded > contrasts.Depth)
        {
            // What a diluted branch does before its power law shows looks exponential, and is not (law A2).
            (seen, certain) = (seen.LosesSnr ? seen.WithoutLaw : seen, certain.LosesSnr ? certain.WithoutLaw : certain);
        }

        // Signs that are certain of the median mapping name no law that the stretches exclude.
        certain = (LawSigns.ExcludesBoth(picture) || certain.Growth == Growth.Superexponential) && certain.Growth != seen.Growth ? certain.WithoutLaw : certain;

        var growth = GrowthOf(seen.Growth, contrasts, bands, names);
        var median = table.Reff is { } reff ? reff.Select(row => row[^1]).Median() : double.NaN;
        Conclusions[] single = [.. Enumerable.Range(0, table.Simulations).Select(mapping => Conclusions.Conclude(Single(contrasts, mapping)))];
        var shown = new Dictionary<Condition, BinomialProportion>
        {
            [Condition.PathologicalSignal] = ends.Proportion(ends.Dead + single.Count(mapping => mapping.SignalCollapses)),
            [Condition.PathologicalSnr] = ends.Proportion(ends.ChiOverflows + (contrasts.Walk is null ? 0 : Drowning(contrasts, seen).Count(label => label))),
            [Condition.PathologicalPoint] = ends.Proportion(ends.Unvarying + single.Count(mapping => mapping.BecomesPoint)),
        };
        var conditions = ConditionsOf(seen, contrasts, rates, shown, ends.MayBeMany(PictureFalseRate));
        var diagnosis = new Diagnosis(
            conditions[0],
            shown[Condition.PathologicalSignal],
            shown[Condition.PathologicalSnr],
            growth,
            conditions.Contains(Condition.PathologicalSignal) && seen.DirectionsFall ? 1
                : picture.Negative(Contrast.DirectionsHaveNotSettled)
                && HasOneLimit(seen, new BinomialProportion(single.Count(mapping => mapping.SignalCollapses), table.Simulations))
                    ? median
                : double.NaN,
            median,
            ""
        )
        {
            Conditions = conditions,
            Rates = rates,
            CertainCondition = CertainOf(conditions[0], certain),
            MoreMappings = MoreOf(decisive, seen, conditions[0], CertainOf(conditions[0], certain), table.Mappings),
            PointPathology = contrasts.LogShare is null && ends.Unvarying == 0 ? default : shown[Condition.PathologicalPoint],
            Ends = table.Ends,
            Mappings = table.Mappings,
            DepthUnit = table.DepthUnit,
            MedianShare = contrasts.LogShare is { } share ? Math.Exp(share.Select(row => row[^1]).Median()) : double.NaN,
        };
        var evidence = new DiagnosisEvidence(seen, contrasts, table)
        {
            Branch = branch,
            FitsNoLaw = LawSigns.ExcludesBoth(picture),
            Picture = picture,
            MappingsToTell = MappingsToTell(contrasts, bands, names),
            Outlying = OutlyingMappings.Find(table, contrasts),
            Collapsing = single.Count(mapping => mapping.SignalCollapses),
        };
        return diagnosis with { Sentence = DiagnosisWords.Say(diagnosis, evidence) + ends.Clause + "." };

        Diagnosis Nothing(string sentence) =>
            new(Condition.Undecided, default, default, null, double.NaN, double.NaN, sentence) { Ends = table.Ends, Mappings = table.Mappings };
    }

    /// <summary>What of a table forbids a verdict; null if nothing does.</summary>
    private static string? WhyNot(MomentTable table) =>
        table.Doubts.Count > 0
            ? string.Join("; ", table.Doubts)
                + (table.ResidualDepth is not null && table.Doubts.Any(doubt => doubt.Kind == ValueKind.NotComputed) ? BranchIsOff : "")
        : table.Reff is { } ranks && ranks.Any(row => row.Contains(EffectiveRank.NotComputed))
            ? $"effective ranks are not computed although the signal lives{(table.ResidualDepth is null ? "" : BranchIsOff)}"
        : table.Reff is null && table.LogChi is null && table.HasOnePoint ? "χ and directions of variance do not exist over the single point of the file"
        : table.Reff is null && table.LogChi is null ? "there are neither effective ranks nor χ"
        : table.Mappings == 0 ? "there are no mappings"
        : null;

    private static GrowthLaw? GrowthOf(Growth law, DepthContrasts contrasts, SimultaneousBands bands, Contrast[] names)
    {
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
            _ => throw new ArgumentOutOfRangeException(nameof(law), law, "expected a law of growth"),
        };
        var (mean, lower, upper) = bands.Interval(grows);

        // All shapes at once: as wide as the widest of those that are asked for.
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
    /// The conditions, the stronger pathology first: that which has cost more, by the logarithm of the SNR, of the directions beyond the first, or of the share
    /// that varies.
    /// </summary>
    /// <remarks>
    /// A mean over mappings of two kinds is a statement about neither kind: what is named must also be what at least half of the mappings show. Mappings that
    /// ended speak against good health unless fewer than a quarter of all do, for sure.
    /// </remarks>
    private static Condition[] ConditionsOf(
        Conclusions seen,
        DepthContrasts contrasts,
        IReadOnlyList<DepthRate> rates,
        Dictionary<Condition, BinomialProportion> shown,
        bool manyMayEnd
    )
    {
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

    private static Condition CertainOf(Condition pictured, Conclusions certain) =>
        pictured switch
        {
            Condition.PathologicalSignal when certain.SignalCollapses => pictured,
            Condition.PathologicalSnr when certain.LosesSnr => pictured,
            Condition.PathologicalPoint when certain.BecomesPoint => pictured,
            Condition.WellBehaved when certain.IsWellBehaved => pictured,
            Condition.PathologicalSignal or Condition.PathologicalSnr or Condition.PathologicalPoint or Condition.WellBehaved or Condition.Undecided =>
                certain.IsWellBehaved ? Condition.WellBehaved
                : certain.SignalCollapses ? Condition.PathologicalSignal
                : certain.LosesSnr ? Condition.PathologicalSnr
                : certain.BecomesPoint ? Condition.PathologicalPoint
                : Condition.Undecided,
            _ => throw new ArgumentOutOfRangeException(nameof(pictured), pictured, "expected a condition"),
        };

    /// <summary>
    /// The contrasts that conditions rest on: whether directions have settled is only told. Mappings that ended answer none of them, and count.
    /// </summary>
    private static Dictionary<Contrast, double[]> Decisive(DepthContrasts contrasts, int ended) =>
        contrasts
            .Deciding.Where(pair => pair.Key != Contrast.DirectionsHaveNotSettled)
            .ToDictionary(pair => pair.Key, pair => (double[])[.. pair.Value, .. Enumerable.Repeat(double.NaN, ended)]);

    private static int? MoreOf(Dictionary<Contrast, double[]> decisive, Conclusions seen, Condition pictured, Condition certain, int mappings) =>
        pictured == Condition.Undecided ? null
        : certain == pictured ? 0
        : SignTests.MappingsFor(decisive, pictured == Condition.PathologicalPoint ? seen.NeededForPoint : seen.Needed, FalseRate) is { } needed
            ? Math.Max(1, needed - mappings)
        : null;

    /// <summary>The half-width of an interval falls as the root of the number of mappings: where it comes down to the mean, the sign is told.</summary>
    private static Dictionary<Contrast, double> MappingsToTell(DepthContrasts contrasts, SimultaneousBands bands, Contrast[] names) =>
        names
            .Index()
            .ToDictionary(
                pair => pair.Item,
                pair => Math.Pow(bands.WidthOf(pair.Index) * contrasts.Values[pair.Item].StandardDeviation() / contrasts.Values[pair.Item].Mean(), 2)
            );

    /// <summary>A limit is one of the ensemble: where some mappings collapse and others keep their directions there is none.</summary>
    private static bool HasOneLimit(Conclusions seen, BinomialProportion collapsing) =>
        seen.SignalCollapses ? collapsing.Share >= 0.5 : collapsing.Interval(PictureFalseRate).Lower < DiagnosisEvidence.Remarkable;

    /// <summary>The signs of a single mapping's own numbers.</summary>
    private static Signs Single(DepthContrasts contrasts, int mapping) =>
        new(contrasts.Deciding.ToDictionary(pair => pair.Key, pair => SignOf(pair.Value[mapping])), FalseRate: 1);

    /// <summary>A number that is none tells nothing.</summary>
    private static int SignOf(double number) => double.IsNaN(number) ? 0 : Math.Sign(number);

    /// <summary>
    /// Which mappings lose their SNR exponentially: nearer to an exponential than to a power, with a gain that the walk explains once in twenty. The stretches
    /// of a single mapping walk, so that a constant rate is asked of them only where it is not that of the ensemble.
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
