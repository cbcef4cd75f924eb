using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Wellbehaved.Audit;

/// <summary>A diagnosis in plain words: the condition, what the noise does, what the signal does.</summary>
internal static class DiagnosisWords
{
    /// <summary>The sentence of a diagnosis.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <param name="seen">What was concluded at 95 %.</param>
    /// <param name="contrasts">What was compared.</param>
    /// <param name="table">The moments.</param>
    public static string Say(Diagnosis diagnosis, Conclusions seen, DepthContrasts contrasts, MomentTable table)
    {
        var (chi, directions) = (Chi(diagnosis, contrasts, table), Directions(diagnosis, seen, contrasts, table));
        if (diagnosis.Conditions is [Condition.WellBehaved])
        {
            return Joined($"Well-behaved to depth {contrasts.Depth}", directions, chi);
        }

        if (diagnosis.Conditions is [Condition.Undecided])
        {
            return Joined($"Undecided at depth {contrasts.Depth}", Open(seen, diagnosis, contrasts, table) is { } open ? $"{open}; {directions}" : directions, chi);
        }

        // What is named goes first, in the order in which it is named; then the rest.
        var title = string.Join(" and ", diagnosis.Conditions.Select((condition, i) => i == 0 ? TitleOf(condition) : Uncapitalised(TitleOf(condition))));
        string[] named = [.. diagnosis.Conditions.Select(condition => condition switch
        {
            Condition.PathologicalSignal => directions,
            Condition.PathologicalSnr => chi,
            Condition.PathologicalPoint => Point(diagnosis, seen, contrasts, table),
            _ => throw new ArgumentOutOfRangeException(nameof(diagnosis), condition, "expected a pathology"),
        })];
        return Joined(title, [.. named, .. new[] { directions, chi }.Except(named)]);
    }

    /// <summary>What a pathology is called.</summary>
    public static string TitleOf(Condition condition) => condition switch
    {
        Condition.PathologicalSignal => "Pathological signal",
        Condition.PathologicalSnr => "Pathological SNR",
        Condition.PathologicalPoint => "Pathological point",
        Condition.WellBehaved => "Well-behaved",
        Condition.Undecided => "Undecided",
        _ => throw new ArgumentOutOfRangeException(nameof(condition), condition, "expected a condition"),
    };

    /// <summary>A title within a sentence.</summary>
    public static string Uncapitalised(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    private static string Joined(string title, params string[] parts) => $"{title}: {string.Join("; ", parts.Where(part => part.Length > 0))}";

    /// <summary>What becomes of the share of the signal that varies, where it is lost.</summary>
    private static string Point(Diagnosis diagnosis, Conclusions seen, DepthContrasts contrasts, MomentTable table)
    {
        var share = table.LogShare!;
        var first = Math.Exp(share.Select(row => row[0]).Median());
        var varies = Invariant($"{Share(diagnosis.MedianShare)} of it varies at depth {contrasts.Depth}, of {Share(first)} at depth {table.Depths[0]}");
        var last = diagnosis.Rates[^2];
        var rate = last.LogShare is { } lost
            ? Invariant($"; over layers {last.From} to {last.To} this share loses {RateWords.LossPerCent(lost.Per(last.To - last.From))} in each layer, as the power {contrasts.ShareLossPower:F2} of the depth would")
            : "";
        return $"{(seen.IsPoint ? "the signal has become a point" : "the signal tends to a point")}: {varies}{rate}";
    }

    /// <summary>A share in per cent, with two digits.</summary>
    public static string Share(double share)
    {
        var percent = 100 * share;
        return percent >= 9.95 ? Invariant($"{percent:F0} %") : percent >= 0.0095 ? Invariant($"{percent:G2} %") : Invariant($"{percent:0.0e+0} %");
    }

    /// <summary>What the whole depth did, where no law can be told.</summary>
    public static string Rates(IReadOnlyList<DepthRate> rates, MomentTable table)
    {
        var chi = rates.Count > 0 && rates[^1].LogChi is { } gain ? Invariant($"at depth {table.Depths[^1]} {Snr(gain.Value)}") : "there is no χ";
        return table.Reff is { Count: > 0 } reff ? chi + Invariant($", and the signal has {reff.Select(row => row[^1]).Median():F1} directions of variance") : chi;
    }

    /// <summary>"the SNR is down 700-fold".</summary>
    private static string Snr(double logChi) => Math.Abs(2 * logChi) < Math.Log(1.05) ? "the SNR is what it was, within 5 %"
        : logChi > 0 ? $"the SNR is down {Fold(2 * logChi)}" : $"the SNR is up {Fold(-2 * logChi)}";

    private static string Fold(double logarithm)
    {
        if (logarithm < Math.Log(9_999.5))
        {
            var factor = Math.Exp(logarithm);
            return factor < 9.95 ? Invariant($"{factor:F1}-fold") : Invariant($"{factor:N0}-fold");
        }

        // As one power: factors of deep nets exceed every number format.
        var exponent = Math.Floor(logarithm / Math.Log(10));
        return Invariant($"{Math.Exp(logarithm - (exponent * Math.Log(10))):F1}e{exponent:F0}-fold");
    }

    private static string Chi(Diagnosis diagnosis, DepthContrasts contrasts, MomentTable table)
    {
        if (diagnosis.ChiGrowth is not { } growth)
        {
            return "there is no χ";
        }

        var (last, whole) = (diagnosis.Rates[^2], diagnosis.Rates[^1].LogChi!.Value);
        var total = Invariant($"at depth {contrasts.Depth} {Snr(whole.Value)}");
        return growth.Law switch
        {
            Growth.Exponential => Invariant($"SNR^l/SNR^0 decays exponentially: over layers {last.From} to {last.To} the noise gains {RateWords.PerCent(last.LogChiPerLayer!.Value)} on the signal in each layer; {total}"),
            Growth.Power => Invariant($"χ grows as the power {growth.Parameter:F2} of the depth ({growth.Lower:F2} to {growth.Upper:F2}); {total}"),
            Growth.Bounded => $"χ stays bounded; {total}",
            Growth.Walk => $"χ grows no faster than the random walk of a network of this width; {total}",
            Growth.Subexponential => $"χ grows slower than exponentially; {total}",
            Growth.Undecided => Invariant($"{Unnamed(growth, table)}: over layers {last.From} to {last.To} the noise gains {RateWords.PerCent(last.LogChiPerLayer!.Value)} on the signal in each layer; {total}"),
            _ => throw new ArgumentOutOfRangeException(nameof(diagnosis), growth.Law, "expected a law of growth"),
        };
    }

    /// <summary>Between two laws, if the shape is known to be; otherwise too few mappings.</summary>
    private static string Unnamed(GrowthLaw growth, MomentTable table) =>
        growth.ShapeLower > 0.25 && growth.ShapeUpper < 1
            ? Invariant($"χ grows faster than a power of the depth and slower than exponentially (shape {growth.Shape:F2}, {growth.ShapeLower:F2} to {growth.ShapeUpper:F2}, where 1 is exponential and 0 a power)")
            : $"{table.Simulations} mappings do not tell the law of χ";

    private static string Directions(Diagnosis diagnosis, Conclusions seen, DepthContrasts contrasts, MomentTable table)
    {
        if (table.Reff is not { } reff)
        {
            return "there are no effective ranks";
        }

        var (first, end) = (reff.Select(row => row[0]).Median(), diagnosis.MedianReff);
        var at = Invariant($"{Rank(end)} directions of variance at depth {contrasts.Depth}, of {Rank(first)} at depth {table.Depths[0]}");
        return seen.SignalCollapses ? Invariant($"the signal tends to one direction of variance: {at}")
            : !double.IsNaN(diagnosis.ReffLimit) ? Invariant($"the signal keeps {Rank(end)} directions of variance")
            : contrasts.LossPower > 0.05 ? Invariant($"the signal has {at}, and r_eff - 1 falls as the power {contrasts.LossPower:F2} of the depth")
            : $"the signal has {at}";
    }

    private static string Rank(double reff) => reff < 1.095 ? reff.ToString("F3", CultureInfo.InvariantCulture) : reff < 1.95 ? reff.ToString("F2", CultureInfo.InvariantCulture) : reff.ToString("F1", CultureInfo.InvariantCulture);

    /// <summary>Why nothing is named although something is known; null if intervals are merely too wide.</summary>
    private static string? Open(Conclusions seen, Diagnosis diagnosis, DepthContrasts contrasts, MomentTable table) =>
        seen.IsWellBehaved && diagnosis.Ends.Count > 0
            ? Invariant($"{Files.Counted.Of(diagnosis.Ends.Count, diagnosis.Mappings, "mapping")} end before their depth, too many to call all well-behaved by the others")
        : seen.Growth is not Growth.Exponential && DilutedBranch.Of(table, contrasts) is { } branch && branch.DepthNeeded > contrasts.Depth
            ? Invariant($"too shallow for residual units of {table.ResidualDepth} layers and a signal of this variance: χ grows as the diluted branch must, to a power of the depth that shows from some {RoundUp(branch.DepthNeeded):N0} units on")
        : !seen.KeepsSnr && table.LogChi is not null && seen.Growth is not (Growth.Undecided or Growth.Exponential)
            ? Invariant($"the SNR may have lost more than the {(seen.Growth == Growth.Power ? "sixth power" : "square")} of the depth, which is no good health, and exponential growth of χ is not shown either")
        : table.Reff is null && seen.Growth is not (Growth.Undecided or Growth.Exponential) ? "the signal cannot be judged without effective ranks"
        : table.LogChi is null ? "the noise cannot be judged without χ"
        : seen.Growth is Growth.Undecided ? null
        : seen.KeepsDirections && !seen.KeepsShare
            ? Invariant($"{table.Simulations} mappings do not settle what becomes of the share of the signal that varies, {Share(diagnosis.MedianShare)} at depth {contrasts.Depth}")
        : seen.KeepsDirections ? null
        : Invariant($"{table.Simulations} mappings do not settle what becomes of the directions beyond depth {contrasts.Depth}");

    /// <summary>Two digits.</summary>
    private static double RoundUp(double value)
    {
        var unit = Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return unit * Math.Ceiling(value / unit);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
