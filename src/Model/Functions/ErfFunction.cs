namespace Wellbehaved.Model;

/// <summary>(2/√π) ∫₀ᵘ exp(-t²) dt.</summary>
internal readonly struct ErfFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        const double slope = 1.1283791670955126;
        value = ErrorFunction.Erf(u);
        derivative = slope * Elementary.ExpOfMinusSquare(u);
    }
}
