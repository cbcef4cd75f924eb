using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>Ticks of a linear axis.</summary>
internal static class LinearTicks
{
    private const double LeastPlain = 1e-3;
    private const double MostPlain = 1e5;

    /// <summary>Digits after the point of multiples of a power of ten, where neighbouring ticks do not need more to differ.</summary>
    private const int FewestDigits = 4;

    /// <summary>Ticks at multiples of 1, 2 or 5 times a power of ten.</summary>
    /// <param name="low">Lower end, finite.</param>
    /// <param name="high">Upper end, finite and greater than the lower end.</param>
    /// <param name="most">Greatest number of ticks, at least 1.</param>
    /// <param name="whole">Whether only whole numbers exist on the axis.</param>
    /// <returns>The ticks; all labels have the same format.</returns>
    public static IReadOnlyList<Tick> Between(double low, double high, int most, bool whole = false)
    {
        if (!double.IsFinite(high - low))
        {
            return [.. new[] { low, high }.Select(value => new Tick(value, Power(value, ExponentOf(Math.Abs(value)), FewestDigits)))];
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
                    ? Power(position, ExponentOf(largest), Math.Clamp(ExponentOf(largest) - ExponentOf(step), FewestDigits, 15))
                    : Sign(position.ToString($"F{digits}", CultureInfo.InvariantCulture))
            )),
        ];
    }

    /// <summary>Replaces the hyphen by the typographic minus sign.</summary>
    public static string Sign(string number) => number.Replace('-', '−');

    /// <summary>A raised exponent.</summary>
    public static string Raised(double exponent) =>
        $"^{{{Sign(exponent.ToString(Math.Abs(exponent) < 1e6 ? "0" : "0.###e+0", CultureInfo.InvariantCulture))}}}";

    private static int ExponentOf(double value) => (int)Math.Floor(Math.Log10(value));

    /// <summary>A number as a multiple of a power of ten, with at most so many digits after the point.</summary>
    private static string Power(double value, int exponent, int digits) =>
        value == 0
            ? "0"
            : Sign((value / Math.Pow(10, exponent)).ToString($"0.{new string('#', digits)}", CultureInfo.InvariantCulture)) + "·10" + Raised(exponent);

    /// <summary>The least number of the form 1, 2 or 5 times a power of ten that is at least a given one, and the digits that its multiples need.</summary>
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
