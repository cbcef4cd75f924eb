using System.Globalization;
using Wellbehaved.Audit;
using Wellbehaved.Model;

namespace Wellbehaved.Cli;

/// <summary>Prints curves by depth as a table of at most ten rows.</summary>
internal static class CurveTable
{
    private const string None = "-";

    /// <summary>
    /// Prints medians of the effective rank and of the signal-to-noise ratio; where some networks have ended, also how many networks the medians are over.
    /// </summary>
    /// <param name="curves">The curves.</param>
    /// <param name="isPredicted">Whether theory has a limit of infinite width for the network.</param>
    public static void Print(DepthCurves curves, bool isPredicted = true)
    {
        var anyEnded = curves.Alive.Any(alive => alive < curves.Simulations);
        Console.WriteLine("   depth   directions of variance   SNR^l/SNR^0" + (anyEnded ? "   networks" : ""));
        foreach (var i in TableRows.Spread(curves.Depths.Count))
        {
            var alive = anyEnded ? string.Create(CultureInfo.InvariantCulture, $"   {$"{curves.Alive[i]} of {curves.Simulations}", 8}") : "";
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"{curves.Depths[i], 8}   {Rank(curves.Reff[i]), 22}   {Ratio(curves.LogSnrRatio[i]), 11}{alive}")
            );
        }

        Console.WriteLine(
            $"medians over the networks of this width{(anyEnded ? " that have not ended before that depth" : "")}"
                + (isPredicted ? "; wellbehaved predict gives the limit of infinite width, from which the medians deviate more with depth" : string.Empty)
        );
    }

    private static string Rank(double reff) =>
        !double.IsFinite(reff) || reff == EffectiveRank.NotComputed ? None
        : reff == 1 ? "1"
        : reff < 1.01 && reff > 1 ? $"1 + {(reff - 1).ToString("0.0e+0", CultureInfo.InvariantCulture)}"
        : reff.ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>Formats a number given by its logarithm; the number may be too small for a double.</summary>
    private static string Ratio(double logarithm)
    {
        if (!double.IsFinite(logarithm))
        {
            return None;
        }

        var decades = logarithm / Math.Log(10);
        if (decades is > -2 and < 4)
        {
            return Math.Exp(logarithm).ToString("F3", CultureInfo.InvariantCulture);
        }

        // A mantissa of 9.95 or more rounds to ten at two digits and belongs to the next power of ten.
        var exponent = Math.Floor(decades - Math.Log10(0.995));
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, decades - exponent):F1}e{exponent:F0}");
    }
}
