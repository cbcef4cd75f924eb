namespace Wellbehaved.Model;

/// <summary>1/(1 + exp(-u)).</summary>
internal readonly struct SigmoidFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => false;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        (value, _, derivative) = Logistic.At(u);
    }
}
