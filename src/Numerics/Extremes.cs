namespace Wellbehaved.Numerics;

/// <summary>The largest of some numbers, of which one may be no number.</summary>
/// <remarks>LINQ's <c>Max</c> passes over NaN: a comparison with a bound then holds of what was never computed.</remarks>
internal static class Extremes
{
    /// <summary>The largest number; not a number if one of them is none.</summary>
    /// <param name="values">At least one number.</param>
    /// <returns>The largest.</returns>
    /// <exception cref="InvalidOperationException">There are no numbers.</exception>
    public static double Largest(this IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double? largest = null;
        foreach (var value in values)
        {
            // Math.Max of a number and NaN is NaN.
            largest = largest is { } before ? Math.Max(before, value) : value;
        }

        return largest ?? throw new InvalidOperationException("expected at least one number");
    }

    /// <summary>The largest of what a function makes of numbers; not a number if that is none somewhere.</summary>
    /// <param name="values">At least one number.</param>
    /// <param name="function">The function, such as the absolute value.</param>
    /// <returns>The largest.</returns>
    /// <exception cref="InvalidOperationException">There are no numbers.</exception>
    public static double Largest(this IEnumerable<double> values, Func<double, double> function) => values.Select(function).Largest();
}
