namespace Wellbehaved.Numerics;

/// <summary>The largest of some numbers; the result is NaN if one of them is NaN.</summary>
/// <remarks>LINQ's <c>Max</c> ignores NaN, so a bound would seem to hold for numbers that were never computed.</remarks>
internal static class Extremes
{
    /// <summary>The largest number; NaN if one of them is NaN.</summary>
    /// <param name="values">At least one number.</param>
    /// <returns>The largest.</returns>
    /// <exception cref="InvalidOperationException">There are no numbers.</exception>
    public static double Largest(this IEnumerable<double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        double? largest = null;
        foreach (var value in values)
        {
            // Math.Max returns NaN if one argument is NaN.
            largest = largest is { } before ? Math.Max(before, value) : value;
        }

        return largest ?? throw new InvalidOperationException("expected at least one number");
    }

    /// <summary>The largest value of a function over some numbers; NaN if one value is NaN.</summary>
    /// <param name="values">At least one number.</param>
    /// <param name="function">The function, such as the absolute value.</param>
    /// <returns>The largest.</returns>
    /// <exception cref="InvalidOperationException">There are no numbers.</exception>
    public static double Largest(this IEnumerable<double> values, Func<double, double> function) => values.Select(function).Largest();
}
