using System.Globalization;

namespace Wellbehaved.Cli;

/// <summary>Formats numbers for the tables of predictions.</summary>
internal static class FigureText
{
    /// <summary>A number with fixed digits; a dash where it is not finite.</summary>
    public static string Fixed(double number, string format) => double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "-";

    /// <summary>A growth in one layer, given by its logarithm.</summary>
    public static string Gain(double logarithm) => Math.Abs(logarithm) < Math.Log(1e4) ? Fixed(Math.Exp(logarithm), "F4") : Exponential(logarithm);

    /// <summary>A number given by its logarithm, with the logarithm's standard error in per cent; without it where the error is not known.</summary>
    public static string WithError(double logarithm, double standardError) =>
        double.IsFinite(logarithm) && double.IsFinite(standardError) ? $"{Exponential(logarithm)} ± {Share(standardError)}" : Exponential(logarithm);

    /// <summary>A share in per cent.</summary>
    public static string Share(double share) => share < 10 ? $"{Fixed(100 * share, "F1")} %" : $"{Exponential(Math.Log(100 * share))} %";

    /// <summary>A number given by its logarithm; it may be outside the range of a double.</summary>
    public static string Exponential(double logarithm)
    {
        if (!double.IsFinite(logarithm))
        {
            return "-";
        }

        if (Math.Abs(logarithm) < Math.Log(1e4))
        {
            return Math.Exp(logarithm).ToString("G5", CultureInfo.InvariantCulture);
        }

        var exponent = Math.Floor(logarithm / Math.Log(10));
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Exp(logarithm - (exponent * Math.Log(10))):F3}e{exponent:F0}");
    }
}
