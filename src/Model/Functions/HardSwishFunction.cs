namespace Wellbehaved.Model;

/// <summary>u·min(max(u + 3, 0), 6)/6; the derivative at ±3 is that of the side further out.</summary>
internal readonly struct HardSwishFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        (value, derivative) = u <= -3 ? (0, 0) : u >= 3 ? (u, 1) : (u * (u + 3) / 6, ((2 * u) + 3) / 6);
    }
}
