using System.Globalization;

namespace Wellbehaved.Audit;

/// <summary>How rates with intervals are spelled, wherever they are: with one digit of what their interval spans.</summary>
internal static class RateWords
{
    /// <summary>Digits of a number without an interval.</summary>
    private const int DigitsAlone = 3;

    private const int MostDecimals = 5;

    /// <summary>A gain of a logarithm as a gain in per cent: <c>22.1 % (21.9 to 22.4)</c>.</summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string PerCent(Estimate logarithm) => Spell(logarithm, value => 100 * (Math.Exp(value) - 1), " %");

    /// <summary>A gain of a logarithm as the loss of what it is of, in per cent.</summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string LossPerCent(Estimate logarithm) =>
        Spell(new Estimate(logarithm.Value, logarithm.Upper, logarithm.Lower), value => 100 * (1 - Math.Exp(value)), " %");

    /// <summary>A gain of a logarithm as a factor; one known to less than a half of itself is spelled with two digits, lest the lower end be 0.</summary>
    /// <param name="logarithm">The gain of the logarithm.</param>
    public static string Factor(Estimate logarithm) => logarithm.Upper - logarithm.Lower > Math.Log(1.5)
        ? $"{TwoDigits(logarithm.Value)} ({TwoDigits(logarithm.Lower)} to {TwoDigits(logarithm.Upper)})"
        : Spell(logarithm, Math.Exp, "");

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
            return Invariant($"{value.ToString($"G{DigitsAlone}", CultureInfo.InvariantCulture)}{suffix}");
        }

        return Invariant($"{Rounded(value)}{suffix} ({Rounded(lower)} to {Rounded(upper)})");

        string Rounded(double number)
        {
            var decimals = upper > lower ? (int)Math.Clamp(Math.Ceiling(-Math.Log10(upper - lower)), 0, MostDecimals) : DigitsAlone;
            var rounded = Math.Round(number, decimals);

            // No minus before nothing.
            return (rounded == 0 ? 0 : rounded).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
