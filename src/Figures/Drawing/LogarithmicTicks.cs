using System.Globalization;

namespace Wellbehaved.Figures;

/// <summary>Ticks of an axis whose coordinates are decimal logarithms.</summary>
internal static class LogarithmicTicks
{
    /// <summary>An axis of fewer decades than this also has ticks between the powers of ten.</summary>
    private const double FewDecades = 2;

    /// <summary>Beyond this exponent a reader cannot distinguish positions between powers of ten.</summary>
    private const double MostExponent = 1e6;

    private static readonly int[] Fine = [1, 2, 5];

    /// <summary>Ticks at powers of ten; at 1, 2 and 5 times these where there are few powers; at round numbers where there are none.</summary>
    /// <param name="low">Lower end, finite.</param>
    /// <param name="high">Upper end, finite and greater than the lower end.</param>
    /// <param name="most">Greatest number of labels, at least 1.</param>
    /// <returns>The ticks: all labelled as numbers, or all as powers of ten.</returns>
    public static IReadOnlyList<Tick> Between(double low, double high, int most)
    {
        var decades = high - low;
        if (decades >= FewDecades || Math.Abs(low) > MostExponent)
        {
            var step = Math.Max(1, LinearTicks.Between(0, decades, most) is [_, var second, ..] ? Math.Ceiling(second.Position) : Math.Ceiling(decades));
            var first = Math.Ceiling(low / step);
            double[] exponents = [.. Enumerable.Range(0, most + 1).Select(i => (first + i) * step).Where(exponent => exponent <= high).Distinct()];
            var plain = exponents.All(exponent => exponent is >= -2 and <= 3);
            Tick[] major = [.. exponents.Select(exponent => new Tick(exponent, plain ? Number(Math.Pow(10, exponent)) : $"10{LinearTicks.Raised(exponent)}"))];
            return step > 1 || Math.Abs(low) > MostExponent ? major : [.. major, .. Between(low, high)];
        }

        Tick[] few =
        [
            .. Enumerable
                .Range((int)Math.Floor(low), (int)decades + 2)
                .SelectMany(exponent => Fine.Select(digit => (Exponent: exponent, Digit: digit)))
                .Select(pair => new Tick(pair.Exponent + Math.Log10(pair.Digit), Label(pair.Exponent, pair.Digit, low >= -3 && high <= 4)))
                .Where(tick => tick.Position >= low && tick.Position <= high),
        ];
        Tick[] powers = [.. few.Where(tick => double.IsInteger(tick.Position))];
        return few.Length > 2 && few.Length <= most ? [.. few, .. Between(low, high)]
            : powers.Length is > 1 and var number && number <= most ? [.. powers, .. Between(low, high)]
            : Math.Abs(low) < 300 && Math.Abs(high) < 300
                ? [.. LinearTicks.Between(Math.Pow(10, low), Math.Pow(10, high), most).Select(tick => new Tick(Math.Log10(tick.Position), tick.Label))]
            : few;
    }

    /// <summary>Marks without labels at the multiples of powers of ten.</summary>
    private static IEnumerable<Tick> Between(double low, double high) =>
        Enumerable
            .Range((int)Math.Floor(low), (int)(high - low) + 2)
            .SelectMany(exponent => Enumerable.Range(2, 8).Select(digit => new Tick(exponent + Math.Log10(digit), null)))
            .Where(tick => tick.Position >= low && tick.Position <= high);

    private static string Label(int exponent, int digit, bool plain) =>
        plain ? Number(digit * Math.Pow(10, exponent)) : $"{(digit == 1 ? "" : $"{digit}·")}10{LinearTicks.Raised(exponent)}";

    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
