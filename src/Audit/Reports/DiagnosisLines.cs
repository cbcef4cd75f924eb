using System.Globalization;
using Wellbehaved.Model;

namespace Wellbehaved.Audit;

/// <summary>A diagnosis line by line, as a person reads it on a terminal.</summary>
public static class DiagnosisLines
{
    private const double FalseRate = 0.05;

    /// <summary>The lines.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <returns>The sentence, then the evidence: shares of mappings, the law of χ, what each stretch of depth does, and how sure all that is.</returns>
    public static IEnumerable<string> Of(Diagnosis diagnosis)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        yield return diagnosis.Sentence;
        if (diagnosis.SignalPathology.Samples > 0)
        {
            yield return $"  pathological signal: {Share(diagnosis.SignalPathology)}";
            yield return $"  pathological SNR:    {Share(diagnosis.SnrPathology)}";
        }

        if (diagnosis.ChiGrowth is { } growth)
        {
            yield return $"  growth of χ:         {Describe(growth)}";
        }

        if (!double.IsNaN(diagnosis.MedianReff))
        {
            yield return Invariant($"  effective rank:      median {diagnosis.MedianReff:G4}, {(double.IsNaN(diagnosis.ReffLimit) ? "limit not settled" : Invariant($"limit {diagnosis.ReffLimit:G4}"))}");
        }

        foreach (var rate in diagnosis.Rates)
        {
            yield return $"  {$"layers {rate.From} to {rate.To}:",-20} {string.Join(", ", Parts(rate))}";
        }

        if (diagnosis.ChiGrowth is not null || !double.IsNaN(diagnosis.MedianReff))
        {
            yield return "  intervals are of 95 %, those of the layers for all of them at once; they are asymptotic in the number of mappings, and say nothing of depths beyond";
            yield return Invariant($"  wrong less than once in {1 / Diagnosis.FalseRate:N0} choices of mappings: {Certain(diagnosis)}");
        }
    }

    private static IEnumerable<string> Parts(DepthRate rate)
    {
        if (rate.LogChiPerLayer is { } chi)
        {
            yield return $"the noise gains {PerCent(chi)} on the signal in each layer";
        }

        if (rate.LogExcess is { } excess)
        {
            yield return $"r_eff - 1 is multiplied by {Factor(excess)}";
        }
    }

    private static string Certain(Diagnosis diagnosis) =>
        diagnosis.CertainCondition != Condition.Undecided ? Words.Of(diagnosis.CertainCondition).Replace('_', ' ').Replace("snr", "SNR", StringComparison.Ordinal)
        : diagnosis.MoreMappings is { } more ? Invariant($"undecided; {more:N0} more {(more == 1 ? "mapping" : "mappings")} would settle it, if they go on as these do")
        : "undecided";

    private static string Share(BinomialProportion proportion)
    {
        var (lower, upper) = proportion.Interval(FalseRate);
        return Invariant($"{Counted.Of(proportion.Successes, proportion.Samples, "mapping")}, so {lower:F3} to {upper:F3} of all");
    }

    private static string Describe(GrowthLaw growth)
    {
        var shape = Shape(growth);
        return growth.Law switch
        {
            Growth.Exponential => Invariant($"exponential, ln χ gains {growth.Parameter:F4} in each layer ({growth.Lower:F4} to {growth.Upper:F4}); {shape}"),
            Growth.Power => Invariant($"power {growth.Parameter:F3} of the depth ({growth.Lower:F3} to {growth.Upper:F3}); {shape}"),
            Growth.Bounded => "bounded",
            Growth.Walk => "no faster than the random walk of finite width",
            Growth.Subexponential => $"slower than exponential; {shape}",
            Growth.Undecided => $"not settled; {shape}",
            _ => throw new ArgumentOutOfRangeException(nameof(growth), growth.Law, "expected a law of growth"),
        };
    }

    private static string Shape(GrowthLaw growth) =>
        double.IsNaN(growth.Shape) ? "χ does not grow steadily"
        : double.IsFinite(growth.ShapeLower) && double.IsFinite(growth.ShapeUpper) ? Invariant($"shape {growth.Shape:F2}, {growth.ShapeLower:F2} to {growth.ShapeUpper:F2} (1 is exponential, 0 a power)")
        : "its shape has no interval";

    private static string PerCent(Estimate logarithm) => Spell(logarithm, value => 100 * (Math.Exp(value) - 1), " %");

    private static string Factor(Estimate logarithm) => Spell(logarithm, Math.Exp, "");

    private static string Spell(Estimate logarithm, Func<double, double> unit, string suffix)
    {
        var (value, lower, upper) = (unit(logarithm.Value), unit(logarithm.Lower), unit(logarithm.Upper));
        return double.IsNaN(lower) ? Invariant($"{value:G3}{suffix}") : Invariant($"{Rounded(value)}{suffix} ({Rounded(lower)} to {Rounded(upper)})");

        // One digit more than the half-width has.
        string Rounded(double number)
        {
            var digits = upper > lower ? (int)Math.Clamp(Math.Ceiling(-Math.Log10((upper - lower) / 2)), 0, 5) : 3;
            var rounded = Math.Round(number, digits);
            return (rounded == 0 ? 0 : rounded).ToString("F" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
