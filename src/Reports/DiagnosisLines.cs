using System.Globalization;

namespace Wellbehaved.Reports;

/// <summary>A diagnosis line by line, as a person reads it on a terminal.</summary>
internal static class DiagnosisLines
{
    private const double FalseRate = 0.05;

    private const double MarkOfOne = 1 + DepthContrasts.LeftOver;

    /// <summary>Writes the lines.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>
    /// The sentence, then the evidence: shares of mappings, the law of χ, the changes over each stretch of depth, and how certain all of it is.
    /// </returns>
    public static IEnumerable<string> Write(Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        yield return diagnosis.Sentence;
        if (diagnosis.SignalPathology.Samples > 0)
        {
            yield return $"  pathological signal: {Share(diagnosis.SignalPathology)}";
            yield return $"  pathological SNR:    {Share(diagnosis.SnrPathology)}";
        }

        if (diagnosis.PointPathology.Samples > 0)
        {
            yield return $"  pathological point:  {Share(diagnosis.PointPathology)}";
        }

        foreach (var clause in EndingWords.Count(diagnosis.Ends, diagnosis.Mappings))
        {
            yield return $"  ended:               {clause}";
        }

        if (diagnosis.ChiGrowth is { } growth)
        {
            yield return $"  growth of χ:         {Describe(growth, diagnosis.DepthUnit)}";
        }

        if (!double.IsNaN(diagnosis.MedianReff))
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"  effective rank:      median {diagnosis.MedianReff:G4}, "
                    + $"{(double.IsNaN(diagnosis.ReffLimit) ? "limit undecided" : Invariant($"limit {diagnosis.ReffLimit:G4}"))}"
                    + $"{(CountsAsOne(diagnosis) ? Invariant($"; below {MarkOfOne} it counts as one direction, by convention") : "")}"
            );
        }

        if (!double.IsNaN(diagnosis.MedianShare))
        {
            yield return $"  share that varies:   median {DiagnosisWords.Share(diagnosis.MedianShare)} of the signal";
        }

        // For a stretch that begins at the input, only χ has a rate.
        foreach (var (rate, parts) in diagnosis.Rates.Select(rate => (rate, Parts(rate, diagnosis.DepthUnit).ToArray())).Where(line => line.Item2.Length > 0))
        {
            yield return $"  {$"{diagnosis.DepthUnit}s {rate.From} to {rate.To}:", -20} {string.Join(", ", parts)}";
        }

        if (diagnosis.ChiGrowth is not null || !double.IsNaN(diagnosis.MedianReff))
        {
            if (diagnosis.Ends.Count + diagnosis.LeftOut > 0)
            {
                string[] those =
                [
                    .. diagnosis.Ends.Count > 0 ? ["did not end"] : Array.Empty<string>(),
                    .. diagnosis.LeftOut > 0 ? ["do not lie far from the others"] : Array.Empty<string>(),
                ];
                yield return Invariant(
                    $"  rates and medians are over the {diagnosis.Mappings - diagnosis.Ends.Count - diagnosis.LeftOut} of {diagnosis.Mappings} mappings that "
                ) + string.Join(" and ", those);
            }

            yield return "  intervals are of 95 %, those of the stretches of depth for all of them at once; they are asymptotic in the number of "
                + "mappings, and say nothing "
                + "of depths beyond";

            // The picture and the certain condition are two levels of confidence; the second does not withdraw anything of the first.
            yield return "  at 95 %: "
                + $"{string.Join(" and ", diagnosis.Conditions.Select(condition => DiagnosisWords.Uncapitalised(DiagnosisWords.TitleOf(condition))))}; "
                + $"at one in a million: {Certain(diagnosis)}";
        }
    }

    /// <summary>Whether a collapsed signal is named by the mark of one direction, and not by its law.</summary>
    private static bool CountsAsOne(Diagnosis diagnosis) =>
        diagnosis.Conditions.Contains(Condition.PathologicalSignal) && diagnosis.MedianReff < MarkOfOne && diagnosis.ReffLimit != 1;

    private static IEnumerable<string> Parts(DepthRate rate, string unit)
    {
        if (rate.LogChiPerLayer is { } chi)
        {
            yield return RateWords.NoiseGains(chi, unit);
        }

        if (rate.LogExcess is { } excess)
        {
            yield return $"r_eff - 1 is multiplied by {RateWords.Factor(excess)}";
        }

        if (rate.LogShare is { } share)
        {
            yield return $"the share that varies by {RateWords.Factor(share)}";
        }
    }

    private static string Certain(Diagnosis diagnosis) =>
        diagnosis.CertainCondition != Condition.Undecided ? DiagnosisWords.Uncapitalised(DiagnosisWords.TitleOf(diagnosis.CertainCondition))
        : diagnosis.MoreMappings is { } more
            ? Invariant($"not yet, {more:N0} more {(more == 1 ? "mapping" : "mappings")} would decide it, if they go on as these do")
        : "undecided";

    private static string Share(BinomialProportion proportion)
    {
        var (lower, upper) = proportion.Interval(FalseRate);
        return Invariant($"{Counted.Spell(proportion.Successes, proportion.Samples, "mapping")}, so {lower:F3} to {upper:F3} of all");
    }

    private static string Describe(GrowthLaw growth, string unit)
    {
        var shape = Shape(growth);
        return growth.Law switch
        {
            Growth.Exponential => Invariant($"exponential, ln χ gains {growth.Parameter:F4} in each {unit} ({growth.Lower:F4} to {growth.Upper:F4}); {shape}"),
            Growth.Power => Invariant($"power {growth.Parameter:F3} of the depth ({growth.Lower:F3} to {growth.Upper:F3}); {shape}"),
            Growth.Bounded => "bounded",
            Growth.Walk => "no faster than the random walk of finite width",
            Growth.Subexponential => $"slower than exponential; {shape}",
            Growth.Superexponential => $"faster than exponential; {shape}",
            Growth.Undecided => $"undecided; {shape}",
            _ => throw new ArgumentOutOfRangeException(nameof(growth), growth.Law, "expected a law of growth"),
        };
    }

    private static string Shape(GrowthLaw growth)
    {
        const string Marks = "(1 is exponential, 0 a power)";
        var (lower, upper) = (double.IsFinite(growth.ShapeLower), double.IsFinite(growth.ShapeUpper));
        return double.IsNaN(growth.Shape) ? "χ does not grow steadily"
            : lower && upper ? Invariant($"shape {growth.Shape:F2}, {growth.ShapeLower:F2} to {growth.ShapeUpper:F2} {Marks}")
            : lower ? Invariant($"shape {growth.Shape:F2}, above {growth.ShapeLower:F2} {Marks}")
            : upper ? Invariant($"shape {growth.Shape:F2}, below {growth.ShapeUpper:F2} {Marks}")
            : Invariant($"shape {growth.Shape:F2} without an interval {Marks}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
