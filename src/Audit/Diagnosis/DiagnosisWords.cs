using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>A diagnosis in plain words: the condition, what the noise does, what the signal does.</summary>
internal static class DiagnosisWords
{
    /// <summary>The least number of directions that counts as kept; a signal with fewer has lost them, even if their number has settled.</summary>
    private const double LeastKept = 1.5;

    /// <summary>A shape above this is that of an exponential, or of a faster growth.</summary>
    private const double LeastOfExponential = 0.75;

    /// <summary>A shape within this of a power's is one: when the depth doubles, the power changes by less than a fifth.</summary>
    private const double Straight = 0.25;

    /// <summary>What fewer than this share of the mappings show is said with their number.</summary>
    private const double NearlyAll = 0.9;

    /// <summary>The most mappings that a sentence recommends; nobody would run more of them to decide a word.</summary>
    private const double MostMappings = 10_000;

    /// <summary>The sentence of a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <param name="evidence">The evidence that it was concluded from.</param>
    public static string Say(Diagnosis diagnosis, DiagnosisEvidence evidence)
    {
        var (chi, directions) = (Chi(diagnosis, evidence), Directions(diagnosis, evidence));
        var depth = evidence.Contrasts.Depth;
        if (diagnosis.Conditions is [Condition.WellBehaved])
        {
            return Joined($"Well-behaved to depth {depth}", directions, chi);
        }

        if (diagnosis.Conditions is [Condition.Undecided])
        {
            return Joined($"Undecided at depth {depth}", Open(diagnosis, evidence), directions, chi);
        }

        // The named conditions come first, in their order; then the rest.
        var title = string.Join(" and ", diagnosis.Conditions.Select((condition, i) => i == 0 ? TitleOf(condition) : Uncapitalised(TitleOf(condition))));
        string[] named =
        [
            .. diagnosis.Conditions.Select(condition =>
                condition switch
                {
                    Condition.PathologicalSignal => directions,
                    Condition.PathologicalSnr => chi,
                    Condition.PathologicalPoint => Point(diagnosis, evidence),
                    _ => throw new ArgumentOutOfRangeException(nameof(diagnosis), condition, "expected a pathology"),
                }
            ),
        ];
        return Joined(
            title,
            [.. named, .. diagnosis.Conditions.Select(condition => ShownBySome(diagnosis, condition)), .. new[] { directions, chi }.Except(named)]
        );
    }

    /// <summary>How many mappings show a pathology by themselves, where these are surely not nearly all; null elsewhere.</summary>
    private static string? ShownBySome(Diagnosis diagnosis, Condition condition)
    {
        var shown = condition switch
        {
            Condition.PathologicalSignal => diagnosis.SignalPathology,
            Condition.PathologicalSnr => diagnosis.SnrPathology,
            Condition.PathologicalPoint => diagnosis.PointPathology,
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "expected a pathology"),
        };
        return shown.Samples > 0 && shown.Interval(Diagnosis.PictureFalseRate).Upper < NearlyAll
            ? $"{Counted(shown.Successes, shown.Samples)} show {(diagnosis.Conditions.Count > 1 ? $"a {Uncapitalised(TitleOf(condition))}" : "it")} "
                + "by themselves"
            : null;
    }

    /// <summary>The name of a condition.</summary>
    public static string TitleOf(Condition condition) =>
        condition switch
        {
            Condition.PathologicalSignal => "Pathological signal",
            Condition.PathologicalSnr => "Pathological SNR",
            Condition.PathologicalPoint => "Pathological point",
            Condition.WellBehaved => "Well-behaved",
            Condition.Undecided => "Undecided",
            _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "expected a condition"),
        };

    /// <summary>A title in lower case, for use within a sentence.</summary>
    public static string Uncapitalised(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    private static string Joined(string title, params string?[] parts) => $"{title}: {string.Join("; ", parts.Where(part => part is { Length: > 0 }))}";

    /// <summary>A sentence on the share of the signal that varies, if it is lost. The signal "tends to a point" only while the share falls.</summary>
    private static string Point(Diagnosis diagnosis, DiagnosisEvidence evidence)
    {
        var (contrasts, depths, unit) = (evidence.Contrasts, evidence.Table.Depths, evidence.Table.DepthUnit);
        var first = Math.Exp(contrasts.LogShare!.Select(row => row[0]).Median());
        if (!evidence.Seen.ShareFalls)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"all but {Share(diagnosis.MedianShare)} of the signal is the same at all points at depth {contrasts.Depth}, after {Share(first)} "
                    + $"that varied at depth {depths[0]}"
            );
        }

        var varies = Invariant($"{Share(diagnosis.MedianShare)} of it varies at depth {contrasts.Depth}, after {Share(first)} at depth {depths[0]}");
        var last = diagnosis.Rates[^2];
        var rate = last.LogShare is { } lost
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"; over {unit}s {last.From} to {last.To} this share loses {RateWords.LossPerCent(lost.Per(last.To - last.From))} in each {unit}, "
                    + $"as the power {RateWords.Number(lost.Per(-Math.Log((double)last.To / last.From)))} of the depth would"
            )
            : "";
        return $"{(evidence.Seen.IsPoint ? "the signal has become a point" : "the signal tends to a point")}: {varies}{rate}";
    }

    /// <summary>A share in per cent, with two digits.</summary>
    public static string Share(double share)
    {
        var percent = 100 * share;
        return percent >= 9.95 ? Invariant($"{percent:F0} %")
            : percent >= 0.0095 ? Invariant($"{percent:G2} %")
            : Invariant($"{percent:0.0e+0} %");
    }

    /// <summary>The changes over the whole depth, for a diagnosis without a law.</summary>
    public static string Rates(IReadOnlyList<DepthRate> rates, MomentTable table)
    {
        var chi = rates.Count > 0 && rates[^1].LogChi is { } gain ? Invariant($"at depth {table.Depths[^1]} {Snr(gain.Value)}") : "there is no χ";
        return table.Reff is { Count: > 0 } reff
            ? chi + Invariant($", and the signal has {reff.Select(row => row[^1]).Median():F1} directions of variance")
            : chi;
    }

    /// <summary>"the SNR is down 700-fold".</summary>
    private static string Snr(double logChi) =>
        Math.Abs(2 * logChi) < Math.Log(1.05) ? "the SNR is what it was, within 5 %"
        : logChi > 0 ? $"the SNR is down {Fold(2 * logChi)}"
        : $"the SNR is up {Fold(-2 * logChi)}";

    private static string Fold(double logarithm)
    {
        if (logarithm < Math.Log(9_999.5))
        {
            var factor = Math.Exp(logarithm);
            return factor < 9.95 ? Invariant($"{factor:F1}-fold") : Invariant($"{factor:N0}-fold");
        }

        return RateWords.Scientific(logarithm) + "-fold";
    }

    private static string Chi(Diagnosis diagnosis, DiagnosisEvidence evidence)
    {
        if (diagnosis.ChiGrowth is not { } growth)
        {
            return "there is no χ";
        }

        var (last, whole, unit) = (diagnosis.Rates[^2], diagnosis.Rates[^1].LogChi!.Value, evidence.Table.DepthUnit);
        var total = Invariant($"at depth {evidence.Contrasts.Depth} {Snr(whole.Value)}");
        var rate = Invariant($"over {unit}s {last.From} to {last.To} {RateWords.NoiseGains(last.LogChiPerLayer!.Value, unit)}");
        return growth.Law switch
        {
            Growth.Exponential when UnevenGrowth.Rate(evidence) =>
                $"SNR^l/SNR^0 decays exponentially, but not at one rate: {rate}, and {ByStretch(evidence.Contrasts, unit)}; {total}",
            Growth.Exponential => $"SNR^l/SNR^0 decays exponentially: {rate}; {total}",
            Growth.Power => Invariant(
                $"χ grows as the power {growth.Parameter:F2} of the depth ({growth.Lower:F2} to {growth.Upper:F2}){Bend(growth, evidence)}; {total}"
            ),
            Growth.Bounded => $"χ stays bounded; {total}",
            Growth.Walk => $"χ grows no faster than the random walk of a network of this width; {total}",
            Growth.Subexponential => $"χ grows slower than exponentially; {total}",
            Growth.Superexponential => $"SNR^l/SNR^0 decays faster than exponentially: the noise gains {ByStretch(evidence.Contrasts, unit)}; {total}",
            Growth.Undecided when evidence.FitsNoLaw =>
                $"χ grows neither at a constant rate nor as a power of the depth, by {ByStretch(evidence.Contrasts, unit)}; {total}",
            Growth.Undecided when Uneven(growth, evidence) is { } uneven => $"{uneven}; {total}",
            Growth.Undecided => Invariant($"{Unnamed(growth, evidence)}: {rate}; {total}"),
            _ => throw new ArgumentOutOfRangeException(nameof(diagnosis), growth.Law, "expected a law of growth"),
        };
    }

    /// <summary>Where the power is measured, if it is known to change with the depth by more than a word may hide; empty elsewhere.</summary>
    private static string Bend(GrowthLaw growth, DiagnosisEvidence evidence)
    {
        var changes =
            growth.ShapeLower > Straight ? "rising"
            : growth.ShapeUpper < -Straight ? "falling"
            : null;
        return changes is null
            ? ""
            : Invariant($" over {evidence.Table.DepthUnit}s {evidence.Contrasts.Half} to {evidence.Contrasts.Depth}, {changes} with the depth");
    }

    /// <summary>Says that the growth lies between two laws, if that is known; otherwise that there are too few mappings.</summary>
    private static string Unnamed(GrowthLaw growth, DiagnosisEvidence evidence) =>
        growth.ShapeLower > 0.25 && growth.ShapeUpper < 1
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"χ grows faster than a power of the depth and slower than exponentially (shape {growth.Shape:F2}, {growth.ShapeLower:F2} to "
                    + $"{growth.ShapeUpper:F2}, where 1 is exponential and 0 a power)"
            )
        : evidence.Branch is { } branch && branch.DepthNeeded > evidence.Contrasts.Depth ? "χ has no law that shows at this depth"
        : Invariant($"{evidence.Table.Simulations} mappings do not tell the law of χ{Outlying(evidence)}");

    /// <summary>
    /// For a χ that gains as an exponential does, or more, but whose stretches do not confirm one rate: what is known, and what more mappings may decide. Null
    /// for other growth.
    /// </summary>
    private static string? Uneven(GrowthLaw growth, DiagnosisEvidence evidence)
    {
        if (
            growth.ShapeLower <= LeastOfExponential
            || !double.IsFinite(growth.ShapeUpper)
            || (evidence.Branch is { } branch && branch.DepthNeeded > evidence.Contrasts.Depth)
        )
        {
            return null;
        }

        var (contrasts, signs, unit) = (evidence.Contrasts, evidence.Picture.Signs, evidence.Table.DepthUnit);
        var stretches = contrasts
            .StretchRates.Select((stretch, i) => (Words: $"{unit}s {stretch.From} to {stretch.To}", Contrast: Contrast.FirstStretchHoldsRate + i))
            .ToArray();
        string[] less = [.. stretches.Where(stretch => signs.Negative(stretch.Contrast)).Select(stretch => stretch.Words)];
        var open = stretches.Where(stretch => signs.Known.GetValueOrDefault(stretch.Contrast) == 0).ToArray();
        if (less.Length + open.Length == 0)
        {
            return null;
        }

        var shape = Invariant($"(shape {growth.Shape:F2}, {growth.ShapeLower:F2} to {growth.ShapeUpper:F2}, where 1 is exponential)");
        var (early, late) = ($"{unit}s {contrasts.Quarter} to {contrasts.Half}", $"{unit}s {contrasts.Half} to {contrasts.Depth}");
        var doublings =
            growth.ShapeLower > 1
                ? $"χ gains more in each {unit} over {late} than over {early} {shape}"
                : $"χ gains over {late} what an exponential growth over {early} leads to {shape}";
        var needed = open.Select(stretch => evidence.MappingsToTell(stretch.Contrast)).DefaultIfEmpty(0).Max();
        var settles =
            less.Length > 0
                ? $"{string.Join(" and ", less)} gain less than two thirds of what one rate would give, so that more mappings will show no single rate"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{evidence.Table.Simulations} mappings do not tell whether {string.Join(" and ", open.Select(stretch => stretch.Words))} "
                        + $"gain two thirds of what one rate would give, as a law requires"
                ) + (needed < MostMappings ? Invariant($"; some {RoundUp(needed):N0} mappings would decide") : ", and many more mappings would not decide");
        return $"{doublings}, but not at one rate: by {ByStretch(contrasts, unit)}; {settles}";
    }

    /// <summary>The mean gain of each stretch: "5 % in each layer over layers 25 to 44, 5 % to 62, …".</summary>
    private static string ByStretch(DepthContrasts contrasts, string unit) =>
        string.Join(
            ", ",
            contrasts.StretchRates.Select(
                (stretch, i) =>
                    i == 0
                        ? Invariant($"{RateWords.PerCent(stretch.PerLayer)} in each {unit} over {unit}s {stretch.From} to {stretch.To}")
                        : Invariant($"{RateWords.PerCent(stretch.PerLayer)} to {stretch.To}")
            )
        );

    /// <summary>A clause on the mappings far from the others that the picture leaves out, with the share of the others; empty if there are none.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    public static string LeftOut(Diagnosis diagnosis)
    {
        if (diagnosis.LeftOut == 0)
        {
            return "";
        }

        var others = new BinomialProportion(diagnosis.Mappings - diagnosis.Ends.Count - diagnosis.LeftOut, diagnosis.Mappings);
        var (lower, upper) = others.Interval(Diagnosis.PictureFalseRate);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"; {Counted(diagnosis.LeftOut, diagnosis.Mappings)} {(diagnosis.LeftOut == 1 ? "lies" : "lie")} far from the others: "
                + $"all this is said of the other {others.Successes}, {lower:F3} to {upper:F3} of all"
        );
    }

    /// <summary>A clause on a few mappings far from the others, which change a mean but not a median; empty if there are none.</summary>
    private static string Outlying(DiagnosisEvidence evidence)
    {
        if (evidence.Outlying is not { } outlying)
        {
            return "";
        }

        var law = outlying.OnMedian().Growth;
        var median = law switch
        {
            Growth.Exponential => "; in the others its median grows exponentially",
            Growth.Power => "; in the others its median grows as a power of the depth",
            Growth.Bounded => "; in the others its median stays bounded",
            Growth.Walk => "; in the others its median grows no faster than the random walk of this width",
            Growth.Subexponential => "; in the others its median grows slower than exponentially",
            Growth.Superexponential => "; in the others its median grows faster than exponentially",
            Growth.Undecided => "",
            _ => throw new ArgumentOutOfRangeException(nameof(evidence), law, "expected a law of growth"),
        };
        return string.Create(
            CultureInfo.InvariantCulture,
            $", since {outlying.Count} of them {(outlying.Count == 1 ? "lies" : "lie")} far from the others, and means with "
                + $"{(outlying.Count == 1 ? "it" : "them")}{median}"
        );
    }

    private static string Directions(Diagnosis diagnosis, DiagnosisEvidence evidence)
    {
        var (contrasts, depths) = (evidence.Contrasts, evidence.Table.Depths);
        if (evidence.Table.Reff is not { } reff)
        {
            return "there are no effective ranks";
        }

        var (first, end) = (reff.Select(row => row[0]).Median(), diagnosis.MedianReff);
        var at = Invariant($"{Rank(end)} directions of variance at depth {contrasts.Depth}, after {Rank(first)} at depth {depths[0]}");
        var collapses = diagnosis.Conditions.Contains(Condition.PathologicalSignal) && evidence.Seen.SignalCollapses;
        if (IsSingle(first) && IsSingle(end))
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"the signal has a single direction of variance from the first recorded depth, {depths[0]}, on: "
                    + $"{(collapses ? "it collapsed before" : "it collapsed before, or never had another")}"
            );
        }

        if (collapses)
        {
            return evidence.Seen.DirectionsFall
                ? $"the signal tends to one direction of variance: {at}"
                : Invariant(
                    $"the signal has lost all but {Rank(end)} of its {Rank(first)} directions of variance (depth {depths[0]}) by depth {contrasts.Depth}"
                );
        }

        // Fewer than half of the mappings collapse: there are two kinds of mappings, and neither a limit nor a power describes both.
        var some = new BinomialProportion(evidence.Collapsing, evidence.Table.Simulations);
        if (some.Interval(Diagnosis.PictureFalseRate).Lower > DiagnosisEvidence.Remarkable)
        {
            return Invariant($"the signal collapses in {Counted(some.Successes, some.Samples)}, and the median mapping has {at}");
        }

        if (diagnosis.ReffLimit >= LeastKept)
        {
            return Invariant($"the signal keeps {Rank(end)} directions of variance");
        }

        if (diagnosis.Rates[^2].LogExcess is not { Upper: < 0 } lost)
        {
            return $"the signal has {at}";
        }

        var (from, to) = (diagnosis.Rates[^2].From, diagnosis.Rates[^2].To);
        var power = RateWords.Number(lost.Per(-Math.Log((double)to / from)));
        return Invariant($"the signal has {at}, and over {evidence.Table.DepthUnit}s {from} to {to} r_eff - 1 falls as the power {power} of the depth");
    }

    private static bool IsSingle(double reff) => Rank(reff) == Rank(1);

    private static string Counted(int some, int all) => Files.Counted.Spell(some, all, "mapping");

    private static string Rank(double reff) =>
        reff < 1.095 ? reff.ToString("F3", CultureInfo.InvariantCulture)
        : reff < 1.95 ? reff.ToString("F2", CultureInfo.InvariantCulture)
        : reff.ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>Why no condition is named although something is known; null if intervals are merely too wide.</summary>
    private static string? Open(Diagnosis diagnosis, DiagnosisEvidence evidence)
    {
        var (seen, contrasts, table) = (evidence.Seen, evidence.Contrasts, evidence.Table);
        return seen.IsWellBehaved && diagnosis.Ends.Count > 0
                ? Invariant($"{Counted(diagnosis.Ends.Count, diagnosis.Mappings)} end before the full depth: too many ")
                    + "to call the network well-behaved because of the others"
            : evidence.Branch is { } branch && branch.DepthNeeded > contrasts.Depth && !seen.IsWellBehaved
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"too shallow for residual units of {table.ResidualDepth} layers and a signal of this variance: χ grows as the diluted branch "
                        + $"must, to a power of the depth that shows from some {RoundUp(branch.DepthNeeded):N0} units on"
                )
            : !seen.KeepsSnr && table.LogChi is not null && seen.Growth != Growth.Undecided && !seen.LosesSnr
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"the SNR may have lost more than the {(seen.Growth == Growth.Power ? "sixth power" : "square")} of the depth, which is no "
                        + $"good health, and exponential growth of χ is not shown either"
                )
            : table.Reff is null && seen.Growth != Growth.Undecided && !seen.LosesSnr ? "the signal cannot be judged without effective ranks"
            : table.LogChi is null ? "the noise cannot be judged without χ"
            : seen.Growth is Growth.Undecided ? null
            : seen.KeepsDirections && !seen.KeepsShare
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"{table.Simulations} mappings do not settle what becomes of the share of the signal that varies, "
                        + $"{Share(diagnosis.MedianShare)} at depth {contrasts.Depth}"
                )
            : seen.KeepsDirections || IsSingle(diagnosis.MedianReff) ? null
            : Invariant($"{table.Simulations} mappings do not settle what becomes of the directions beyond depth {contrasts.Depth}");
    }

    /// <summary>Rounds up to two digits.</summary>
    private static double RoundUp(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return unit * Math.Ceiling(value / unit);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
