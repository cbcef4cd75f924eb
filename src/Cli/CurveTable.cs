using System.Globalization;
using Wellbehaved.Audit;

namespace Wellbehaved.Cli;

/// <summary>Prints curves by depth as a table of at most ten rows.</summary>
internal static class CurveTable
{
    /// <summary>Prints medians of the effective rank and of the signal-to-noise ratio.</summary>
    public static void Print(DepthCurves curves)
    {
        Console.WriteLine("   depth   directions of variance   SNR^l/SNR^0");
        foreach (var i in TableRows.Spread(curves.Depths.Count))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{curves.Depths[i],8}   {Rank(curves.Reff[i]),22}   {Ratio(curves.LogSnrRatio[i]),11}"));
        }

        Console.WriteLine("medians over the networks of this width; wellbehaved predict gives the limit of infinite width, from which they depart with depth");
    }

    private static string Rank(double reff) => reff < 1.01 && reff >= 1
        ? $"1 + {(reff - 1).ToString("0.0e+0", CultureInfo.InvariantCulture)}"
        : reff.ToString("F2", CultureInfo.InvariantCulture);

    /// <summary>A number given by its logarithm, which may be too small for a double.</summary>
    private static string Ratio(double logarithm)
    {
        var decades = logarithm / Math.Log(10);
        if (decades > -2)
        {
            return Math.Exp(logarithm).ToString("F3", CultureInfo.InvariantCulture);
        }

        // From 9.95 on a mantissa of two digits rounds to ten, which belongs to the next decade.
        var exponent = Math.Floor(decades - Math.Log10(0.995));
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Pow(10, decades - exponent):F1}e{exponent:F0}");
    }
}
