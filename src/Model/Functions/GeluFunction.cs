namespace Wellbehaved.Model;

/// <summary>u Φ(u).</summary>
internal readonly struct GeluFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        var (distribution, density) = ErrorFunction.Normal(u);
        value = u * distribution;
        derivative = Math.FusedMultiplyAdd(u, density, distribution);
    }
}
