namespace Wellbehaved.Model;

/// <summary>tanh u.</summary>
internal readonly struct TanhFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => true;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        // With t = exp(-2|u|): tanh is (1 - t)/(1 + t), its derivative 4t/(1 + t)².
        var minusOne = Elementary.ExpMinus1(-2 * Math.Abs(u));
        var sum = 2 + minusOne;
        value = Math.CopySign(-minusOne / sum, u);
        derivative = 4 * (minusOne > -0.5 ? 1 + minusOne : Elementary.Exp(-2 * Math.Abs(u))) / (sum * sum);
    }
}
