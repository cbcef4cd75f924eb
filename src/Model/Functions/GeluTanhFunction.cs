namespace Wellbehaved.Model;

/// <summary>½ u (1 + tanh(√(2/π) (u + 0.044715 u³))), which is u times the logistic function of twice the inner one.</summary>
internal readonly struct GeluTanhFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    public static void Evaluate(double u, out double value, out double derivative)
    {
        // From 40 on the logistic function is 0 or 1 and its derivative 0, to all digits of a double.
        var within = Math.Clamp(u, -40, 40);
        var (inner, rest, slopeOfInner) = Inner(within);
        var (gate, _, slope) = Logistic.At(inner, rest);
        value = u * gate;
        derivative = Math.FusedMultiplyAdd(within * slope, slopeOfInner, gate);
    }

    /// <summary>F u + C u³ in two parts, since an exponent of several hundred needs more digits than a double has; and its derivative.</summary>
    private static (double Value, double Remainder, double Derivative) Inner(double u)
    {
        const double factor = 1.5957691216057308, factorRest = -9.96930880911092e-17, cubic = 0.07135481627260025, cubicRest = -4.1218577217431825e-18;
        var square = u * u;
        var squareRest = Math.FusedMultiplyAdd(u, u, -square);
        var term = cubic * square;
        var termRest = Math.FusedMultiplyAdd(cubic, square, -term) + (cubic * squareRest) + (cubicRest * square);
        var sum = factor + term;

        // What the sum lost: of the two terms the smaller one's digits, whichever it is.
        var second = sum - factor;
        var sumRest = (factor - (sum - second)) + (term - second) + termRest + factorRest;
        var value = u * sum;
        return (value, Math.FusedMultiplyAdd(u, sum, -value) + (u * sumRest), Math.FusedMultiplyAdd(3 * cubic, square, factor));
    }
}
