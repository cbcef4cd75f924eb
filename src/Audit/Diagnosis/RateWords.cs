using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>Spells rates with intervals, the same everywhere: with one digit of the interval's width.</summary>
internal static class RateWords
{
    /// <summary>Digits of a number without an interval.</summary>
    private const int DigitsAlone = 3;

    private const int MostDecimals = 5;

    /// <summary>Larger gains in per cent are spelled as factors.</summary>
    private const double MostPerCent = 1000;

    /// <summary>An interval whose ends differ by a larger factor says nothing: two or three mappings give such ones.</summary>
    private const double WidestFactor = 1e6;

    private const string Unknown = "with too few mappings for an interval";

    /// <summary>
    /// What the noise gains on the signal: <c>the noise gains 22.1 % (21.9 to 22.4) on the signal in each layer</c>, or the factor by which it grows. For a
    /// loss: it <c>loses 7.7 %</c>; if only the mean is a loss: it <c>changes by -0.2 % (-0.6 to 0.3) against the signal</c>.
    /// </summary>
    /// <param name="logarithm">Gain of ln χ in each of what depth counts.</param>
    /// <param name="unit">What depth counts, such as <c>layer</c>.</param>
    public static string NoiseGains(Estimate logarithm, string unit) =>
        100 * (Math.Exp(logarithm.Value) - 1) > MostPerCent ? $"the noise grows by the factor {Factor(logarithm)} against the signal in each {unit}"
        : logarithm.Value >= 0 ? $"the noise gains {PerCent(logarithm)} on the signal in each {unit}"
        : logarithm.Upper > 0 ? $"the noise changes by {PerCent(logarithm)} against the signal in each {unit}"
        : $"the noise loses {LossPerCent(logarithm)} on the signal in each {unit}";

    /// <summary>A gain of a logarithm in per cent, with two digits and no interval.</summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string PerCent(double logarithm)
    {
        var percent = 100 * (Math.Exp(logarithm) - 1);
        return Math.Abs(percent) < 0.005 ? "0 %"
            : percent > MostPerCent ? $"{Scientific(logarithm)}-fold"
            : Math.Abs(percent) >= 9.95 ? Invariant($"{percent:F0} %")
            : Invariant($"{percent:G2} %");
    }

    /// <summary>A number with its interval: <c>0.40 (0.35 to 0.45)</c>.</summary>
    /// <param name="number">The number; the ends of its interval may be in any order.</param>
    public static string Number(Estimate number) =>
        Spell(new Estimate(number.Value, Math.Min(number.Lower, number.Upper), Math.Max(number.Lower, number.Upper)), value => value, "");

    /// <summary>A factor as a power of ten, <c>1.0e6</c>: the factors of deep nets exceed every number format.</summary>
    /// <param name="logarithm">Its natural logarithm.</param>
    public static string Scientific(double logarithm)
    {
        var exponent = Math.Floor(logarithm / Math.Log(10));
        var mantissa = Math.Round(Math.Exp(logarithm - (exponent * Math.Log(10))), 1);
        return mantissa >= 10 ? Invariant($"1.0e{exponent + 1:F0}") : Invariant($"{mantissa:F1}e{exponent:F0}");
    }

    /// <summary>A gain of a logarithm as a gain in per cent: <c>22.1 % (21.9 to 22.4)</c>.</summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string PerCent(Estimate logarithm) => SpellGain(logarithm, value => 100 * (Math.Exp(value) - 1), " %");

    /// <summary>A gain of a logarithm as a loss of the quantity, in per cent.</summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string LossPerCent(Estimate logarithm) =>
        SpellGain(new Estimate(logarithm.Value, logarithm.Upper, logarithm.Lower), value => 100 * (1 - Math.Exp(value)), " %");

    /// <summary>
    /// A gain of a logarithm as a factor. A factor with an uncertainty of more than half of itself is spelled with two digits, because the lower end would
    /// otherwise be 0.
    /// </summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string Factor(Estimate logarithm) =>
        SaysNothing(logarithm) ? $"{TwoDigits(logarithm.Value)} ({Unknown})"
        : logarithm.Upper - logarithm.Lower > Math.Log(1.5) ? $"{TwoDigits(logarithm.Value)} ({TwoDigits(logarithm.Lower)} to {TwoDigits(logarithm.Upper)})"
        : Spell(logarithm, Math.Exp, "");

    private static bool SaysNothing(Estimate logarithm) => Math.Abs(logarithm.Upper - logarithm.Lower) > Math.Log(WidestFactor);

    private static string SpellGain(Estimate logarithm, Func<double, double> unit, string suffix) =>
        SaysNothing(logarithm) ? $"{Alone(unit(logarithm.Value), suffix)} ({Unknown})" : Spell(logarithm, unit, suffix);

    private static string Alone(double value, string suffix) => value.ToString($"G{DigitsAlone}", CultureInfo.InvariantCulture) + suffix;

    private static string TwoDigits(double logarithm)
    {
        var factor = Math.Exp(logarithm);
        return factor is >= 0.001 and < 99.5 ? Invariant($"{factor:G2}") : Invariant($"{factor:0.0e+0}");
    }

    private static string Spell(Estimate logarithm, Func<double, double> unit, string suffix)
    {
        var (value, lower, upper) = (unit(logarithm.Value), unit(logarithm.Lower), unit(logarithm.Upper));
        if (!double.IsFinite(lower) || !double.IsFinite(upper))
        {
            return Alone(value, suffix);
        }

        return Invariant($"{Rounded(value)}{suffix} ({Rounded(lower)} to {Rounded(upper)})");

        string Rounded(double number)
        {
            var decimals = upper > lower ? (int)Math.Clamp(Math.Ceiling(-Math.Log10(upper - lower)), 0, MostDecimals) : DigitsAlone;
            var rounded = Math.Round(number, decimals);

            // No minus sign before 0.
            return (rounded == 0 ? 0 : rounded).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
