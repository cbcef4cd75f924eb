namespace Wellbehaved.Theory;

/// <summary>An activation as a curve: its value, slope and curvature, and the points where it is not smooth.</summary>
/// <remarks>The curve must be continuous. Its slope may jump at kinks; the jumps are computed from the slope on both sides.</remarks>
public sealed class ActivationCurve
{
    /// <summary>A greater difference between the values on the two sides of a kink is not due to rounding.</summary>
    private const double Continuity = 1e-9;

    /// <summary>
    /// Step of the differences that replace a curvature that is not given. Their error, of order four in the step, is about that of rounded slopes divided by
    /// it.
    /// </summary>
    private const double DifferenceStep = 1e-3;

    /// <summary>Describes an activation.</summary>
    /// <param name="name">Its name in messages.</param>
    /// <param name="value">s.</param>
    /// <param name="slope">s', on both sides of each kink.</param>
    /// <param name="curvature">s'' between kinks; null to use differences of the slope, which give about ten digits. It is only needed for noise that is
    /// correlated with the signal.</param>
    /// <param name="kinks">The points where s, s' or s'' is not smooth, in any order.</param>
    /// <exception cref="ArgumentException">A kink is not finite, or the function is not finite or not continuous there.</exception>
    public ActivationCurve(
        string name,
        Func<double, double> value,
        Func<double, double> slope,
        Func<double, double>? curvature = null,
        params IEnumerable<double> kinks
    )
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(slope);
        ArgumentNullException.ThrowIfNull(kinks);
        (Name, Value, Slope) = (name, value, slope);
        Kinks = [.. kinks.Distinct().Order()];
        Jumps = [.. Kinks.Select(Jump)];
        Curvature = curvature ?? Difference;
        foreach (var probe in (double[])[-1, 0.5, 1])
        {
            if (!double.IsFinite(value(probe)) || !double.IsFinite(slope(probe)))
            {
                throw new ArgumentException(
                    $"expected {name} to be finite with a finite slope, got {value(probe)} and {slope(probe)} at {probe}",
                    nameof(value)
                );
            }
        }
    }

    /// <summary>Its name in messages.</summary>
    internal string Name { get; }

    /// <summary>s.</summary>
    internal Func<double, double> Value { get; }

    /// <summary>s'.</summary>
    internal Func<double, double> Slope { get; }

    /// <summary>s'' between kinks.</summary>
    internal Func<double, double> Curvature { get; }

    /// <summary>The points where it is not smooth, ascending.</summary>
    internal IReadOnlyList<double> Kinks { get; }

    /// <summary>The jump of the slope at each kink.</summary>
    internal IReadOnlyList<double> Jumps { get; }

    /// <inheritdoc/>
    public override string ToString() => Name;

    private double Jump(double kink)
    {
        if (!double.IsFinite(kink))
        {
            throw new ArgumentException($"expected finite kinks, got {kink}", nameof(kink));
        }

        var (left, right) = (Math.BitDecrement(kink), Math.BitIncrement(kink));
        if (!(Math.Abs(Value(right) - Value(left)) <= Continuity * (1 + Math.Abs(Value(kink)))))
        {
            throw new ArgumentException($"expected {Name} to be continuous, got {Value(left)} and {Value(right)} on the sides of {kink}", nameof(kink));
        }

        return Slope(right) - Slope(left);
    }

    /// <summary>Fourth-order differences of the slope; near a kink only points on one side of it are used.</summary>
    private double Difference(double u)
    {
        var step = DifferenceStep * Math.Max(1, Math.Abs(u));
        foreach (var kink in Kinks)
        {
            if (Math.Abs(u - kink) <= 2 * step)
            {
                var h = u >= kink ? step : -step;
                return ((-25 * Slope(u)) + (48 * Slope(u + h)) - (36 * Slope(u + (2 * h))) + (16 * Slope(u + (3 * h))) - (3 * Slope(u + (4 * h)))) / (12 * h);
            }
        }

        return (Slope(u - (2 * step)) - (8 * Slope(u - step)) + (8 * Slope(u + step)) - Slope(u + (2 * step))) / (12 * step);
    }
}
