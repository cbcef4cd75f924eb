namespace Wellbehaved.Model;

/// <summary>sin u.</summary>
internal readonly struct SineFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static int? MostExponent => 900;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        (value, derivative) = Elementary.SineAndCosine(u);
    }
}
