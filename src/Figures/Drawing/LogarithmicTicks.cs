using System.Globalization;
using ScottPlot.TickGenerators;

namespace Wellbehaved.Figures;

/// <summary>Ticks of an axis whose coordinates are decimal logarithms.</summary>
internal static class LogarithmicTicks
{
    private const int MostLabels = 8;
    private static readonly int[] Coarse = [1];
    private static readonly int[] Fine = [1, 2, 5];

    /// <summary>Ticks between two coordinates: labels at powers of ten, or at 1, 2 and 5 times them where there are few, and marks between.</summary>
    public static NumericManual Between(double low, double high)
    {
        var ticks = new NumericManual();
        var step = Math.Max(1, Math.Ceiling((high - low) / MostLabels));
        if (step > 1)
        {
            // Labels only, however far apart: a single number among others can make the axis a million decades long.
            for (var exponent = Math.Ceiling(low / step) * step; exponent <= high && exponent + step > exponent; exponent += step)
            {
                ticks.AddMajor(exponent, Label(exponent, 1));
            }

            return ticks;
        }

        var labelled = high - low < 2 ? Fine : Coarse;
        for (var exponent = Math.Floor(low); exponent <= high && exponent + 1 > exponent; exponent++)
        {
            for (var digit = 1; digit <= 9; digit++)
            {
                var position = exponent + Math.Log10(digit);
                if (position < low || position > high)
                {
                    continue;
                }

                if (labelled.Contains(digit))
                {
                    ticks.AddMajor(position, Label(exponent, digit));
                }
                else
                {
                    ticks.AddMinor(position);
                }
            }
        }

        return ticks;
    }

    private static string Label(double exponent, int digit) =>
        exponent is >= -3 and <= 4 ? (digit * Math.Pow(10, exponent)).ToString("0.####", CultureInfo.InvariantCulture)
        : $"{(digit == 1 ? "" : $"{digit}·")}10{Superscript(exponent)}";

    private static string Superscript(double number) => string.Concat(number.ToString("0", CultureInfo.InvariantCulture).Select(sign => sign switch
    {
        '-' => '⁻',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        _ => (char)('⁰' + (sign - '0')),
    }));
}
