namespace Wellbehaved.Model;

/// <summary>ln(1 + exp(u)) = max(u, 0) + ln(1 + exp(-|u|)).</summary>
internal readonly struct SoftplusFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => false;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        value = Math.Max(u, 0) + Elementary.LogOfOnePlus(Elementary.Exp(-Math.Abs(u)));
        (derivative, _, _) = Logistic.At(u);
    }
}
