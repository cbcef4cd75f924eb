namespace Wellbehaved.Model;

/// <summary>u/(1 + exp(-u)).</summary>
internal readonly struct SiluFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        var (gate, complement, _) = Logistic.At(u);
        value = u * gate;
        derivative = gate * Math.FusedMultiplyAdd(Math.Min(u, 1000), complement, 1);
    }
}
