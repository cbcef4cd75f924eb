using System.Runtime.CompilerServices;

namespace Wellbehaved.Model;

/// <summary>½ u (1 + tanh(√(2/π) (u + 0.044715 u³))), which is u times the logistic function of twice the argument of tanh.</summary>
internal readonly struct GeluTanhFunction : IScalarFunction
{
    /// <inheritdoc/>
    public static bool IsBounded => false;

    /// <inheritdoc/>
    public static bool VanishesAtZero => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Evaluate<TRegister>(TRegister u, out TRegister value, out TRegister derivative)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        // For |u| ≥ 40 the logistic function is 0 or 1 and its derivative is 0, to all digits of a double.
        var notBelow = Elementary.AtLeast(u, -40);
        var within = Elementary.AtMost(notBelow, 40);
        var (inner, rest, slopeOfInner) = Inner(within);
        var (gate, _, slope) = Logistic.At(inner, rest);
        value = notBelow * gate;
        derivative = TRegister.FusedMultiplyAdd(within * slope, slopeOfInner, gate);
    }

    /// <summary>F u + C u³ in two parts, since an exponent of several hundred needs more digits than a double has; and the derivative of the sum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (TRegister Value, TRegister Remainder, TRegister Derivative) Inner<TRegister>(TRegister u)
        where TRegister : unmanaged, IDoubleRegister<TRegister>
    {
        const double factorRest = -9.96930880911092e-17,
            cubicRest = -4.1218577217431825e-18;
        var (factor, cubic) = (TRegister.Create(1.5957691216057308), TRegister.Create(0.07135481627260025));
        var square = u * u;
        var squareRest = TRegister.FusedMultiplyAdd(u, u, -square);
        var term = cubic * square;
        var termRest = TRegister.FusedMultiplyAdd(cubic, square, -term) + (cubic * squareRest) + (TRegister.Create(cubicRest) * square);
        var sum = factor + term;

        // The rounding error of the sum is computed exactly, whichever of the two terms is smaller.
        var second = sum - factor;
        var sumRest = (factor - (sum - second)) + (term - second) + termRest + TRegister.Create(factorRest);
        var value = u * sum;
        return (value, TRegister.FusedMultiplyAdd(u, sum, -value) + (u * sumRest), TRegister.FusedMultiplyAdd(TRegister.Create(3.0) * cubic, square, factor));
    }
}
