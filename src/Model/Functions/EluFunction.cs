namespace Wellbehaved.Model;

/// <summary>u above 0 and exp(u) - 1 elsewhere.</summary>
internal readonly struct EluFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        (value, derivative) = u > 0 ? (u, 1) : (Elementary.ExpMinus1(u), Elementary.Exp(u));
    }
}
