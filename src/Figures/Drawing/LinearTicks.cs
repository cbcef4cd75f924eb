using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>Ticks of an axis that is divided evenly.</summary>
internal static class LinearTicks
{
    private const double LeastPlain = 1e-3;
    private const double MostPlain = 1e5;

    /// <summary>Ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="low">Lower end, finite.</param>
    /// <param name="high">Upper end, finite and above.</param>
    /// <param name="most">Most ticks, at least 1.</param>
    /// <param name="whole">Whether only whole numbers exist on the axis.</param>
    /// <returns>The ticks, labelled all in the same way.</returns>
    public static IReadOnlyList<Tick> Between(double low, double high, int most, bool whole = false)
    {
        if (!double.IsFinite(high - low))
        {
            return [.. new[] { low, high }.Select(value => new Tick(value, Power(value, (int)Math.Floor(Math.Log10(Math.Abs(value))))))];
        }

        var (step, digits) = StepOf((high - low) / most);
        (step, digits) = whole && step < 1 ? (1, 0) : (step, digits);
        var first = Math.Ceiling(low / step);
        double[] positions =
        [
            .. Enumerable.Range(0, most + 1).Select(i => (first + i) * step).Where(position => position >= low && position <= high).Distinct(),
        ];
        var largest = positions.Select(Math.Abs).DefaultIfEmpty(0).Max();
        return
        [
            .. positions.Select(position => new Tick(
                position,
                largest >= MostPlain || (largest > 0 && largest < LeastPlain)
                    ? Power(position, (int)Math.Floor(Math.Log10(largest)))
                    : Sign(position.ToString($"F{digits}", CultureInfo.InvariantCulture))
            )),
        ];
    }

    /// <summary>The true minus sign instead of the hyphen.</summary>
    public static string Sign(string number) => number.Replace('-', '−');

    /// <summary>A raised exponent.</summary>
    public static string Raised(double exponent) =>
        $"^{{{Sign(exponent.ToString(Math.Abs(exponent) < 1e6 ? "0" : "0.###e+0", CultureInfo.InvariantCulture))}}}";

    private static string Power(double value, int exponent) =>
        value == 0 ? "0" : Sign(string.Create(CultureInfo.InvariantCulture, $"{value / Math.Pow(10, exponent):0.####}·10")) + Raised(exponent);

    /// <summary>The least of 1, 2 and 5 times a power of ten that is no smaller, and the digits that its multiples need.</summary>
    private static (double Step, int Digits) StepOf(double least)
    {
        var exponent = (int)Math.Floor(Math.Log10(least));
        var power = Math.Pow(10, exponent);
        var factor =
            least <= power ? 1
            : least <= 2 * power ? 2
            : least <= 5 * power ? 5
            : 10;
        return (factor * power, Math.Clamp(-exponent - (factor == 10 ? 1 : 0), 0, 15));
    }
}
